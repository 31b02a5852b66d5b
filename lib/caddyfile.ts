import type { ProxyConfiguration, ProxySite } from "./caddyfile/configuration";
import { checkedName } from "./caddyfile/route";
import { redirection, siteLine } from "./caddyfile/site";
import { checked, type Line, render } from "./caddyfile/text";
import { directoryUrl, emailAddress } from "./forms";
import type { Upstream } from "./upstream";

export type * from "./caddyfile/configuration";

/** Where the proxy's own endpoints are: inside its container only. */
export const adminSocket = "/run/caddy/admin.sock";
export const statusPort = 2020;
/** Where it tells its metrics, to the networks that it is in. Never published. */
export const metricsPort = 2021;

/**
 * The Caddyfile for a configuration: the same text for the same input, whatever the order of its keys, and whatever
 * containers are in the slots.
 *
 * @throws {RangeError} naming what can't stand in a Caddyfile.
 */
export function caddyfile(configuration: ProxyConfiguration): string {
  const { sites, metrics } = configuration;
  const lines: Line[] = [
    ["", globalOptions(configuration)],
    [`http://:${statusPort}`, statusSite()],
    ...(metrics ? [[`http://:${metricsPort}`, ["metrics"]] as const] : []),
    ...sites.map((site) => siteLine(site, configuration)),
    ...sites.flatMap((site) => redirection(site, configuration)),
  ];
  return `${render(lines).join("\n")}\n`;
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
    containers.set(checkedName(slot, "slot"), checkedName(container, "container"));
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
