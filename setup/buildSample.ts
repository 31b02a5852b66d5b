import { parseArgs } from "node:util";
import { registryAddress, registryIsUp } from "./images/registry";
import { buildSample } from "./images/sample";
import { SetupError } from "./step";

const usage = "npm run sample:build -- 1.1.0 [--misbehave never-healthy]";

/** `npm run sample:build -- 1.1.0`: a release of the sample to deploy; with `--misbehave`, a bad one. */
async function main(): Promise<void> {
  const { positionals, values } = readArguments();
  const [version] = positionals;
  if (version === undefined || positionals.length > 1) throw new SetupError(`Name one release: ${usage}`);
  await buildSample(version, { ...values, ...((await registryIsUp()) && { mirror: registryAddress }) });
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { misbehave: { type: "string" } } });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}. Usage: ${usage}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
});
