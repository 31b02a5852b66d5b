/** A step that could not be done. Its message is for the person who runs the update. */
export class StepError extends Error {}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
