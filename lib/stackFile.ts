import { parse } from "yaml";
import { isGroup } from "./rawSettings";

/**
 * What a stack file has in a group and isn't encrypted, by name. Pulumi writes `secure: <ciphertext>` for what is.
 *
 * @param key with the project's name: `slipway:secrets`.
 */
export function plainIn(file: string, key: string): Readonly<Record<string, unknown>> {
  const content: unknown = parse(file);
  const config = isGroup(content) ? content.config : undefined;
  const group = isGroup(config) ? config[key] : undefined;
  if (!isGroup(group)) return {};
  return Object.fromEntries(Object.entries(group).filter(([, value]) => !isGroup(value)));
}
