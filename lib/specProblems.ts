import type { AppSpec } from "../apps/spec";

/** What is wrong with a system's spec, one line a problem. */
export function specProblems(_app: AppSpec): string[] {
  return [];
}
