import type { Observed } from "../observed";
import { words } from "./fields";
import type { Section } from "./grid";
import { toLogs } from "./links";
import type { Dashboard } from "./model";
import { dashboard } from "./page";
import { newest, stat, timeSeries } from "./panels";
import { containers as usage } from "./queries";
import { table } from "./table";
import { releaseMarkers, serviceVariable } from "./variables";

const chosen = '{service=~"$service"}';

/** Every container of the stack, those that observe it too. */
export function containers(observed: Observed): Dashboard {
  return dashboard(observed, {
    uid: "slipway-containers",
    title: "Containers",
    description: "What each container uses of its limits, and whether it stays up.",
    variables: [serviceVariable("prometheus")],
    annotations: [releaseMarkers()],
    sections: [state(), limits(observed), traffic(observed)],
  });
}

/** What the guardian tells. */
function state(): Section {
  const each = "max by (service, release, container)";
  return {
    title: "State",
    blocks: [
      stat({
        title: "Running",
        unit: "none",
        queries: [{ expr: `sum(slipway_container_running${chosen})`, legend: "containers" }],
      }),
      stat({
        title: "Unhealthy",
        unit: "none",
        limit: { over: 1 },
        queries: [
          { expr: `count(slipway_container_healthy${chosen} == 0) or vector(0)`, legend: "containers" },
        ],
      }),
      newest({
        title: "Starts again",
        description: "After an end, in the time shown, whoever started it.",
        unit: "none",
        decimals: 0,
        limit: { over: 1 },
        queries: [
          { expr: `sum(increase(slipway_container_restarts_total${chosen}[$__range]))`, legend: "restarts" },
        ],
      }),
      newest({
        title: "Restarts by the guardian",
        description: "Of containers that were unhealthy, in the time shown.",
        unit: "none",
        decimals: 0,
        limit: { over: 1 },
        queries: [
          { expr: `sum(increase(slipway_container_heals_total${chosen}[$__range]))`, legend: "heals" },
        ],
      }),
      newest({
        title: "Killed for memory",
        description: "Processes over the container's limit, in the time shown.",
        unit: "none",
        decimals: 0,
        limit: { over: 1 },
        queries: [
          { expr: `sum(increase(slipway_container_oom_kills_total${chosen}[$__range]))`, legend: "kills" },
        ],
      }),
      stat({
        title: "Given up",
        description: "Restarted as often as the guardian may, and still unhealthy.",
        unit: "none",
        limit: { over: 1 },
        queries: [{ expr: `sum(slipway_container_given_up${chosen})`, legend: "containers" }],
      }),
      table({
        title: "Containers",
        columns: [
          {
            expr: `${each} (slipway_container_running${chosen})`,
            legend: "runs",
            unit: "none",
            mappings: words("yes", "no"),
          },
          {
            expr: `${each} (slipway_container_healthy${chosen})`,
            legend: "healthy",
            unit: "none",
            mappings: words("yes", "no"),
          },
          {
            expr: `1000 * ${each} (slipway_container_start_time_seconds${chosen})`,
            legend: "started",
            unit: "dateTimeFromNow",
          },
          {
            expr: `${each} (slipway_container_restarts_total${chosen})`,
            legend: "starts again",
            unit: "none",
            limit: { over: 1 },
          },
          {
            expr: `${each} (slipway_container_oom_kills_total${chosen})`,
            legend: "killed for memory",
            unit: "none",
            limit: { over: 1 },
          },
        ],
      }),
    ],
  };
}

function limits(observed: Observed): Section {
  const { thresholds } = observed;
  return {
    title: "Memory and CPU",
    blocks: [
      timeSeries({
        title: "Memory of the limit",
        ...toLogs(observed),
        description: "At 100 % the kernel kills it.",
        unit: "percent",
        least: 0,
        limit: { over: thresholds.memory },
        queries: [{ expr: usage.memory.chosen, legend: "{{container}}" }],
      }),
      timeSeries({
        title: "Memory",
        ...toLogs(observed),
        unit: "bytes",
        least: 0,
        stacked: true,
        queries: [{ expr: usage.memoryBytes.chosen, legend: "{{container}}" }],
      }),
      timeSeries({
        title: "CPU of the limit",
        ...toLogs(observed),
        description: "At 100 % the kernel makes it wait.",
        unit: "percent",
        least: 0,
        limit: { over: thresholds.cpu },
        queries: [{ expr: usage.cpu.chosen, legend: "{{container}}" }],
      }),
      timeSeries({
        title: "Cores in use",
        ...toLogs(observed),
        unit: "none",
        least: 0,
        stacked: true,
        queries: [{ expr: usage.cores.chosen, legend: "{{service}}" }],
      }),
    ],
  };
}

function traffic(observed: Observed): Section {
  const kinds = [
    named("received", rate("container_network_io_usage_rx_bytes_total")),
    named("sent", rate("container_network_io_usage_tx_bytes_total")),
    named("read", rate("container_blockio_io_service_bytes_recursive_total", ',operation=~"(?i)read"')),
    named("written", rate("container_blockio_io_service_bytes_recursive_total", ',operation=~"(?i)write"')),
  ];
  return {
    title: "Network and disk",
    blocks: [
      timeSeries({
        title: "Traffic by service",
        ...toLogs(observed),
        description:
          "Received and sent over networks, read from and written to disks; not every kernel tells of disks.",
        unit: "Bps",
        least: 0,
        width: 24,
        // One query, so that it isn't without an answer where the kernel tells only of networks.
        queries: [{ expr: kinds.join(" or "), legend: "{{service}} {{kind}}" }],
      }),
    ],
  };
}

function named(kind: string, query: string): string {
  return `label_replace(${query}, "kind", "${kind}", "", "")`;
}

function rate(metric: string, more = ""): string {
  return `sum by (service) (rate(${metric}{service=~"$service"${more}}[$__rate_interval]))`;
}
