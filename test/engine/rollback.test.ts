import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildReleases, pinsOf } from "./harness/images";
import { TestStack } from "./harness/stack";
import { expectUnharmed, printReport, Traffic } from "./harness/traffic";

const webSockets = 20;
const [first, second, third] = ["1.0.0", "1.1.0", "1.2.0"] as const;

let stack: TestStack;

beforeAll(async () => {
  await buildReleases();
  stack = await TestStack.create("rollback", { ports: { http: 18087, https: 18450 }, release: first });
  await setSecret("Zmlyc3QgZmlyc3QgZmlyc3QgZmlyc3QgZmlyc3QgZmk=");
  await writeFile(stack.file, commented(await readFile(stack.file, "utf8")));
});

afterAll(async () => {
  await stack?.destroyAll();
});

describe("refuses, and changes nothing,", () => {
  test("without the name of a stack", async () => {
    await expectRefusal([], /--stack is missing\nusage: npm run rollback/);
  });

  test("an option that it doesn't have", async () => {
    await expectRefusal(["--stack", stack.name, "--fast"], /--fast/);
  });

  test("when nothing has been deployed", async () => {
    await expectRefusal(on("--yes"), /nothing to go back to: the stack has no successful update/);
  });

  test("when every update had the same pins", async () => {
    await stack.up();
    await expectRefusal(on("--yes"), /nothing to go back to: every successful update .* had the image pins/);
  });

  test("a number that is none", async () => {
    await expectRefusal(on("--to", "yesterday", "--yes"), /--to yesterday is not a number of an update/);
  });

  test("an update that there wasn't, naming those that there were", async () => {
    await expectRefusal(on("--to", "7", "--yes"), /--to 7 is not a successful update of the stack: 1$/m);
  });

  test("the configuration that the stack has", async () => {
    await expectRefusal(on("--to", "1", "--yes"), /--to 1 has the configuration that the stack has now/);
  });

  test("when there is nobody to ask", async () => {
    await stack.release(second);
    await expectRefusal(on(), /Apply this\? There is no terminal to ask on: say --yes/);
    expect(await runningReleases()).toEqual([second, second]);
  });
});

test("back, forth, and back to a number: no request is lost, and no row", async () => {
  const file = await readFile(stack.file, "utf8");
  const traffic = await Traffic.start(stack, { webSockets });

  const { output } = await rollback();
  expect(output).toContain(`Stack ${stack.name} goes back to update 1 of `);
  for (const image of ["backend", "frontend"] as const) {
    const [from, to] = [pinsOf(second)[image], pinsOf(first)[image]];
    expect(output).toContain(`  images.${image}: "${from}" -> "${to}"\n`);
  }
  await traffic.crowd.settled(first);
  await rollback();
  await traffic.crowd.settled(second);
  expect(await readFile(stack.file, "utf8"), "back and forth, the file is what it was").toBe(file);
  await stack.release(third);
  await traffic.crowd.settled(third);
  await rollback("--to", "1");
  await traffic.crowd.settled(first);

  const report = await traffic.stop();
  printReport("Two rollbacks, a release, a rollback to a number", report);
  expectUnharmed(report);
  expect(report.closings).toHaveLength(webSockets * 4);
  expect(await runningReleases()).toEqual([first, first]);
  await stack.up("--expect-no-changes");
});

test("the list has the number of each update and its pins", async () => {
  const { exitCode, output } = await stack.operation("rollback", ...on("--list"));
  expect(exitCode).toBe(0);
  const numbers = output
    .match(/^ +\d+(?= {2}\d{4}-\d\d-\d\dT.*slipway\/sample-backend:1\.\d\.0)/gm)
    ?.map(Number);
  const count = (await stack.history()).length;
  expect(numbers).toEqual(Array.from({ length: count }, (_, index) => count - index));
});

test("settings of then come back, secrets of now and comments stay", async () => {
  await stack.set({ timeouts: { drain: 20 } });
  await setSecret("c2Vjb25kIHNlY29uZCBzZWNvbmQgc2Vjb25kIHNlY28=");
  await stack.release(second);
  const secret = await secretInFile();

  const { output } = await rollback("--to", "1");
  expect(output).toContain('  timeouts: {"drain":20} -> (not set)\n');
  const text = await readFile(stack.file, "utf8");
  expect(text).not.toContain("timeouts");
  expect(text).toContain("# Kept by the club's board.\n");
  expect(text).toContain("# Asked for by the treasurer.\n");
  expect(await secretInFile()).toBe(secret);
  expect(await runningReleases()).toEqual([first, first]);
  await stack.up("--expect-no-changes");
});

test("after an update that failed, back is the release that still serves", async () => {
  await stack.pin("9.9.9");
  expect((await stack.tryUp()).exitCode).not.toBe(0);

  const { output } = await rollback();
  expect(output).toContain(`"${pinsOf("9.9.9").backend}" -> "${pinsOf(first).backend}"`);
  expect(await runningReleases()).toEqual([first, first]);
  await stack.up("--expect-no-changes");
});

function on(...args: readonly string[]): string[] {
  return ["--stack", stack.name, ...args];
}

async function rollback(...args: readonly string[]) {
  const outcome = await stack.operation("rollback", ...on("--yes", ...args));
  expect(outcome.exitCode, outcome.output).toBe(0);
  return outcome;
}

async function expectRefusal(args: readonly string[], reason: RegExp): Promise<void> {
  const before = { file: await readFile(stack.file, "utf8"), updates: (await stack.history()).length };
  const { exitCode, output } = await stack.operation("rollback", ...args);
  expect(output).toMatch(reason);
  expect(output).not.toContain("    at ");
  expect(exitCode).toBe(1);
  const after = { file: await readFile(stack.file, "utf8"), updates: (await stack.history()).length };
  expect(after).toEqual(before);
}

/** Releases of the containers that serve. */
async function runningReleases(): Promise<(string | undefined)[]> {
  const containers = [...(await stack.containers("backend")), ...(await stack.containers("frontend"))];
  return containers.map(({ Config }) => Config.Labels["slipway.release"]);
}

async function setSecret(key: string): Promise<void> {
  const args = ["--stack", stack.name, "--secret", "--path", "secrets.totpEncryptionKey", key];
  const { exitCode, output } = await stack.start("config", "set", ...args).outcome;
  expect(exitCode, output).toBe(0);
}

/** As it stands there, encrypted. */
async function secretInFile(): Promise<string> {
  const [, secret] = /totpEncryptionKey:\s+secure: (\S+)/.exec(await readFile(stack.file, "utf8")) ?? [];
  if (secret === undefined) throw new Error(`${stack.file} has no encrypted totpEncryptionKey`);
  return secret;
}

function commented(text: string): string {
  return `# Kept by the club's board.\n${text.replace("  slipway:ports:", "  # Asked for by the treasurer.\n  slipway:ports:")}`;
}
