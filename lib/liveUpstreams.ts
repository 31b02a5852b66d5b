/** Where the proxy looks up which container is behind a slot: one file a slot, the container's name in it. */
export const upstreamsFolder = "/etc/caddy/Caddyfile.upstreams";

export interface LiveConfiguration {
  /** With slots instead of containers: the same text for every release. */
  readonly caddyfile: string;
  /** Name of the container by slot. */
  readonly containers: Readonly<Record<string, string>>;
}

/** What the provider adds to the name of a container that rolls. */
const generation = /-[0-9a-f]{7}$/;

/**
 * Takes the names of the containers out of a Caddyfile, so that a release changes files and not the configuration. A
 * reload would cost requests: Go's HTTP server, told to stop, drops those that it has not begun to answer, on idle
 * connections and on ones that are just being opened.
 *
 * @param upstreams `container:port` of each container in it.
 */
export function withSlots(caddyfile: string, upstreams: readonly string[]): LiveConfiguration {
  const containers: Record<string, string> = {};
  let text = caddyfile;
  for (const upstream of upstreams) {
    const container = upstream.slice(0, upstream.lastIndexOf(":"));
    const slot = container.replace(generation, "");
    if (slot in containers)
      throw new RangeError(`containers ${containers[slot]} and ${container} share a slot`);
    containers[slot] = container;
    // As a whole word at the start of an address: before a port, or before the network's name.
    const address = new RegExp(`(?<=\\s)${container.replaceAll(".", "\\.")}(?=[.:])`, "g");
    text = text.replace(address, `{file.${upstreamsFolder}/${slot}}`);
  }
  return { caddyfile: text, containers };
}
