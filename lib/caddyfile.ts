import { directoryUrl, emailAddress, hostName } from "./forms";
import { type Upstream, upstreamsFolder } from "./upstream";

/** Where the proxy's own endpoints are: inside its container only. */
export const adminSocket = "/run/caddy/admin.sock";
export const statusPort = 2020;
/** Where it tells its metrics, to the networks that it is in. Never published. */
export const metricsPort = 2021;

export interface ProxyRoute {
  /** As Caddy matches them: `/health` exactly, or `/api/*` with all below. Every path when left out. */
  readonly paths?: readonly string[] | undefined;
  readonly upstreams: readonly Upstream[];
  /** Path that answers 200 while the service can serve. */
  readonly healthPath: string;
  /** Largest request body, MB. */
  readonly bodyLimit: number;
}

export interface ProxySite {
  readonly host: string;
  /** In order: of two that match, the first one serves. */
  readonly routes: readonly ProxyRoute[];
  /** A login for all of it, besides what the service asks for. */
  readonly basicAuth?: BasicAuth | undefined;
}

export interface BasicAuth {
  readonly username: string;
  /** By bcrypt. */
  readonly passwordHash: string;
}

export interface ProxyConfiguration {
  readonly tls: {
    /** `acme`: public certificates. `internal`: from a authority of the proxy's own. `off`: plain HTTP, for a LAN. */
    readonly mode: "acme" | "internal" | "off";
    readonly email?: string | undefined;
    readonly authority?: string | undefined;
  };
  readonly ports: { readonly http: number; readonly https: number };
  readonly sites: readonly ProxySite[];
  /** Whether anything scrapes its metrics. */
  readonly metrics: boolean;
}

type Line = string | readonly [opening: string, body: readonly Line[]];

const routePath = /^\/[A-Za-z0-9/._~-]*\*?$/;
const userName = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;
const bcryptHash = /^\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53}$/;
const healthPath = /^\/[A-Za-z0-9/._~-]*$/;
// As the engine allows them for containers and networks.
const engineName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const portNumber = /^[0-9]{1,5}$/;

/**
 * The Caddyfile for a configuration: the same text for the same input, whatever the order of its keys, and whatever
 * containers are in the slots.
 *
 * @throws {RangeError} naming the host, path, slot, network or port that can't stand in a Caddyfile.
 */
export function caddyfile(configuration: ProxyConfiguration): string {
  const lines: Line[] = [
    ["", globalOptions(configuration)],
    [`http://:${statusPort}`, statusSite()],
    ...(configuration.metrics ? [[`http://:${metricsPort}`, ["metrics"]] as const] : []),
    ...configuration.sites.map(
      (site): Line => [siteAddress(site, configuration), siteBody(site, configuration)],
    ),
    ...configuration.sites.flatMap((site) => redirection(site, configuration)),
  ];
  return `${render(lines, 0).join("\n")}\n`;
}

/**
 * Which container is in each slot of a configuration, sorted by slot.
 *
 * @throws {RangeError} when two containers share a slot, or for a name that the engine can't have given.
 */
