import type { z } from "zod";
import { closest } from "./suggestion";

/** Everything that is wrong with a stack's configuration, one line a problem. Nothing has been created. */
export class ConfigurationError extends Error {
  constructor(
    stack: string,
    readonly problems: readonly string[],
  ) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      [
        `${count} in the configuration of stack ${stack} (Pulumi.${stack}.yaml); nothing was changed:`,
        ...problems.map((problem) => `  - ${problem}`),
      ].join("\n"),
    );
    this.name = "ConfigurationError";
  }
}

type Issue = z.core.$ZodIssue;

export interface Description {
  /** Keys whose values are secret, besides `secrets`. */
  readonly encrypted?: ReadonlySet<string>;
  /** Why keys that would otherwise be known are not, by `secrets.name` and the like. */
  readonly explained?: ReadonlyMap<string, string>;
}

/** The lines of a {@link ConfigurationError}: each names the key, the value, what is allowed and what to do. */
export function describeIssues(
  issues: readonly Issue[],
  settings: unknown,
  schema: z.ZodType,
  { encrypted = new Set(), explained = new Map() }: Description = {},
): string[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey([...issue.path, key], schema, explained))
      : [badValue(issue, settings, encrypted)],
  );
}

function badValue(issue: Issue, settings: unknown, encrypted: ReadonlySet<string>): string {
  const value = at(settings, issue.path);
  const key = keyName(issue.path);
  if (issue.code === "invalid_key") return `${key} has a bad name: it must be ${issue.message}`;
  if (value === undefined) return `${key} is missing: set it to ${issue.message}${howToSet(issue.path)}`;
  const [group] = issue.path.map(String);
  const secret = group === "secrets" || (group !== undefined && encrypted.has(group));
  if (secret) return `${key} is [secret]: it must be ${issue.message}`;
  // What is wrong in the value: it quotes from it.
  const detail: unknown = issue.code === "custom" ? issue.params?.detail : undefined;
  const told = typeof detail === "string" ? `; ${detail}` : "";
  return `${key} is ${JSON.stringify(value)}: it must be ${issue.message}${told}`;
}

function unknownKey(
  path: readonly PropertyKey[],
  schema: z.ZodType,
  explained: ReadonlyMap<string, string>,
): string {
  const reason = explained.get(path.map(String).join("."));
  if (reason !== undefined) return `${keyName(path)} ${reason}`;
  const word = String(path.at(-1));
  const known = keysAt(schema, path.slice(0, -1));
  const guess = closest(word, known);
  const hint = guess === undefined ? "" : ` Did you mean ${guess}?`;
  const choice =
    known.length === 0 ? "no key is allowed here" : `allowed are ${[...known].sort().join(", ")}`;
  return `${keyName(path)} is not a known key.${hint} ${hint === "" ? capitalised(choice) : `Otherwise ${choice}`}.`;
}

function howToSet(path: readonly PropertyKey[]): string {
  const secret = path[0] === "secrets" ? " --secret" : "";
  const command =
    path.length === 1
      ? `pulumi config set ${String(path[0])} <value>`
      : `pulumi config set${secret} --path '${path.map(String).join(".")}' <value>`;
  return ` (${command})`;
}

function keyName(path: readonly PropertyKey[]): string {
  return `slipway:${path.map(String).join(".")}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** Keys that the schema knows at a path, seen through defaults, optionals and refinements. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const group = groupOf(schema);
  const [first, ...rest] = path;
  if (group === undefined) return [];
  if (first === undefined) return Object.keys(group.shape ?? {});
  const inner = group.shape === undefined ? group.valueType : group.shape[String(first)];
  return inner === undefined ? [] : keysAt(inner, rest);
}

interface Group {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  /** Where the names are free. */
  readonly valueType?: z.ZodType;
}

function groupOf(schema: z.ZodType): Group | undefined {
  if ("shape" in schema || "valueType" in schema) return schema as Group;
  if ("unwrap" in schema && typeof schema.unwrap === "function") return groupOf(schema.unwrap());
  return undefined;
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
