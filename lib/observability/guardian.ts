import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "..", "images", "guardian");

/** Where its files are in the container. */
const mounted = "/etc/guardian";

/** Keeps Node's heap far below the limit of the container. */
export const guardianCommand: readonly string[] = [
  "node",
  "--max-old-space-size=32",
  "--max-semi-space-size=1",
  `${mounted}/guardian.mjs`,
];

/** Exit code 0 while it reaches the engine. */
export const guardianHealth: readonly string[] = [
  "node",
  "--max-old-space-size=8",
  "-e",
  'require("node:http").get("http://127.0.0.1:9800/healthz", ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1))',
];

/** Its script, by path in its folder. */
export function guardianFiles(): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
