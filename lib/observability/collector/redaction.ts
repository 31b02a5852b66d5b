import {
  addressNames,
  type SecretPattern,
  secretNames,
  secretPatterns,
  suspicious,
  variableNames,
} from "../../redaction";
import { quoted } from "./ottl";

/** Statements of the transform processor that take secrets out of the text of log records. */
export function redactedBodies() {
  return {
    conditions: [`IsMatch(log.body, ${quoted(re2(suspicious))})`],
    statements: secretPatterns.map(
      (secret) => `replace_pattern(log.body, ${quoted(re2(secret))}, ${quoted(secret.replacement)})`,
    ),
  };
}

/** Statements that take them out of the attributes, too: those of applications can have any. */
export function redactedAttributes(): string[] {
  const names = `(?i:authorization|cookie|${secretNames}|${addressNames})|${variableNames}`;
  return [
    `delete_matching_keys(log.attributes, ${quoted(names)})`,
    ...secretPatterns.map(
      (secret) =>
        `replace_all_patterns(log.attributes, "value", ${quoted(re2(secret))}, ${quoted(secret.replacement)})`,
    ),
  ];
}

function re2({ pattern, ignoreCase }: Pick<SecretPattern, "pattern" | "ignoreCase">): string {
  return ignoreCase ? `(?i)${pattern}` : pattern;
}
