import type { AppSpec } from "../apps/spec";

/** Where a stack sets a value. */
export type ValueKey = readonly [group: "secrets" | "settings", name: string];

/** A secret, and what must be set where it is, in either direction. */
export interface Companions {
  readonly one: ValueKey;
  readonly other: ValueKey;
}

/** Each pair of values that are of no use without each other, once in each direction. What has a default is always there. */
export function companionsOf({
  secrets,
  settings = {},
}: Pick<AppSpec, "secrets" | "settings">): Companions[] {
  const pairs = new Map<string, Companions>();
  for (const [name, { together = [] }] of Object.entries(secrets)) {
    const group = [name, ...together].flatMap((member): ValueKey[] => {
      if (secrets[member] !== undefined) return [["secrets", member]];
      return settings[member] === undefined ? [] : [["settings", member]];
    });
    const optional = group.filter(([kind, member]) =>
      kind === "secrets" ? secrets[member]?.origin !== "generate" : settings[member]?.default === undefined,
    );
    for (const one of optional) {
      for (const other of optional) {
        const key = JSON.stringify([one, other]);
        if (one !== other) pairs.set(key, { one, other });
      }
    }
  }
  return [...pairs.values()];
}
