import type { Upstream } from "./caddyfile";

/**
 * The two names under which the proxy finds one container: its own, and its own within the network, which the engine's
 * name server answers too. By the second one the proxy counts WebSockets apart from requests.
 */
export function upstreamOf(container: string, network: string, port: number): Upstream {
  return { requests: `${container}:${port}`, webSockets: `${container}.${network}:${port}` };
}

/** Whether an address that the proxy reports is one that serves requests. Names of containers of ours have no dot. */
export function servesRequests(address: string): boolean {
  return /^[^./]+:[0-9]+$/.test(address);
}
