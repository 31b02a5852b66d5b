import { type Finding, failed, ok, warning } from "./finding";

export const tlsVersions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** What a server offers to somebody who asks for nothing else. */
export interface Offered {
  readonly versions: readonly TlsVersion[];
  /** A cipher without forward secrecy, where it takes one. */
  readonly weakCipher?: string | undefined;
  /** Value of Strict-Transport-Security. */
  readonly hsts?: string | undefined;
}

/** Half a year, which SSL Labs asks for. */
const leastAge = 15_552_000;

/** In the grades of SSL Labs, as far as versions and ciphers decide: trust is the certificate's matter. */
export function tlsGrade(offered: Offered): "A+" | "A" | "A-" | "B" | "F" {
  const { versions, weakCipher } = offered;
  if (!versions.includes("TLSv1.2") && !versions.includes("TLSv1.3")) return "F";
  if (versions.includes("TLSv1") || versions.includes("TLSv1.1") || weakCipher !== undefined) return "B";
  if (!versions.includes("TLSv1.3")) return "A-";
  return maximumAge(offered.hsts) >= leastAge ? "A+" : "A";
}

export function judgeVersions(name: string, offered: Offered): Finding {
  const { versions, weakCipher } = offered;
  const what = `TLS of ${name}`;
  const shown = versions.map((version) => version.replace("TLSv", "")).join(", ");
  const value = `${tlsGrade(offered)}: TLS ${shown === "" ? "of no version" : shown}${weakCipher === undefined ? "" : `, takes ${weakCipher}`}`;
  const old = versions.some((version) => version === "TLSv1" || version === "TLSv1.1");
  const modern = versions.includes("TLSv1.2") || versions.includes("TLSv1.3");
  if (!modern || old || weakCipher !== undefined) {
    return failed(
      what,
      value,
      "the stack's own proxy offers TLS 1.2 and 1.3 with forward secrecy only: see what else answers there",
    );
  }
  if (versions.length < 2) return warning(what, value, "the stack's own proxy offers 1.2 and 1.3");
  return ok(what, value);
}

export function judgeHsts(name: string, header: string | undefined): Finding {
  const what = `HSTS of ${name}`;
  if (maximumAge(header) >= leastAge) return ok(what, header ?? "");
  const value = header === undefined ? "the header is missing" : `${header}, less than half a year`;
  return warning(
    what,
    value,
    "the stack's own proxy sends a year: `pulumi up`, or see what else answers there",
  );
}

function maximumAge(header: string | undefined): number {
  return Number(/(?:^|;)\s*max-age="?(\d+)/i.exec(header ?? "")?.[1] ?? 0);
}
