import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Document, parseDocument, Scalar } from "yaml";
import { differences, ofNow, type Settings } from "../lib/history";
import { isGroup } from "../lib/rawSettings";
import { repository } from "../setup/paths";

export const project = "slipway";

/** What the stack's file sets, without what is encrypted. */
export async function stackSettings(stack: string): Promise<Settings> {
  return plainSettings(parseDocument(await readStackFile(stack)).toJS());
}

export function readStackFile(stack: string): Promise<string> {
  return readFile(fileOf(stack), "utf8");
}

export function writeStackFile(stack: string, text: string): Promise<void> {
  return writeFile(fileOf(stack), text);
}

/** Sets the file to an earlier configuration. Comments in it, what is encrypted, and what is of now stay. */
export async function writeSettings(stack: string, settings: Settings): Promise<void> {
  const document = parseDocument(await readStackFile(stack));
  const current = Object.entries(plainSettings(document.toJS())).filter(([key]) => !ofNow.includes(key));
  for (const { path, to } of differences(Object.fromEntries(current), settings)) {
    const [name = "", ...rest] = path;
    const place = ["config", `${project}:${name}`, ...rest];
    if (to === undefined) document.deleteIn(place);
    else document.setIn(place, to);
  }
  await writeDocument(stack, document);
}

/** Sets pins in the file, by the names of their images. Comments stay, and how the pins are quoted. */
export async function writePins(stack: string, pins: Readonly<Record<string, string>>): Promise<void> {
  const document = parseDocument(await readStackFile(stack));
  for (const [image, pin] of Object.entries(pins)) {
    document.setIn(["config", `${project}:images`, image], pin);
  }
  await writeDocument(stack, document);
}

/** Sets one text in the file: `["backups", "keyExported"]`. */
export async function writeSetting(stack: string, [name, ...rest]: readonly string[], text: string) {
  const document = parseDocument(await readStackFile(stack));
  const value = new Scalar(text);
  // Digits that look like a number to one parser and not to the other stay a text.
  value.type = Scalar.QUOTE_DOUBLE;
  document.setIn(["config", `${project}:${name}`, ...rest], value);
  await writeDocument(stack, document);
}

/** No line is broken that wasn't: keys and pins are long. */
function writeDocument(stack: string, document: Document): Promise<void> {
  return writeStackFile(stack, document.toString({ lineWidth: 0 }));
}

function fileOf(stack: string): string {
  return join(repository, `Pulumi.${stack}.yaml`);
}

function plainSettings(content: unknown): Settings {
  const config = isGroup(content) && isGroup(content.config) ? content.config : {};
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key, value]) => key.startsWith(prefix) && !hasEncrypted(value))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** Pulumi writes `secure: <ciphertext>` for a value, also deep inside a group. */
function hasEncrypted(value: unknown): boolean {
  return isGroup(value) && ("secure" in value || Object.values(value).some(hasEncrypted));
}
