/** The release of this image: its build argument VERSION. */
export const release = process.env.APP_VERSION ?? "dev";

/** Whether this release does that wrong on purpose: its build argument MISBEHAVE. */
export function misbehaves(how) {
  return process.env.MISBEHAVE === how;
}
