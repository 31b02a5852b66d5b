/** An object with these keys. */
export function mapKeys<Value>(
  keys: readonly string[],
  value: (key: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(keys.map((key) => [key, value(key)]));
}

/** The same keys with other values. */
export function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}

/** What of it has a value. */
export function defined<Value>(object: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
