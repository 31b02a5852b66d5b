import { checked, type Line } from "./text";

const headerName = /^[A-Za-z][A-Za-z0-9-]*$/;
// Braces would be placeholders of Caddy's; a quote or a backslash would end or change the quoted text.
const headerValue = /^(?:(?![{}"\\])[\x20-\x7e])+$/;
const transportSecurity = "Strict-Transport-Security";

/**
 * The headers of every answer of a site.
 *
 * @throws {RangeError} naming the name or value that can't stand in a Caddyfile.
 */
export function headerLines(own: Readonly<Record<string, string>> | undefined, encrypted: boolean): Line[] {
  const wanted = Object.entries(own ?? {})
    .filter(([name]) => encrypted || !same(name, transportSecurity))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const usual = [...(encrypted ? [usualTransportSecurity] : []), ...usualHeaders];
  return [
    ...usual.filter(([name]) => !wanted.some(([other]) => same(other, name))).map(usualHeader),
    ...wanted.map(ownHeader),
    "-Server",
  ];
}

function same(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

type UsualHeader = readonly [name: string, value: string, keepsApplications: boolean];

const usualTransportSecurity: UsualHeader = [
  transportSecurity,
  '"max-age=31536000; includeSubDomains"',
  false,
];

const usualHeaders: readonly UsualHeader[] = [
  ["X-Content-Type-Options", "nosniff", false],
  ["X-Frame-Options", "DENY", true],
  ["Referrer-Policy", "strict-origin-when-cross-origin", true],
  ["Permissions-Policy", '"camera=(), geolocation=(), microphone=()"', true],
];

function usualHeader([name, value, keepsApplications]: UsualHeader): string {
  // With "?" an application that sets its own keeps it.
  return `${keepsApplications ? "?" : ""}${name} ${value}`;
}

function ownHeader([name, value]: readonly [string, string]): string {
  return `?${checked(name, headerName, "header")} "${checked(value, headerValue, `header ${name}`)}"`;
}
