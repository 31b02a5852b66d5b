import { isIPv6 } from "node:net";
import { type Finding, failed, ok, warning } from "./finding";

export interface Resolution {
  /** Short name of the domain. */
  readonly name: string;
  readonly domain: string;
  /** Addresses that the name leads to, from where it was asked. */
  readonly found: readonly string[];
  /** The machine's, where they are known. */
  readonly expected: readonly string[];
}

/** Names below it mean the machine that asks, without any record (RFC 6761). */
export function isLoopbackName(domain: string): boolean {
  return domain === "localhost" || domain.endsWith(".localhost");
}

/** Whether a domain leads to the machine. */
export function judgeResolution({ name, domain, found, expected }: Resolution): Finding {
  const what = `name of ${name}`;
  if (isLoopbackName(domain)) return ok(what, `${domain} is the machine that asks, by its name`);
  const [wanted] = expected;
  if (found.length === 0) {
    return failed(what, `${domain} leads nowhere`, `set its record to ${wanted ?? "the machine's address"}`);
  }
  const value = `${domain} is ${found.join(", ")}`;
  if (wanted === undefined) return ok(what, value);
  const foreign = found.filter((address) => !expected.includes(address));
  if (foreign.length === 0) return ok(what, value);
  if (foreign.length === found.length) {
    return failed(
      what,
      `${value}, not the machine, which is ${expected.join(", ")}`,
      `set its record to ${wanted}`,
    );
  }
  const record = foreign.some(isIPv6) ? "AAAA" : "A";
  return warning(
    what,
    `${value}; ${foreign.join(", ")} isn't known as the machine's`,
    `take the ${record} record out unless it is: some of the visitors go there`,
  );
}
