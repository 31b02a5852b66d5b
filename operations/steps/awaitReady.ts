import { awaitReadiness } from "./readiness";
import { stepMain } from "./step";

export interface AwaitReadyInput {
  /** What is waited for, for messages: "service backend, release 1.1.0". */
  readonly what: string;
  /** Ids of the containers. */
  readonly containers: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

if (require.main === module) {
  void stepMain<AwaitReadyInput>(async ({ what, containers, timeout }) => {
    await awaitReadiness(what, containers, timeout);
    return { ready: containers.length };
  });
}
