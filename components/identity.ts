/** Which system on which stack a resource belongs to: the start of every physical name, and labels of everything. */
export interface Identity {
  readonly system: string;
  readonly stack: string;
}

/** The physical name of one thing: `clubhouse-local-postgres`. */
export function physicalName({ system, stack }: Identity, part: string): string {
  return `${system}-${stack}-${part}`;
}

/** Labels by which people and operations find what belongs to a stack, sorted so that a second `up` sees no change. */
export function labels(identity: Identity, more: Readonly<Record<string, string>> = {}) {
  const all = { system: identity.system, stack: identity.stack, ...more };
  return Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => ({ label: `slipway.${label}`, value }));
}
