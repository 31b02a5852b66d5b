import { readFileSync } from "node:fs";
import { z } from "zod";

export { z };

/** A failure whose message says all there is to say. */
export class Refusal extends Error {}

export const text = () => z.string();

export const whole = (least, most) =>
  z
    .string()
    .refine(
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number);

export const decimal = () =>
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, "must be a number")
    .transform(Number);

export const flag = () => oneOf("true", "false").transform((value) => value === "true");

export const oneOf = (...words) => z.enum(words, { error: `must be one of ${words.join(", ")}` });

/** An address with one of these schemes: `address("postgres", "postgresql")`. */
export const address = (...schemes) =>
  z
    .string()
    .refine(
      (value) => schemes.some((scheme) => value.startsWith(`${scheme}://`)) && URL.canParse(value),
      `must be an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
    );

/** So many bytes as base64 or hexadecimal digits. */
export const bytes = (form, count) =>
  z
    .string()
    .refine(
      (value) =>
        Buffer.from(value, form).length === count && Buffer.from(value, form).toString(form) === value,
      `must be the ${form} form of exactly ${count} bytes`,
    );

/** A key of a service outside, which has a kind that its first letters tell. */
export const startingWith = (prefix) =>
  z.string().refine((value) => value.startsWith(prefix), `must begin with ${prefix}`);

const isOrigin = (origin) => URL.canParse(origin) && new URL(origin).origin === origin;

/** Origins, separated by commas. */
export const origins = () =>
  z
    .string()
    .transform((list) => list.split(",").map((origin) => origin.trim()))
    .refine(
      (list) => list.every(isOrigin),
      "must be origins like https://app.example.com, separated by commas",
    );

/** Origins as a list in JSON. */
export const jsonOrigins = () =>
  z
    .string()
    .transform((list) => parsed(list))
    .refine(
      (list) => Array.isArray(list) && list.every(isOrigin),
      'must be a JSON list of origins like ["https://app.example.com"]',
    );

function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const secret = /PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|REDIS_URL/;

/**
 * Reads the variables of `shape`, which has a form for each. A variable may come from a file instead, which
 * `<NAME>_FILE` names. An empty value counts as none.
 *
 * @throws {Refusal} with all that is wrong at once, without any secret.
 * @example const { PORT } = readConfiguration({ DATABASE_URL: address("postgresql"), PORT: whole(1, 65535).default("8080") });
 */
export function readConfiguration(shape, environment = process.env) {
  const values = {};
  const problems = [];
  for (const name of Object.keys(shape)) {
    try {
      const value = readVariable(name, environment);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      problems.push(error.message);
    }
  }
  const result = z.object(shape).safeParse(values);
  for (const { path, message } of result.error?.issues ?? []) {
    const [name] = path;
    if (problems.some((problem) => problem.startsWith(name))) continue;
    problems.push(describeProblem(name, values[name], message));
  }
  if (problems.length > 0) {
    throw new Refusal(
      `The environment doesn't fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  }
  return result.data;
}

function readVariable(name, environment) {
  const value = environment[name];
  const file = environment[`${name}_FILE`];
  if (!file) return value || undefined;
  if (value) throw new Error(`${name} and ${name}_FILE are both set: take one away`);
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (error) {
    throw new Error(`${name}_FILE can't be read: ${error.message}`);
  }
}

function describeProblem(name, value, message) {
  if (value === undefined) return `${name} is required`;
  return secret.test(name) ? `${name} ${message}` : `${name} ${message}; it is "${value}"`;
}
