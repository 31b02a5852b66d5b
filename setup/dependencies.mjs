// Brings node_modules in line with the lock file. Plain JavaScript without imports of ours or anyone's: it runs on a bare
// clone, before anything is installed. With --omit=dev it leaves out what only tests and clouds need: Pulumi downloads the
// plugin of each cloud whose SDK is there, hundreds of megabytes.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(repository, "node_modules", ".slipway-lock");
const oldestNode = 20;

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(`Node.js ${process.versions.node} is too old: install version ${oldestNode} or later`);
  process.exit(1);
}

const omits = process.argv.slice(2);
const lock = createHash("sha256")
  .update(readFileSync(join(repository, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
const wanted = [lock, ...omits].join(" ");
if (installed !== wanted && installed !== lock) {
  const started = Date.now();
  console.log("  start    npm packages of the lock file");
  const npm = spawnSync("npm", ["ci", "--loglevel=error", ...omits], { cwd: repository, stdio: "inherit" });
  if (npm.status !== 0) {
    console.error("npm ci failed; its message is above. Mend what it names and run the command again.");
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
  console.log(`  done     npm packages of the lock file, ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
