import { awaitReadiness } from "./readiness";
import type { StartableContainer } from "./start";
import { stepMain } from "./step";

export interface AwaitReadyInput {
  /** What is waited for, for messages: "service backend, release 1.1.0". */
  readonly what: string;
  readonly containers: readonly StartableContainer[];
  /** Seconds. */
  readonly timeout: number;
}

if (require.main === module) {
  void stepMain<AwaitReadyInput>(async ({ what, containers, timeout }) => {
    await awaitReadiness(what, containers, timeout);
    return { ready: containers.length };
  });
}
