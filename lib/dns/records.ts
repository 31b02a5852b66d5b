/** A record of a zone, with values that may not be known yet: addresses are outputs in the program. */
export interface ZoneRecord<Value = string> {
  readonly type: "A" | "CAA";
  /** Full name, without the dot at its end. */
  readonly name: string;
  /** All values of this type and name. Of CAA: the authorities that may issue. */
  readonly values: readonly Value[];
  /** Seconds. */
  readonly ttl: number;
}

export interface RecordsArgs<Value> {
  /** Host names; those that no zone has, such as app.localhost and addresses, are left out. */
  readonly hosts: readonly string[];
  readonly ipv4: Value;
  readonly ttl: number;
  /** Who may issue certificates; empty for no such record. */
  readonly authorities: readonly string[];
}

/** The records that a system's host names need, by name, so that the order of the settings doesn't matter. */
export function zoneRecords<Value>(args: RecordsArgs<Value>): ZoneRecord<Value | string>[] {
  const { hosts, ipv4, ttl, authorities } = args;
  return [...new Set(hosts)]
    .filter(isPublic)
    .sort()
    .flatMap((name): ZoneRecord<Value | string>[] => [
      { type: "A", name, values: [ipv4], ttl },
      ...(authorities.length === 0 ? [] : [{ type: "CAA" as const, name, values: authorities, ttl }]),
    ]);
}

/** Whether a host name can be in a zone. */
function isPublic(host: string): boolean {
  const labels = host.split(".");
  return labels.length > 1 && labels.at(-1) !== "localhost" && !/^[0-9]+$/.test(labels.at(-1) ?? "");
}

/**
 * The name of a record as a provider wants it that takes names relative to their zone: `@` for the zone itself.
 *
 * @throws {RangeError} for a name that isn't in the zone.
 */
export function relativeName(name: string, zone: string): string {
  if (name === zone) return "@";
  if (name.endsWith(`.${zone}`)) return name.slice(0, -zone.length - 1);
  throw new RangeError(
    `slipway:domains has ${name}: it must be in the zone ${zone} of slipway:dns.zone, or set slipway:dns.provider to none`,
  );
}

const letsEncrypt = "letsencrypt.org";
/** As ZeroSSL is called in CAA records: its certificates are Sectigo's. */
const zeroSsl = "sectigo.com";

/**
 * Who may issue certificates for the domains. Without `tls.authority` the proxy asks Let's Encrypt and, while that one
 * fails, ZeroSSL. Nothing is known of another authority's name in such records, and nothing of the internal one is public.
 */
export function issuers(tls: { readonly mode: string; readonly authority?: string | undefined }): string[] {
  if (tls.mode !== "acme") return [];
  if (tls.authority === undefined) return [letsEncrypt, zeroSsl];
  const { hostname } = new URL(tls.authority);
  return hostname === letsEncrypt || hostname.endsWith(`.${letsEncrypt}`) ? [letsEncrypt] : [];
}
