import { type Recording, record } from "./mocks";

export interface Held<Made> {
  /** What had begun, or was noted, when nothing went on any more but for the resource that is held. */
  readonly reached: readonly string[];
  /** The whole update, after the resource was let go. */
  readonly recording: Recording<Made>;
}

/** Runs a program while the creation of one resource doesn't end, until all else has come to a rest; then lets it go. */
export async function holdAt<Made>(
  held: string,
  program: (note: (what: string) => void) => Made,
): Promise<Held<Made>> {
  const begun: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const running = record(() => program((what) => begun.push(what)), {
    creating: (_, name) => {
      begun.push(name);
      return name === held ? gate : undefined;
    },
  });
  await rest(begun);
  const reached = [...begun];
  open();
  return { reached, recording: await running };
}

const restfulTurns = 200;

/** Returns when nothing has begun for many turns of the event loop. */
async function rest(begun: readonly string[]): Promise<void> {
  for (let turns = 0, seen = -1; turns < restfulTurns; turns += 1) {
    if (begun.length !== seen) {
      turns = 0;
      seen = begun.length;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
