import { expect, test } from "vitest";
import type { Inspection } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { printTable } from "../harness/table";
import { expectedExceptions, hardeningExceptions } from "./hardeningExceptions";
import { inspectAll } from "./inspection";
import { memoryUse, sum } from "./memoryUse";

/** MiB that the smallest machine that the guides recommend has. */
const machineMemory = 8192;

/**
 * Tests that the stack of every system passes, to be called where the others are.
 *
 * @param exceptions titles of hardening checks by the service that doesn't pass them, as its spec says with the reason.
 */
export function systemChecks(
  stack: () => TestStack,
  exceptions: Readonly<Record<string, readonly string[]>> = {},
): void {
  const running = async (): Promise<readonly Inspection[]> =>
    (await stack().containers()).filter(({ State }) => State.Running);

  test("a second update has nothing to change", async () => {
    await stack().up("--expect-no-changes");
  });

  test("every container is hardened, has limits, and a log that can't fill the disk", async () => {
    expect(await hardeningExceptions(await running())).toEqual(expectedExceptions(exceptions));
  });

  test("only the proxy publishes ports", async () => {
    const published = (await inspectAll((await running()).map(({ Id }) => Id)))
      .filter(({ HostConfig }) => Object.keys(HostConfig.PortBindings ?? {}).length > 0)
      .map(({ Config }) => Config.Labels["slipway.service"]);
    expect(published).toEqual(["proxy"]);
  });

  test("it fits on a machine of 8 GB", async () => {
    const containers = await running();
    const limits = (await inspectAll(containers.map(({ Id }) => Id))).map(
      ({ HostConfig }) => HostConfig.Memory,
    );
    const limited = limits.reduce((total, bytes) => total + bytes, 0) / 1024 ** 2;
    const used = await memoryUse(containers);
    printTable(`Memory of ${stack().name}, MiB`, [
      ...used,
      ["all", sum(used).toFixed(0)],
      ["limits of all", limited.toFixed(0)],
    ]);
    expect(limited).toBeLessThan(machineMemory);
  });
}
