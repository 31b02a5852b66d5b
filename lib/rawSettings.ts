/** Keys whose values are lists; of any other an empty list is a mistake, to be told. */
const lists: readonly string[] = ["services"];

/**
 * A stack's settings as Pulumi hands them over, by key without the project's name. Groups and lists come as JSON and are
 * parsed, everything else stays text. What Pulumi.yaml has as an empty default is left out: it stands for "not set".
 */
export function rawSettings(
  config: Readonly<Record<string, string | undefined>>,
  project: string,
): Record<string, unknown> {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value = ""]) => [key.slice(prefix.length), value] as const)
      .filter(([key, value]) => !isEmptyDefault(key, value))
      .map(([key, value]) => [key, parsed(value)]),
  );
}

function isEmptyDefault(key: string, value: string): boolean {
  return value === "" || value === (lists.includes(key) ? "[]" : "{}");
}

export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(value: string): unknown {
  try {
    const json: unknown = JSON.parse(value);
    return isGroup(json) || Array.isArray(json) ? json : value;
  } catch {
    return value;
  }
}
