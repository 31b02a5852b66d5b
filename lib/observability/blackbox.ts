import type { Observed } from "./observed";
import { yamlText } from "./yamlText";

export const blackboxArguments: readonly string[] = ["--config.file=/etc/blackbox/blackbox.yml"];

/** Success of a page or an API: 2xx, and 3xx of those that redirect to nowhere. The exporter takes no ranges. */
const validStatusCodes = [200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308];

/** The way that the routes are probed. */
export function probeModule({ publicCertificates }: Observed): "http_public" | "http_internal" {
  return publicCertificates ? "http_public" : "http_internal";
}

/** Configuration of the blackbox exporter, by path below /etc/blackbox. */
export function blackboxFiles(observed: Observed): Record<string, string> {
  const module = {
    prober: "http",
    timeout: "5s",
    http: {
      method: "GET",
      valid_status_codes: validStatusCodes,
      follow_redirects: true,
      // Networks of containers have seldom a way out by IPv6.
      preferred_ip_protocol: "ip4",
      ip_protocol_fallback: true,
      // No client knows the proxy's own authority, so its signature says nothing here; how long it is good for does.
      ...(observed.publicCertificates ? {} : { tls_config: { insecure_skip_verify: true } }),
    },
  };
  return { "blackbox.yml": yamlText({ modules: { [probeModule(observed)]: module } }) };
}
