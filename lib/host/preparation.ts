/**
 * What a machine is prepared with. Cloud-init gets it as user data on a new machine, an idempotent run over SSH brings it
 * to one that is there: the same files, the same script.
 */
export interface Preparation {
  readonly files: readonly PreparedFile[];
  /** Runs as root with bash, as often as one likes: it changes only what isn't so yet. */
  readonly script: string;
}

export interface PreparedFile {
  readonly path: string;
  /** Octal, such as `0644`. */
  readonly mode: string;
  readonly content: string;
}
