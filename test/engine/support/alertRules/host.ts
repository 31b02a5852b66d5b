import { type AlertCase, critical, warning } from "./case";

const disk = 'job="node",device="/dev/vda1",fstype="ext4"';
const device = { device: "/dev/vda1" };

export const hostCases: readonly AlertCase[] = [
  {
    alert: "HostDown",
    when: "the node exporter does not answer",
    series: { 'up{job="node",instance="node-exporter:9100"}': "1x20 0x40" },
    at: "8m",
    fires: [{ labels: critical, summary: "the machine has not answered for its metrics for 2 minutes" }],
  },
  {
    alert: "HostDown",
    when: "it misses a few scrapes",
    series: { 'up{job="node",instance="node-exporter:9100"}': "1x20 0x5 1x40" },
    at: "8m",
    fires: [],
  },
  {
    alert: "EngineDown",
    when: "the engine does not answer the guardian",
    series: { 'slipway_guardian_engine_up{job="guardian"}': "1x20 0x40" },
    at: "7m",
    fires: [{ labels: critical, summary: "the Docker engine does not answer" }],
  },
  {
    alert: "EngineDown",
    when: "it is being restarted",
    series: { 'slipway_guardian_engine_up{job="guardian"}': "1x20 0x2 1x40" },
    at: "7m",
    fires: [],
  },
  memory("14e9", [{ labels: warning, summary: "86 % of the machine's memory is in use" }]),
  memory("16e9", []),
  cpu(0.18, [{ labels: warning, summary: "82 % of the machine's cores are in use" }]),
  cpu(0.21, []),
  space("DiskSpaceLow", 19, "10m", [
    { labels: { ...warning, ...device }, summary: "/dev/vda1: 19 % of the disk is free" },
  ]),
  space("DiskSpaceLow", 20, "10m", []),
  // Then it is the other one's.
  space("DiskSpaceLow", 4.9, "10m", []),
  space("DiskFull", 4.9, "10m", [
    { labels: { ...critical, ...device }, summary: "/dev/vda1: 4.9 % of the disk is free" },
  ]),
  space("DiskFull", 5, "10m", []),
  {
    alert: "DiskFull",
    when: "what is full is no disk",
    series: {
      'node_filesystem_avail_bytes{job="node",device="tmpfs",fstype="tmpfs",mountpoint="/run"}': "0x60",
      'node_filesystem_size_bytes{job="node",device="tmpfs",fstype="tmpfs",mountpoint="/run"}': "100e9x60",
    },
    at: "10m",
    fires: [],
  },
  // 12.5 GB an hour.
  filling("40e9", "-52083333", [
    {
      labels: { ...critical, ...device },
      summary: "/dev/vda1: full within 4 hours at the pace of the last one; 28 % is free",
    },
  ]),
  // A fifth of that.
  filling("40e9", "-10416666", []),
  // Half of it is free.
  filling("80e9", "-104166666", []),
  inodes("49e3", [
    { labels: { ...critical, ...device }, summary: "/dev/vda1: 4.9 % of the inodes are free" },
  ]),
  inodes("51e3", []),
];

function memory(available: string, fires: AlertCase["fires"]): AlertCase {
  return {
    alert: "HostMemoryHigh",
    when: `${available} of 100e9 bytes are available`,
    series: {
      'node_memory_MemAvailable_bytes{job="node",instance="node-exporter:9100"}': `${available}x40`,
      'node_memory_MemTotal_bytes{job="node",instance="node-exporter:9100"}': "100e9x40",
    },
    at: "6m",
    fires,
  };
}

/** Two cores; a third of what they don't compute, they wait for the disk. */
function cpu(idle: number, fires: AlertCase["fires"]): AlertCase {
  const counted = (share: number) => `0+${(share * 15).toFixed(4)}x80`;
  const cores = ["0", "1"].flatMap((core) => [
    [`node_cpu_seconds_total{job="node",cpu="${core}",mode="idle"}`, counted((idle * 2) / 3)],
    [`node_cpu_seconds_total{job="node",cpu="${core}",mode="iowait"}`, counted(idle / 3)],
    [`node_cpu_seconds_total{job="node",cpu="${core}",mode="user"}`, counted(1 - idle)],
  ]);
  return {
    alert: "HostCpuHigh",
    when: `${Math.round(100 * idle)} % of the cores' time is idle`,
    series: Object.fromEntries(cores),
    at: "15m",
    fires,
  };
}

/** Mounted twice, as Docker's folder often is. */
function space(alert: string, percent: number, at: string, fires: AlertCase["fires"]): AlertCase {
  const mounts = ["/", "/var/lib/docker"].flatMap((mountpoint) => [
    [`node_filesystem_avail_bytes{${disk},mountpoint="${mountpoint}"}`, `${percent}e9x60`],
    [`node_filesystem_size_bytes{${disk},mountpoint="${mountpoint}"}`, "100e9x60"],
  ]);
  return { alert, when: `${percent} % is free`, series: Object.fromEntries(mounts), at, fires };
}

function filling(from: string, step: string, fires: AlertCase["fires"]): AlertCase {
  return {
    alert: "DiskFilling",
    when: `of ${from} free bytes ${step} change every 15 s`,
    series: {
      [`node_filesystem_avail_bytes{${disk},mountpoint="/"}`]: `${from}${step}x240`,
      [`node_filesystem_size_bytes{${disk},mountpoint="/"}`]: "100e9x240",
    },
    at: "1h",
    fires,
  };
}

function inodes(free: string, fires: AlertCase["fires"]): AlertCase {
  return {
    alert: "InodesLow",
    when: `${free} of a million are free`,
    series: {
      [`node_filesystem_files_free{${disk},mountpoint="/"}`]: `${free}x60`,
      [`node_filesystem_files{${disk},mountpoint="/"}`]: "1e6x60",
    },
    at: "10m",
    fires,
  };
}
