import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/** Every value of MISBEHAVE. What each does is in ../../README.md; a test compares that table with this list. */
const misbehaviours = [
  "never-healthy",
  "slow-start:<seconds>",
  "exit-at-start",
  "failing-migration",
  "locked-migration",
  "errors",
  "slow",
  "unhealthy-later",
  "adds-column",
  "renames-column",
];

export const misbehaviourPattern = new RegExp(
  `^(${misbehaviours.join("|").replace("<seconds>", String.raw`\d{1,4}`)})$`,
);
export const misbehaviourRule = `must be ${misbehaviours.join(", ").replace(/, (?=[^,]*$)/, " or ")}`;

const slowMs = 3_000;
const healthySeconds = 20;

export function startDelayMs(misbehaviour: string | undefined): number {
  return Number(misbehaviour?.match(/^slow-start:(\d+)$/)?.[1] ?? 0) * 1_000;
}

/** Whether the health check says no although all is in order. */
export function deniesHealth(misbehaviour: string | undefined): boolean {
  if (misbehaviour === "unhealthy-later") return process.uptime() >= healthySeconds;
  return misbehaviour === "never-healthy";
}

/** The column that has a note's text in the schema of this release. */
export function textColumn(misbehaviour: string | undefined): "text" | "body" {
  return misbehaviour === "renames-column" ? "body" : "text";
}

/** Makes the routes of `api` slow or failing; they are counted, logged and traced like any other. */
export function disturbRequests(api: FastifyInstance, misbehaviour: string | undefined): void {
  if (misbehaviour === "slow") api.addHook("onRequest", () => sleep(slowMs));
  if (misbehaviour !== "errors") return;
  // Every other one rather than a random half: the share is exact, so an alert's test needs few requests.
  let requests = 0;
  api.addHook("onRequest", async () => {
    requests += 1;
    if (requests % 2 === 1) throw new Error("failing on purpose");
  });
}
