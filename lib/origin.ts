export interface OriginSettings {
  readonly tls: { readonly mode: "acme" | "internal" | "off" };
  readonly ports: { readonly http: number; readonly https: number };
}

/** The public address of a host name, as a browser writes it: `https://app.example.com`, `http://nas.lan:8080`. */
export function origin(host: string, { tls, ports }: OriginSettings): string {
  const [scheme, port, usual] = tls.mode === "off" ? ["http", ports.http, 80] : ["https", ports.https, 443];
  return port === usual ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
}
