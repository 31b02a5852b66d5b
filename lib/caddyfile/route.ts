import { type Upstream, upstreamsFolder } from "../upstream";
import type { ProxyRoute } from "./configuration";
import { checked, type Line } from "./text";

const routePath = /^\/[A-Za-z0-9/._~-]*\*?$/;
const healthPath = /^\/[A-Za-z0-9/._~-]*$/;
const originForm = /^https?:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?$/;
// As the engine allows them for containers and networks.
const engineName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const portNumber = /^[0-9]{1,5}$/;
const wholeNumber = /^[1-9][0-9]{0,8}$/;

/** Seconds that a request looks for a container that takes it. */
const usualPatience = 5;

export function checkedName(name: string, what: string): string {
  return checked(name, engineName, what);
}

/**
 * The lines of a route in its site's block.
 *
 * @param name of its own among all routes of the proxy.
 */
export function routeLines(route: ProxyRoute, index: number, name: string): Line[] {
  const matcher = `@route${index}`;
  const paths = route.paths?.map((path) => checked(path, routePath, "path"));
  const body: Line[] = [
    ...rateLimit(route, name),
    ...originCheck(route, index),
    ...hiding(route, index),
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

/** The proxy keeps what it has counted through a reload, by the name of the zone. */
function rateLimit({ rateLimit: limit }: ProxyRoute, name: string): Line[] {
  if (limit === undefined) return [];
  const zone = [
    "key {remote_host}",
    `events ${checked(String(limit.requests), wholeNumber, "number of requests")}`,
    `window ${checked(String(limit.window), wholeNumber, "window of requests")}s`,
  ];
  return [["rate_limit", [[`zone ${name}`, zone]]]];
}

/** A browser says where a page is from that opens a WebSocket or posts; what isn't one may leave it out. */
function originCheck({ allowedOrigins }: ProxyRoute, index: number): Line[] {
  if (allowedOrigins === undefined) return [];
  const matcher = `@foreign${index}`;
  const allowed = allowedOrigins.map(
    (origin) => `not header Origin ${checked(origin, originForm, "origin")}`,
  );
  return [[matcher, ["header Origin *", ...allowed]], `respond ${matcher} 403`];
}

function hiding({ hiddenPath }: ProxyRoute, index: number): Line[] {
  if (hiddenPath === undefined) return [];
  const matcher = `@hidden${index}`;
  return [`${matcher} path ${checked(hiddenPath, healthPath, "path")}`, `respond ${matcher} 404`];
}

type Traffic = "requests" | "webSockets";

function reverseProxy(route: ProxyRoute, traffic: Traffic, matcher: string): Line {
  const addresses = route.upstreams.map((upstream) => address(upstream, traffic));
  // No second try past the time in which an answer must begin.
  const patience = Math.min(usualPatience, route.responseTimeout ?? usualPatience);
  return [
    `reverse_proxy ${matcher}${addresses.join(" ")}`,
    [
      "lb_policy least_conn",
      `lb_try_duration ${patience}s`,
      "lb_try_interval 250ms",
      // A single upstream is tried again at once: marking it down would turn one lost connection into an outage.
      ...(addresses.length > 1 ? ["fail_duration 10s"] : []),
      `health_uri ${checked(route.healthPath, healthPath, "path")}`,
      "health_interval 10s",
      "health_timeout 5s",
      "health_fails 3",
      // By default a reload cuts every WebSocket.
      ...(traffic === "webSockets" ? ["stream_close_delay 5m"] : []),
      ["transport http", transport(route)],
    ],
  ];
}

function transport({ responseTimeout }: ProxyRoute): Line[] {
  return [
    ...(responseTimeout === undefined
      ? []
      : [
          "dial_timeout 5s",
          `response_header_timeout ${checked(String(responseTimeout), wholeNumber, "response timeout")}s`,
        ]),
    // Shorter than the 5 s after which Node.js closes an idle connection: a request sent into a closing one fails.
    "keepalive 4s",
  ];
}

/**
 * A container has two names: its own, and its own within the network, which the engine's name server answers too. The
 * proxy counts open requests by name, and a WebSocket never ends by itself, so it goes by the second one: a common name
 * would never count down to zero.
 */
function address({ slot, network, port }: Upstream, traffic: Traffic): string {
  const container = `{file.${upstreamsFolder}/${checkedName(slot, "slot")}}`;
  const host = traffic === "requests" ? container : `${container}.${checkedName(network, "network")}`;
  return `${host}:${checked(String(port), portNumber, "port")}`;
}
