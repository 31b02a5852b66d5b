import { hostName } from "../forms";
import type { BasicAuth, ProxyConfiguration, ProxySite } from "./configuration";
import { headerLines } from "./headers";
import { routeLines } from "./route";
import { checked, type Line } from "./text";

const userName = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;
const bcryptHash = /^\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53}$/;

export function siteLine(site: ProxySite, configuration: ProxyConfiguration): Line {
  const { tls } = configuration;
  const address = `${tls.mode === "off" ? "http" : "https"}://${checked(site.host, hostName, "host")}`;
  return [address, siteBody(site, configuration)];
}

/** Caddy's own redirection leaves out the port: it takes every port of HTTPS for one that is mapped to 443. */
export function redirection({ host }: ProxySite, { tls, ports }: ProxyConfiguration): Line[] {
  if (tls.mode === "off" || ports.https === 443) return [];
  return [[`http://${host}`, ["log", `redir https://${host}:${ports.https}{uri} 308`]]];
}

function siteBody(site: ProxySite, { tls }: ProxyConfiguration): Line[] {
  const headers: Line = ["header", headerLines(site.headers, tls.mode !== "off")];
  return [
    ...(tls.mode === "internal" ? ["tls internal"] : []),
    "log",
    [
      // Inside `route` Caddy keeps the order; outside it would sort.
      "route",
      [
        "encode zstd gzip",
        headers,
        ...(site.basicAuth === undefined ? [] : basicAuth(site.basicAuth)),
        ...site.routes.flatMap((route, index) => routeLines(route, index, `${site.host}/${index}`)),
        ...(site.routes.some((route) => route.paths === undefined) ? [] : ["respond 404"]),
      ],
    ],
    // What Caddy answers itself when something goes wrong has passed by what sets headers.
    ...(site.headers === undefined ? [] : [["handle_errors", [headers]] as const]),
  ];
}

function basicAuth({ username, passwordHash }: BasicAuth): Line[] {
  const login = `${checked(username, userName, "user name")} ${checked(passwordHash, bcryptHash, "password hash")}`;
  return [
    ["basic_auth", [login]],
    // Grafana would take it for a login of its own, and refuse it.
    "request_header -Authorization",
  ];
}
