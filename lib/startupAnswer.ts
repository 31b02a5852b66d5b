/** What an answer of a new container has that it shouldn't, in a few words; undefined when it has what is expected. */
export function startupProblem(
  answer: string,
  expected: Readonly<Record<string, string>>,
): string | undefined {
  const fields = Object.entries(expected);
  if (fields.length === 0) return undefined;
  const known = jsonObject(answer);
  if (known === undefined) return "its answer is no JSON object";
  const others = fields.filter(([name, value]) => String(known[name]) !== value);
  if (others.length === 0) return undefined;
  return others.map(([name, value]) => difference(name, value, known)).join(", ");
}

function difference(name: string, value: string, known: Record<string, unknown>): string {
  if (!Object.hasOwn(known, name)) return `it has no ${name}, expected ${JSON.stringify(value)}`;
  return `${name} is ${JSON.stringify(known[name])}, expected ${JSON.stringify(value)}`;
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
