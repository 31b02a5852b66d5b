// Starts one PostgreSQL and one Redis for all test files, runs them one after the other, and stops both.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startPostgres, startRedis } from "./support/engines.js";

const here = import.meta.dirname;
const only = process.argv.slice(2);
const files = readdirSync(here)
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => only.length === 0 || only.some((name) => file.startsWith(name)))
  .map((file) => join(here, file));

const engines = await Promise.all([startPostgres(), startRedis()]);
try {
  const env = Object.assign({}, process.env, ...engines.map((engine) => engine.environment));
  // One file at a time: what is measured here would be disturbed by its neighbours. Forced to exit, because the
  // server that a failed test left behind would hold it up for ever.
  const run = spawnSync(
    process.execPath,
    ["--test", "--test-concurrency=1", "--test-force-exit", "--test-reporter=spec", ...files],
    {
      env,
      stdio: "inherit",
    },
  );
  process.exitCode = run.status ?? 1;
} finally {
  await Promise.all(engines.map((engine) => engine.stop()));
}
