import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadExeca } from "../lib/execa";
import { actionlintStep } from "../setup/actionlint";
import { setUpDocker } from "../setup/docker";
import { makeStandIn, testStandIns } from "../setup/images/testStandIns";
import { repository } from "../setup/paths";
import { type Surroundings, setUp } from "../setup/setUp";
import { runStep, SetupError } from "../setup/step";
import { testPackagesStep } from "../setup/testPackages";

interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/**
 * All tests. Those that need no engine run while the toolchain and the images are built; as soon as these are there, those
 * on a double of a machine, then those on the engine, one after the other. The last line is the sum.
 */
async function main(): Promise<void> {
  await runStep(testPackagesStep());
  await bringActionlint();
  await setUpDocker();
  const [quick, slow] = await Promise.all([testsWithoutEngine(), testsWithEngine()]);
  const outcomes = [...quick, ...slow];
  const sum = (key: keyof Outcome) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

/** Where it can't be had, one test is skipped. */
async function bringActionlint(): Promise<void> {
  await runStep(actionlintStep()).catch((error: unknown) => {
    if (!(error instanceof SetupError)) throw error;
    console.log(`  skipped  ${error.message}`);
  });
}

/** What the tests on the engine need besides, so that none of them waits for it. */
async function setUpTestImages({ airGapped }: Surroundings): Promise<void> {
  if (airGapped) await Promise.all(testStandIns.map(makeStandIn));
}

async function testsWithoutEngine(): Promise<Outcome[]> {
  return [await check(), await vitest("unit"), await sample()];
}

async function testsWithEngine(): Promise<Outcome[]> {
  await setUpTestImages(await setUp());
  // What measures, in the second, comes when nothing else runs any more.
  return [await vitest("host"), await vitest("engine")];
}

/** Formatter, linter and types count as one test. */
async function check(): Promise<Outcome> {
  const { succeeded } = await run("npm", ["run", "--silent", "check"]);
  return succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project: string): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-tests-"));
  const report = join(folder, "report.json");
  const { succeeded } = await run("npx", [
    "--no-install",
    "vitest",
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const { numPassedTests = 0, numFailedTests = 0 } = JSON.parse(
    await readFile(report, "utf8").catch(() => "{}"),
  );
  await rm(folder, { recursive: true, force: true });
  // A file that can't be loaded fails the run and has no test to count.
  return { passed: numPassedTests, failed: succeeded ? numFailedTests : Math.max(numFailedTests, 1) };
}

async function sample(): Promise<Outcome> {
  const backend = join(repository, "sample", "backend");
  const installed = await run("npm", ["ci", "--ignore-scripts", "--loglevel=error"], backend);
  if (!installed.succeeded) return { passed: 0, failed: 1 };
  const { succeeded, output } = await run("npm", ["test", "--silent"], backend);
  const count = (word: string) => Number(new RegExp(`^\\S+ ${word} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  return { passed: count("pass"), failed: succeeded ? count("fail") : Math.max(count("fail"), 1) };
}

async function run(program: string, args: readonly string[], cwd = repository) {
  const { execa } = await loadExeca();
  const { failed, stdout } = await execa(program, args, {
    cwd,
    stdin: "ignore",
    stdout: ["inherit", "pipe"],
    stderr: "inherit",
    reject: false,
  });
  return { succeeded: !failed, output: stdout };
}

main().catch((error: unknown) => {
  console.error(error instanceof SetupError ? `error: ${error.message}` : error);
  process.exitCode = 1;
});
