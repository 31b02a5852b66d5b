import type { Observed } from "../observed";

/**
 * Matchers for what the proxy counts of public hosts. Caddy counts each request of a site once under `subroute`; its own
 * redirections and the scrapes have other handlers. It puts hosts that aren't literally a site's name under `_other`:
 * strangers and the status site, but over plain HTTP on a port of its own everybody, as the port is in the header.
 */
export function publicRequests({ routes }: Pick<Observed, "routes">): string {
  const portInHeader = routes.some(({ url }) => /^http:\/\/[^/]+:\d/.test(url));
  return portInHeader ? 'handler="subroute"' : 'handler="subroute",host!="_other"';
}

/** Requests per second, summed by these labels. */
export function requestRate(observed: Observed, by = "host"): string {
  return `sum by (${by}) (rate(caddy_http_request_duration_seconds_count{${publicRequests(observed)}}[$__rate_interval]))`;
}

/** Percent of the requests that the proxy answered with 5xx; 0, not nothing, while there is none. */
export function errorShare(observed: Observed, by = "host"): string {
  const all = requestRate(observed, by);
  const failed = `sum by (${by}) (rate(caddy_http_request_duration_seconds_count{${publicRequests(observed)},code=~"5.."}[$__rate_interval]))`;
  return `100 * (${failed} or 0 * ${all}) / ${all}`;
}

/** Seconds to the first byte that this share of the requests stays below. A WebSocket lasts while it is open: left out. */
export function latency(observed: Observed, quantile: number, by = ""): string {
  const labels = by === "" ? "le" : `le, ${by}`;
  return `histogram_quantile(${quantile}, sum by (${labels}) (rate(caddy_http_response_duration_seconds_bucket{${publicRequests(observed)},code!="101"}[$__rate_interval])))`;
}

/** Metrics of the containers, by service, release and container. */
export const containers = {
  /** Percent of the limit. */
  memory: ofContainers((matchers) =>
    ratio(
      `max by (service, container) (container_memory_usage_total_bytes${matchers})`,
      `max by (service, container) (container_memory_usage_limit_bytes${matchers} > 0)`,
    ),
  ),
  memoryBytes: ofContainers(
    (matchers) => `max by (service, container) (container_memory_usage_total_bytes${matchers})`,
  ),
  /** Percent of the cores that the limit allows. */
  cpu: ofContainers((matchers) =>
    ratio(
      `max by (service, container) (rate(container_cpu_usage_nanoseconds_total${matchers}[$__rate_interval])) / 1e9`,
      `max by (service, container) (container_cpu_limit${matchers} > 0)`,
    ),
  ),
  cores: ofContainers(
    (matchers) =>
      `sum by (service) (rate(container_cpu_usage_nanoseconds_total${matchers}[$__rate_interval])) / 1e9`,
  ),
} as const;

/** The same of all containers, and of those of the chosen services. */
function ofContainers(query: (matchers: string) => string) {
  return { all: query(""), chosen: query('{service=~"$service"}') };
}

function ratio(part: string, whole: string): string {
  return `100 * ${part} / ${whole}`;
}
