import { expect } from "vitest";
import type { Client } from "./client";
import { Load, type LoadSummary } from "./load";
import type { TestStack } from "./stack";
import { printTable } from "./table";
import { type Closing, Crowd } from "./webSockets";

export interface TrafficOptions {
  /** Requests a second. @default 50 */
  readonly rate?: number;
  /** @default 20 */
  readonly webSockets?: number;
}

export interface TrafficReport extends LoadSummary {
  /** Acknowledged rows that the database doesn't have. */
  readonly missing: readonly string[];
  /** Connections that the other side ended. */
  readonly closings: readonly Closing[];
}

/** The most that users may wait for the next answer to anybody, milliseconds. */
const acceptableGap = 1_000;

/** Codes that tell a client to come back: "going away" and "service restart". */
const comeBack = [1001, 1012];

/**
 * Requests and open WebSockets, and what became of them.
 *
 * @example const traffic = await Traffic.start(stack); await stack.up(); expectUnharmed(await traffic.stop());
 */
export class Traffic {
  private constructor(
    private readonly stack: TestStack,
    readonly client: Client,
    readonly crowd: Crowd,
    private readonly load: Load,
  ) {}

  static async start(
    stack: TestStack,
    { rate = 50, webSockets = 20 }: TrafficOptions = {},
  ): Promise<Traffic> {
    const client = await stack.client();
    const crowd = await Crowd.gather(client, webSockets);
    return new Traffic(stack, client, crowd, new Load(client, { rate }));
  }

  async stop(): Promise<TrafficReport> {
    const summary = await this.load.stop();
    const closings = this.crowd.leave();
    const rows = new Set(await this.stack.query("SELECT id FROM notes"));
    return { ...summary, closings, missing: summary.acknowledged.filter((id) => !rows.has(id)) };
  }
}

/** Asserts that no user noticed anything, apart from WebSockets that were told to come back. */
export function expectUnharmed(report: TrafficReport): void {
  expect(report.requests, "requests").toBeGreaterThan(0);
  expect(report.failures, "failed requests").toEqual([]);
  expect(report.missing, "acknowledged rows that are not in the database").toEqual([]);
  expect(report.longestGap, "longest gap between successes, ms").toBeLessThan(acceptableGap);
  expect(
    report.closings.filter(({ code }) => !comeBack.includes(code)),
    "WebSockets that were not told to come back",
  ).toEqual([]);
}

export function printReport(title: string, report: TrafficReport): void {
  printTable(title, [
    ["requests", report.requests],
    ["failed", report.failures.length],
    ["longest gap between successes", `${report.longestGap} ms`],
    ["longest pause of the load itself", `${report.longestPause} ms`],
    ["rows acknowledged", report.acknowledged.length],
    ["rows missing", report.missing.length],
    ["WebSockets closed", closingsByCode(report.closings)],
  ]);
}

function closingsByCode(closings: readonly Closing[]): string {
  const counts = new Map<number, number>();
  for (const { code } of closings) counts.set(code, (counts.get(code) ?? 0) + 1);
  const parts = [...counts].sort().map(([code, count]) => `${count} with ${code}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}
