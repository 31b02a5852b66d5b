import { vi } from "vitest";

/** Asks twice a second until it is so, and gives what came out. */
export function eventually<Value>(timeout: number, assertion: () => Promise<Value>): Promise<Value> {
  return vi.waitFor(assertion, { timeout, interval: 500 });
}
