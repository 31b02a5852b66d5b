import { quoted } from "./ottl";

/** Words and numbers (pino's) that the level is told by, and what the record is then. */
const levels = [
  { level: "debug", told: "trace|verbose|debug[1-5]?|dbg|10|20|[.-]", severity: "DEBUG", numbers: [1, 8] },
  { level: "info", told: "info|information|notice|log|30|\\*", severity: "INFO", numbers: [9, 12] },
  { level: "warn", told: "warn|warning|40|#", severity: "WARN", numbers: [13, 16] },
  {
    level: "error",
    told: "err|error|fatal|panic|dpanic|crit|critical|alert|emerg|emergency|severe|50|60",
    severity: "ERROR",
    numbers: [17, 24],
  },
] as const;

const words = "trace|debug|info|notice|warn|warning|err|error|fatal|crit|critical|panic";
/** `[2026-11-21 14:48:00.123] `, or nothing. */
const time = "(?:[\\[(]?[0-9][0-9TZ:.,/+ -]*[\\])]?\\s+)?";

/** How lines that aren't JSON begin. The first that matches tells the level. */
const beginnings = [
  // Postgres: 2026-11-21 14:48:00.123 UTC [25] app@clubhouse ERROR:  …
  "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\S* .{0,120}?\\b(?P<level>DEBUG[1-5]|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC):\\s",
  // Redis: 1:M 21 Nov 2026 14:48:00.123 # …
  "^\\d+:[XCSM] \\d\\d \\w{3} \\d{4} \\S+ (?P<level>[.*#-]) ",
  // ts=… level=warn …: what is written in Go, mostly
  '(?:^|\\s)(?:level|lvl)="?(?P<level>[A-Za-z]+)',
  // [error] …, Warning: …
  `^${time}[\\[(<]?(?P<level>(?i:${words}))[\\])>:]`,
  // 2026-11-21 14:48:00 ERROR …
  `^${time}(?P<level>${words.toUpperCase()})(?:\\s|$)`,
];

/**
 * Statements of the transform processor that find out what a record tells of itself: level, trace and span, and the
 * status that an access log has. The body stays as it is.
 */
export function toldByRecord(): string[] {
  return [
    `set(log.cache["json"], ParseJSON(log.body)) where IsMatch(log.body, "^\\\\s*[{]")`,
    `set(log.cache["level"], log.severity_text) where log.severity_text != ""`,
    ...["level", "severity", "lvl"].map(
      (key) =>
        `set(log.cache["level"], log.cache["json"]["${key}"]) where log.cache["level"] == nil and log.cache["json"]["${key}"] != nil`,
    ),
    ...beginnings.map(
      (pattern) =>
        `merge_maps(log.cache, ExtractPatterns(log.body, ${quoted(pattern)}), "upsert") where log.cache["level"] == nil`,
    ),
    `set(log.attributes["level"], "unknown")`,
    ...levels.flatMap(({ level, told, severity, numbers: [least, most] }) => [
      `set(log.attributes["level"], "${level}") where log.severity_number == 0 and IsMatch(log.cache["level"], ${quoted(`^(?i:${told})$`)})`,
      `set(log.attributes["level"], "${level}") where log.severity_number >= ${least} and log.severity_number <= ${most}`,
      `set(log.severity_number, SEVERITY_NUMBER_${severity}) where log.severity_number == 0 and log.attributes["level"] == "${level}"`,
    ]),
    ...identifiers("trace", 32),
    ...identifiers("span", 16),
    `set(log.attributes["status"], Int(log.cache["json"]["status"])) where IsDouble(log.cache["json"]["status"])`,
  ];
}

/** What says it itself, as the logs of applications do, is believed. */
function identifiers(of: "trace" | "span", digits: number): string[] {
  const pattern = `${of}_?[iI][dD][\\\\"]*\\s*[=:]\\s*[\\\\"]*(?P<${of}>[0-9a-f]{${digits}})\\b`;
  const none = "0".repeat(digits);
  return [
    `merge_maps(log.cache, ExtractPatterns(log.body, ${quoted(pattern)}), "upsert") where log.${of}_id.string == "${none}"`,
    `set(log.${of}_id.string, log.cache["${of}"]) where log.cache["${of}"] != nil`,
  ];
}