export function containersBySlot({ sites }: ProxyConfiguration): Record<string, string> {
  const containers = new Map<string, string>();
  for (const { slot, container } of upstreamsOf(sites)) {
    const other = containers.get(slot);
    if (other !== undefined && other !== container)
      throw new RangeError(`containers ${other} and ${container} share the slot ${slot}`);
    containers.set(checked(slot, engineName, "slot"), checked(container, engineName, "container"));
  }
  return Object.fromEntries([...containers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The upstreams of all routes, in order; one that serves several is there as often. */
export function upstreamsOf(sites: readonly ProxySite[]): readonly Upstream[] {
  return sites.flatMap(({ routes }) => routes.flatMap(({ upstreams }) => upstreams));
}

function globalOptions({ tls, ports, metrics }: ProxyConfiguration): Line[] {
  return [
    ...(metrics ? [["metrics", ["per_host"]] as const] : []),
    `admin unix/${adminSocket}`,
    "persist_config off",
    // Open requests of the old configuration end within this time of a reload; the default is never.
    "grace_period 30s",
    `http_port ${ports.http}`,
    `https_port ${ports.https}`,
    ...(tls.mode === "off" ? ["auto_https off"] : []),
    ...(tls.mode === "internal" ? ["skip_install_trust"] : []),
    ...(tls.mode === "acme" && tls.email !== undefined
      ? [`email ${checked(tls.email, emailAddress, "email")}`]
      : []),
    ...(tls.mode === "acme" && tls.authority !== undefined
      ? [`acme_ca ${checked(tls.authority, directoryUrl, "authority")}`]
      : []),
    ["log", ["output stdout", "format json"]],
  ];
}

/** Read only, from inside the container: the health check, and the count of open requests that a release waits for. */
function statusSite(): Line[] {
  return [
    "bind 127.0.0.1",
    "respond /healthz 200",
    [
      "handle /reverse_proxy/upstreams",
      [[`reverse_proxy unix/${adminSocket}`, ["header_up Host 127.0.0.1"]]],
    ],
  ];
}

function siteAddress(site: ProxySite, { tls }: ProxyConfiguration): string {
  return `${tls.mode === "off" ? "http" : "https"}://${checked(site.host, hostName, "host")}`;
}

/** Caddy's own redirection leaves out the port: it takes every port of HTTPS for one that is mapped to 443. */
function redirection({ host }: ProxySite, { tls, ports }: ProxyConfiguration): Line[] {
  if (tls.mode === "off" || ports.https === 443) return [];
  return [[`http://${host}`, ["log", `redir https://${host}:${ports.https}{uri} 308`]]];
}

function siteBody(site: ProxySite, { tls }: ProxyConfiguration): Line[] {
  return [
    ...(tls.mode === "internal" ? ["tls internal"] : []),
    "log",
    [
      // Inside `route` Caddy keeps the order; outside it would sort.
      "route",
      [
        "encode zstd gzip",
        ["header", securityHeaders(tls.mode !== "off")],
        ...(site.basicAuth === undefined ? [] : [basicAuth(site.basicAuth)]),
        ...site.routes.flatMap((route, index) => routeLines(route, index)),
        ...(site.routes.some((route) => route.paths === undefined) ? [] : ["respond 404"]),
      ],
    ],
  ];
}

function basicAuth({ username, passwordHash }: BasicAuth): Line {
  return [
    "basic_auth",
    [`${checked(username, userName, "user name")} ${checked(passwordHash, bcryptHash, "password hash")}`],
  ];
}

function securityHeaders(encrypted: boolean): Line[] {
  return [
    ...(encrypted ? ['Strict-Transport-Security "max-age=31536000; includeSubDomains"'] : []),
    "X-Content-Type-Options nosniff",
    // With "?" an application that sets its own keeps it.
    "?X-Frame-Options DENY",
    "?Referrer-Policy strict-origin-when-cross-origin",
    '?Permissions-Policy "camera=(), geolocation=(), microphone=()"',
    "-Server",
  ];
}

function routeLines(route: ProxyRoute, index: number): Line[] {
  const matcher = `@route${index}`;
  const paths = route.paths?.map((path) => checked(path, routePath, "path"));
  const body: Line[] = [
    ["request_body", [`max_size ${route.bodyLimit}MB`]],
    // Any case: the header matcher would take "upgrade", which some clients send, for another word.
    [`@webSocket${index}`, ["header_regexp Connection (?i)upgrade", "header_regexp Upgrade (?i)^websocket$"]],
    reverseProxy(route, "webSockets", `@webSocket${index} `),
    reverseProxy(route, "requests", ""),
  ];
  return paths === undefined
    ? [["handle", body]]
    : [`${matcher} path ${paths.join(" ")}`, [`handle ${matcher}`, body]];
}

type Traffic = "requests" | "webSockets";

function reverseProxy(route: ProxyRoute, traffic: Traffic, matcher: string): Line {
  const addresses = route.upstreams.map((upstream) => address(upstream, traffic));
  return [
    `reverse_proxy ${matcher}${addresses.join(" ")}`,
    [
      "lb_policy least_conn",
      "lb_try_duration 5s",
      "lb_try_interval 250ms",
      // A single upstream is tried again at once: marking it down would turn one lost connection into an outage.
      ...(addresses.length > 1 ? ["fail_duration 10s"] : []),
      `health_uri ${checked(route.healthPath, healthPath, "path")}`,
      "health_interval 10s",
      "health_timeout 5s",
      "health_fails 3",
      // By default a reload cuts every WebSocket.
      ...(traffic === "webSockets" ? ["stream_close_delay 5m"] : []),
      // Shorter than the 5 s after which Node.js closes an idle connection: a request sent into a closing one fails.
      ["transport http", ["keepalive 4s"]],
    ],
  ];
}

/**
 * A container has two names: its own, and its own within the network, which the engine's name server answers too. The
 * proxy counts open requests by name, and a WebSocket never ends by itself, so it goes by the second one: a common name
 * would never count down to zero.
 */
function address({ slot, network, port }: Upstream, traffic: Traffic): string {
  const container = `{file.${upstreamsFolder}/${checked(slot, engineName, "slot")}}`;
  const host = traffic === "requests" ? container : `${container}.${checked(network, engineName, "network")}`;
  return `${host}:${checked(String(port), portNumber, "port")}`;
}

function checked(text: string, form: RegExp, what: string): string {
  if (!form.test(text)) throw new RangeError(`proxy ${what} "${text}" must match ${form.source}`);
  return text;
}

function render(lines: readonly Line[], depth: number): string[] {
  const indent = "\t".repeat(depth);
  return lines.flatMap((line) =>
    typeof line === "string"
      ? [indent + line]
      : [`${indent}${line[0]} {`.replace(/^(\t*) \{/, "$1{"), ...render(line[1], depth + 1), `${indent}}`],
  );
}
