import { quoted } from "./ottl";

interface Secret {
  /** RE2; the first group is kept. */
  readonly pattern: string;
  readonly replacement: string;
}

const names =
  "(?:pass(?:word|wd|phrase)|pwd|secret(?:[_-]?key)?|api[_-]?key|(?:access|refresh|auth|session|csrf)[_-]?token)";
const redacted = "[redacted]";

/** What is left of a line of JSON is still JSON. */
const secrets: readonly Secret[] = [
  // Authorization: Bearer …, "authorization":"Basic …", "Authorization":["…"]
  keeping(
    `(?i)(authorization[\\\\"']*\\s*[:=]\\s*\\[?[\\\\"']*(?:(?:bearer|basic|digest|token|negotiate)\\s+)?)`,
    `[^\\s\\\\"',;\\]}]+`,
  ),
  keeping(`(?i)(\\bbearer\\s+)`, `[a-z0-9._~+/=-]{16,}`),
  // "set-cookie":["…","…"]
  { pattern: `(?i)(cookie[\\\\"']*\\s*[:=]\\s*)\\[[^\\]]*\\]`, replacement: `$1["${redacted}"]` },
  ...inQuotes("cookie"),
  // Cookie: …
  keeping(`(?i)(cookie\\s*[:=]\\s*)`, `[^\\s\\["\\\\][^"\\\\\\r\\n]*`),
  ...inQuotes(names),
  // PASSWORD '…'
  keeping(`(?i)(${names}(?:\\s*[:=]\\s*|\\s+)')`, `[^'"\\\\]+`),
  // password=…
  keeping(`(?i)(${names}\\s*[:=]\\s*)`, `[^\\s"'\\\\&,;{}\\[\\]]+`),
  // postgres://user:…@host
  { pattern: `(://[^\\s/:@"'\\\\]*:)[^\\s/@"'\\\\]+@`, replacement: `$1${redacted}@` },
  // ?token=…
  keeping(`(?i)([?&](?:token|sig|signature|key)=)`, `[^\\s&"'\\\\]+`),
];

/** Whether one of the patterns may match. Most lines end here. */
const suspicious =
  "(?i)authorization|bearer|cookie|pass|pwd|secret|token|api.?key|[?&](?:sig|key)|://[^/\\s]*@";

/** Statements of the transform processor that take secrets out of the text of log records. */
export function redactedBodies() {
  return {
    conditions: [`IsMatch(log.body, ${quoted(suspicious)})`],
    statements: secrets.map(
      ({ pattern, replacement }) => `replace_pattern(log.body, ${quoted(pattern)}, ${quoted(replacement)})`,
    ),
  };
}

/** Statements that take them out of the attributes, too: those of applications can have any. */
export function redactedAttributes(): string[] {
  return [
    `delete_matching_keys(log.attributes, ${quoted(`(?i)authorization|cookie|${names}`)})`,
    ...secrets.map(
      ({ pattern, replacement }) =>
        `replace_all_patterns(log.attributes, "value", ${quoted(pattern)}, ${quoted(replacement)})`,
    ),
  ];
}

function keeping(before: string, secret: string): Secret {
  return { pattern: `${before}${secret}`, replacement: `$1${redacted}` };
}

/** `"password":"…"`, and the same in a string of JSON, where the quotes are escaped. */
function inQuotes(key: string): readonly Secret[] {
  return [
    keeping(`(?i)(${key}"?(?:\\s*[:=]\\s*|\\s+)")`, `(?:[^"\\\\]|\\\\.)+`),
    keeping(`(?i)(${key}\\\\+"\\s*:\\s*\\\\+")`, `[^"\\\\]+`),
  ];
}
