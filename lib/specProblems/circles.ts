/** Ways that lead back to where they began, by what each name points to; each circle once, with its first name at the end too. */
export function circles(pointsTo: Readonly<Record<string, readonly string[]>>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (name: string, way: readonly string[]): void => {
    const start = way.indexOf(name);
    if (start >= 0) found.push([...way.slice(start), name]);
    if (start >= 0 || done.has(name)) return;
    for (const next of pointsTo[name] ?? []) walk(next, [...way, name]);
    done.add(name);
  };
  for (const name of Object.keys(pointsTo)) walk(name, []);
  return found;
}
