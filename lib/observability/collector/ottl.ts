/** A string in a statement of the transform processor. The collector reads a single $ in its configuration as a variable. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("$", "$$$$");
}
