import { type AlertCase, critical, warning } from "./case";

const of = 'instance="x:1",service="backend",release="1.0.0",container="backend-0"';
const labels = { service: "backend", release: "1.0.0", container: "backend-0" };
const { release: _, ...short } = labels;

/** Nanoseconds that a core is busy within 15 s. */
const busy = (share: number) => `0+${Math.round(share * 15e9)}x80`;

export const containerCases: readonly AlertCase[] = [
  memory(86, [
    {
      labels: { ...warning, ...labels },
      summary: "backend: 86 % of its memory is in use (container backend-0)",
    },
  ]),
  memory(85, []),
  cpu(0.41, [
    {
      labels: { ...warning, ...labels },
      summary: "backend: 82 % of its cores are in use (container backend-0)",
    },
  ]),
  cpu(0.39, []),
  {
    alert: "ContainerRestarting",
    when: "it starts a third time",
    series: { [`slipway_container_restarts_total{${of}}`]: "0x20 1x8 2x8 3x24" },
    at: "12m",
    fires: [
      {
        labels: { ...warning, ...short },
        summary: "backend: container backend-0 started 3 times again within 15 minutes",
      },
    ],
  },
  {
    alert: "ContainerRestarting",
    when: "it started twice, of which 2.03 is extrapolated",
    series: { [`slipway_container_restarts_total{${of}}`]: "_ 4x20 5x8 6x60" },
    at: "15m",
    fires: [],
  },
  {
    alert: "ContainerUnhealthy",
    when: "it runs",
    series: {
      [`slipway_container_healthy{${of}}`]: "1x20 0x40",
      [`slipway_container_running{${of}}`]: "1x60",
    },
    at: "8m",
    fires: [
      {
        labels: { ...warning, ...short },
        summary: "backend: container backend-0 runs, but has not been healthy for 2 minutes",
      },
    ],
  },
  {
    alert: "ContainerUnhealthy",
    when: "it is healthy again within 2 minutes, or stopped",
    series: {
      [`slipway_container_healthy{${of}}`]: "1x20 0x6 1x40",
      [`slipway_container_running{${of}}`]: "1x60",
      'slipway_container_healthy{service="worker",release="1.0.0",container="worker-0"}': "0x60",
      'slipway_container_running{service="worker",release="1.0.0",container="worker-0"}': "0x60",
    },
    at: "8m",
    fires: [],
  },
  {
    alert: "ContainerOutOfMemory",
    when: "the kernel killed it",
    series: { [`slipway_container_oom_kills_total{${of}}`]: "0x20 1x40" },
    at: "6m",
    fires: [
      {
        labels: { ...warning, ...short },
        summary: "backend: the kernel killed 1 processes of backend-0 for want of memory",
      },
    ],
  },
  {
    alert: "ContainerOutOfMemory",
    when: "that was long ago",
    series: { [`slipway_container_oom_kills_total{${of}}`]: "1x80" },
    at: "20m",
    fires: [],
  },
  {
    alert: "HealingGivenUp",
    when: "the guardian reached its limit",
    series: { [`slipway_container_given_up{${of}}`]: "0x20 1x40" },
    at: "6m",
    fires: [
      {
        labels: { ...critical, ...short },
        summary: "backend: restarts did not make backend-0 healthy; the guardian has given up",
      },
    ],
  },
  {
    alert: "HealingGivenUp",
    when: "it did not",
    series: { [`slipway_container_given_up{${of}}`]: "0x60" },
    at: "6m",
    fires: [],
  },
];

function memory(megabytes: number, fires: AlertCase["fires"]): AlertCase {
  return {
    alert: "ContainerMemoryHigh",
    when: `it uses ${megabytes} of 100 MB`,
    series: {
      [`container_memory_usage_total_bytes{job="containers",${of}}`]: `${megabytes}e6x40`,
      [`container_memory_usage_limit_bytes{job="containers",${of}}`]: "100e6x40",
    },
    at: "6m",
    fires,
  };
}

function cpu(cores: number, fires: AlertCase["fires"]): AlertCase {
  return {
    alert: "ContainerCpuHigh",
    when: `it uses ${cores} of half a core`,
    series: {
      [`container_cpu_usage_nanoseconds_total{job="containers",${of}}`]: busy(cores),
      [`container_cpu_limit{job="containers",${of}}`]: "0.5x80",
    },
    at: "15m",
    fires,
  };
}
