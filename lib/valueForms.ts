import { z } from "zod";
import type { SecretSpec, SettingSpec } from "../apps/spec";
import { emailAddress } from "./forms";
import { allowed, text } from "./schemaForms";

const url = /^https?:\/\/[\x21-\x7e]{1,2000}$/;
const urlForm = "an http or https URL";

const secretForms: Readonly<Record<SecretSpec["form"], readonly [RegExp, string]>> = {
  password: [/^[\x21-\x7e]{8,512}$/, "8 to 512 printable characters without spaces"],
  url: [url, urlForm],
  "base64-32": [/^[A-Za-z0-9+/]{43}=$/, "32 bytes in base64, as `openssl rand -base64 32` prints"],
  "hex-32": [/^[0-9a-f]{64}$/, "32 bytes in lower case hexadecimal, as `openssl rand -hex 32` prints"],
};

/** What a secret may be. */
export function secretForm({ form, prefix = "", origin }: SecretSpec) {
  const [pattern, description] = secretForms[form];
  const told = prefix === "" ? description : `${description}, beginning with ${prefix}`;
  const schema = text(pattern, told).refine((value) => value.startsWith(prefix), allowed(told));
  return origin === "required" ? schema : schema.optional();
}

const settingForms: Readonly<
  Record<Exclude<SettingSpec["form"], readonly string[]>, readonly [RegExp, string]>
> = {
  text: [/^[^\p{Cc}]{1,2000}$/u, "one line of at most 2000 characters"],
  url: [url, urlForm],
  email: [emailAddress, "an e-mail address"],
  integer: [/^-?[0-9]{1,15}$/, "a whole number"],
  number: [/^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$/, "a number"],
  flag: [/^(?:true|false)$/, "true or false"],
};

/** What a setting may be. Text, as an environment has it; Pulumi keeps what looks like a number or a flag as one. */
export function settingForm({ form, default: fallback, required = false }: SettingSpec) {
  const schema = typeof form === "string" ? plain(...settingForms[form]) : oneOf(form);
  if (fallback !== undefined) return schema.default(fallback);
  return required ? schema : schema.optional();
}

function plain(pattern: RegExp, form: string) {
  return written(form).pipe(text(pattern, form));
}

function oneOf(values: readonly string[]) {
  const form = `one of ${values.join(", ")}`;
  return written(form).pipe(z.string().refine((value) => values.includes(value), allowed(form)));
}

function written(form: string) {
  return z.union([z.string(), z.number(), z.boolean()], allowed(form)).transform(String);
}
