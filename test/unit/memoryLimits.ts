import { vi } from "vitest";
import { configure, type Settings } from "./configured";
import { record } from "./mocks";

/** Of a machine's memory, so that the engine and the page cache have room. */
const share = 0.85;

/** What the containers of a stack that run all the time may use at most, MiB each. */
export async function memoryLimits(settings: Settings): Promise<readonly number[]> {
  // What runs doesn't depend on where.
  configure({ ...settings, host: "local", dns: {} });
  vi.resetModules();
  const recording = await record(() => import("../../index"));
  return (
    recording
      .ofType("docker:index/container:Container")
      // Jobs come and go.
      .filter(({ inputs }) => inputs.restart === "unless-stopped")
      .map(({ inputs }) => inputs.memory as number)
  );
}

/** MiB that the limits may add up to on a machine of so many GB. */
export function roomOn(gigabytes: number): number {
  return gigabytes * 1024 * share;
}
