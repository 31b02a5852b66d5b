/** Secrets as they stand in lines of text: what comes before them is kept. */
export interface SecretPattern {
  /** Means the same to RE2 and to JavaScript. Its first group is kept. */
  readonly pattern: string;
  readonly ignoreCase: boolean;
  readonly replacement: string;
}

const mark = "[redacted]";

/** Of a password or a key, also at the end of another name: `db_password`, `JWT_SECRET`. */
export const secretNames =
  "(?:pass(?:word|wd|phrase)|pwd|secret(?:[_-]?key)?|(?:api|private|signing|encryption)[_-]?key" +
  "|(?:access|refresh|auth|session|csrf)[_-]?token|[_-]token)";
/** Of variables, such as `ADMIN_API_KEY`: in lower case, as in `primary_key`, such names mean all sorts of things. */
export const variableNames = "[A-Z0-9]_(?:KEY|SECRET|TOKEN|PASSWORD)";
/** The address of a database, which mostly has a password in it. */
export const addressNames = "(?:database|db|postgres(?:ql)?|pg|redis)_(?:url|uri|dsn)";

/** Whether one of the patterns may match. Most lines end here. */
export const suspicious: Pick<SecretPattern, "pattern" | "ignoreCase"> = {
  pattern:
    "authorization|bearer|cookie|pass|pwd|secret|token|(?:[_-]|api|private|signing|encryption)key|[?&](?:sig|key)" +
    `|${addressNames}|://[^/\\s]*@`,
  ignoreCase: true,
};

/** What is left of a line of JSON is still JSON. In this order: later ones take what earlier ones leave. */
export const secretPatterns: readonly SecretPattern[] = [
  // Authorization: Bearer …, "authorization":"Basic …", "Authorization":["…"], Authorization:[Bearer …]
  keeping(
    `(authorization[\\\\"']*\\s*[:=]\\s*(?:\\[?[\\\\"']*(?:bearer|basic|digest|token|negotiate)\\s+|\\[?[\\\\"']+)?)`,
    `(?:\\[redacted\\]|[^\\s\\\\"',;\\]}]+)`,
  ),
  keeping("(\\bbearer\\s+)", "[a-z0-9._~+/=-]{16,}"),
  // "set-cookie":["…","…"]
  {
    pattern: `(cookie[\\\\"']*\\s*[:=]\\s*)\\[[^\\]]*\\]`,
    ignoreCase: true,
    replacement: `$1["${mark}"]`,
  },
  ...inQuotes("cookie"),
  // Cookie: …
  keeping("(cookie\\s*[:=]\\s*)", `[^\\s\\["\\\\][^"\\\\\\r\\n]*`),
  ...[secretNames, addressNames].flatMap((names) => inQuotes(names)),
  ...inQuotes(variableNames, false),
  // PASSWORD '…'
  keeping(`(${secretNames}(?:\\s*[:=]\\s*|\\s+)')`, `[^'"\\\\]+`),
  keeping(`(${addressNames}\\s*[:=]\\s*')`, `[^'"\\\\]+`),
  keeping(`(${variableNames}\\s*[:=]\\s*')`, `[^'"\\\\]+`, false),
  // DATABASE_URL=…, ADMIN_API_KEY=…: to the next space, as an environment has them.
  keeping(`(${addressNames}\\s*[:=]\\s*)`, `[^\\s"'\\\\]+`),
  keeping(`(${variableNames}\\s*[:=]\\s*)`, `[^\\s"'\\\\]+`, false),
  // password=…
  keeping(`(${secretNames}\\s*[:=]\\s*)`, `[^\\s"'\\\\&,;{}\\[\\]]+`),
  // postgres://user:…@host
  { pattern: `(://[^\\s/:@"'\\\\]*:)[^\\s/@"'\\\\]+@`, ignoreCase: true, replacement: `$1${mark}@` },
  // ?token=…
  keeping("([?&](?:token|sig|signature|key)=)", `[^\\s&"'\\\\]+`),
];

const mayMatch = expression(suspicious);
const expressions = secretPatterns.map((secret) => ({ ...secret, expression: expression(secret, "g") }));

/** The text without the secrets in it, as far as one can tell by what stands before them. */
export function redacted(text: string): string {
  // By line: a name at the end of one says nothing of the next.
  return text
    .split("\n")
    .map((line) =>
      mayMatch.test(line)
        ? expressions.reduce(
            (left, { expression, replacement }) => left.replace(expression, replacement),
            line,
          )
        : line,
    )
    .join("\n");
}

function expression(
  { pattern, ignoreCase }: Pick<SecretPattern, "pattern" | "ignoreCase">,
  flags = "",
): RegExp {
  return new RegExp(pattern, ignoreCase ? `${flags}i` : flags);
}

function keeping(before: string, secret: string, ignoreCase = true): SecretPattern {
  return { pattern: `${before}${secret}`, ignoreCase, replacement: `$1${mark}` };
}

/** `"password":"…"`, and the same in a string of JSON, where the quotes are escaped. */
function inQuotes(names: string, ignoreCase = true): readonly SecretPattern[] {
  return [
    keeping(`(${names}"?(?:\\s*[:=]\\s*|\\s+)")`, `(?:[^"\\\\]|\\\\.)+`, ignoreCase),
    keeping(`(${names}\\\\+"\\s*:\\s*\\\\+")`, `[^"\\\\]+`, ignoreCase),
  ];
}
