import { expect } from "vitest";
import { goodRelease, goodReleases } from "../harness/images";
import type { TestStack } from "../harness/stack";
import { printTable } from "../harness/table";
import { expectUnharmed, printReport, Traffic } from "../harness/traffic";

/** Rolls ten releases in a row under load, and fails when a request, a row or the end of a WebSocket is lost. */
export async function expectTenUnharmed(stack: TestStack, title: string, webSockets: number): Promise<void> {
  const releases = Array.from({ length: 10 }, (_, index) => goodRelease(index + 1));
  const durations: [string, string][] = [];
  const traffic = await Traffic.start(stack, { webSockets });

  for (const release of releases) {
    const began = Date.now();
    await stack.release(release);
    await traffic.crowd.settled(release);
    durations.push([release, `${((Date.now() - began) / 1000).toFixed(1)} s`]);
  }

  const report = await traffic.stop();
  printTable(title, [["release", "took"], ...durations]);
  printReport(`${title} under load`, report);
  expectUnharmed(report);
  expect(report.releases).toEqual(expect.arrayContaining([...goodReleases]));
  // Each is told once a release, and not before it has come back is it told again.
  expect(report.closings).toHaveLength(webSockets * releases.length);
  expect(report.closings.every(({ release }) => release !== undefined)).toBe(true);
}
