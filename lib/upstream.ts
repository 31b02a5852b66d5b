/** Where the proxy looks up which container is behind a slot: one file a slot, the container's name in it. */
export const upstreamsFolder = "/etc/caddy/Caddyfile.upstreams";

/**
 * One container behind a route. The proxy's configuration has the slot in the place of the container's name, so that a
 * release changes files and not the configuration. A reload would cost requests: Go's HTTP server, told to stop, drops
 * those that it has not begun to answer, on idle connections and on ones that are just being opened.
 */
export interface Upstream {
  /** What stays from one release to the next. A container with a fixed name is its own slot. */
  readonly slot: string;
  /** Its name on the engine. */
  readonly container: string;
  /** Name of the network on which the proxy reaches it. */
  readonly network: string;
  readonly port: number;
}

/** `host:port`, as the proxy reports it. */
export function requestAddress({ container, port }: Upstream): string {
  return `${container}:${port}`;
}

/** Whether an address that the proxy reports is one that serves requests. Names of containers of ours have no dot. */
export function servesRequests(address: string): boolean {
  return /^[^./]+:[0-9]+$/.test(address);
}
