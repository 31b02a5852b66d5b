import { type Finding, failed, ok, unlessProduction, warning } from "./finding";

/** A certificate as a server shows it. */
export interface Certificate {
  readonly issuer: string;
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Why it isn't valid for the name; undefined where it is. */
  readonly mismatch?: string | undefined;
  /** Why the machine that asks doesn't trust it; undefined where it does. */
  readonly distrust?: string | undefined;
}

export interface CertificateTerms {
  readonly tls: { readonly mode: "acme" | "internal" | "off"; readonly authority?: string | undefined };
  readonly production: boolean;
  /** Days that it must be good for: `observability.thresholds.certificateDays`. */
  readonly days: number;
  readonly now: Date;
}

const day = 86_400_000;
/** Days: the last chance to act by hand, as the alert has it. */
const critical = 3;

export function judgeCertificate(name: string, certificate: Certificate, terms: CertificateTerms): Finding {
  const what = `certificate of ${name}`;
  const left = (Date.parse(certificate.to) - terms.now.getTime()) / day;
  const value = `by ${certificate.issuer}, good for ${span(left)}`;
  if (certificate.mismatch !== undefined) {
    return failed(what, `${value}: ${certificate.mismatch}`, "see whether the name leads to this machine");
  }
  if (left <= 0) return failed(what, `by ${certificate.issuer}, ended ${certificate.to}`, renewal);
  if (Date.parse(certificate.from) > terms.now.getTime()) {
    return failed(what, `${value}, and only from ${certificate.from} on`, "see whether the clocks are right");
  }
  return judgeTime(what, value, left, certificate, terms) ?? judgeTrust(what, value, certificate, terms);
}

const renewal = "`docker logs` of the proxy says why it isn't renewed";

/** The proxy renews when a third is left. What lasts hours or weeks only is measured by its own length. */
function judgeTime(
  what: string,
  value: string,
  left: number,
  { from, to }: Certificate,
  { days }: CertificateTerms,
): Finding | undefined {
  const length = (Date.parse(to) - Date.parse(from)) / day;
  if (left < Math.min(critical, length / 12)) return failed(what, value, renewal);
  if (left < Math.min(days, length / 4)) return warning(what, value, renewal);
  return undefined;
}

function judgeTrust(
  what: string,
  value: string,
  { distrust }: Certificate,
  { tls, production }: CertificateTerms,
): Finding {
  if (tls.mode === "internal") {
    const advice = "set slipway:tls.mode to acme";
    return unlessProduction(
      production,
      what,
      `${value}; of the proxy's own authority, which no browser knows`,
      advice,
    );
  }
  if (distrust === undefined) return ok(what, value);
  if (tls.authority !== undefined) {
    const advice = "take slipway:tls.authority out for a public certificate";
    return unlessProduction(production, what, `${value}; of ${tls.authority}, not trusted here`, advice);
  }
  return failed(
    what,
    `${value}, not trusted: ${distrust}`,
    "`docker logs` of the proxy says what the authority answered",
  );
}

function span(days: number): string {
  return days >= 2 ? `${Math.floor(days)} days` : `${Math.max(0, Math.floor(days * 24))} hours`;
}
