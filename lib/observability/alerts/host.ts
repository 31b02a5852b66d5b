import type { Observed } from "../observed";
import { alertNames, type RuleGroup } from "../rules";
import type { Thresholds } from "../thresholds";
import { type Alert, alertRule, value } from "./alert";

/** The machine, its disks and its engine. */
export function hostAlerts(observed: Observed): RuleGroup {
  const { parts, thresholds } = observed;
  const alerts = [
    ...(parts.includes("nodeExporter") ? [hostDown, ...machine(thresholds), ...disks(thresholds)] : []),
    ...(parts.includes("guardian") ? [engineDown] : []),
  ];
  return { name: "host", rules: alerts.map((alert) => alertRule(observed, alert)) };
}

const hostDown: Alert = {
  name: alertNames.hostDown,
  severity: "critical",
  expression: 'max(up{job="node"}) == 0',
  for: "2m",
  summary: "the machine has not answered for its metrics for 2 minutes",
  description: "It may be out of memory, or stalled by its disk. All other alerts are silent meanwhile.",
  dashboard: "slipway-host",
};

const engineDown: Alert = {
  name: alertNames.engineDown,
  severity: "critical",
  expression: "max(slipway_guardian_engine_up) == 0",
  for: "1m",
  summary: "the Docker engine does not answer",
  description: "Containers may go on running, but none is started, restarted or checked.",
  dashboard: "slipway-host",
};

function machine({ memory, cpu }: Thresholds): Alert[] {
  return [
    {
      name: "HostMemoryHigh",
      severity: "warning",
      expression: `100 * (1 - max(node_memory_MemAvailable_bytes) / max(node_memory_MemTotal_bytes)) > ${memory}`,
      for: "5m",
      summary: `${value()} % of the machine's memory is in use`,
      description: "When it runs out, the kernel kills the process of its choice, maybe the database.",
      dashboard: "slipway-host",
    },
    {
      name: "HostCpuHigh",
      severity: "warning",
      expression: `100 * (1 - avg(sum by (cpu) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[5m])))) > ${cpu}`,
      for: "10m",
      summary: `${value()} % of the machine's cores are in use`,
      description: "Everything on it gets slower.",
      dashboard: "slipway-host",
    },
  ];
}

/** One series a device: the same one is seen wherever it is mounted. What is never full, or always, is left out. */
const filesystems = 'fstype!~"autofs|devtmpfs|erofs|fuse.*|iso9660|nsfs|overlay|ramfs|squashfs|tmpfs|vfat"';
const free = percentage("avail_bytes", "size_bytes");

/** Percent of the space of a file system that stops databases: ext4 keeps as much for root. */
const full = 5;

function disks({ disk }: Thresholds): Alert[] {
  const critical = Math.min(full, disk);
  return [
    {
      name: "DiskSpaceLow",
      severity: "warning",
      expression: `${free} < ${disk} >= ${critical}`,
      for: "5m",
      summary: `{{ $labels.device }}: ${value()} % of the disk is free`,
      description: "There is time to clean up. When it is full, the database stops and no update works.",
      dashboard: "slipway-host",
    },
    {
      name: "DiskFilling",
      severity: "critical",
      // A disk that is half empty has time: what fills it, such as a build, mostly ends by itself.
      expression: `${free} < 50
  and min by (device) (predict_linear(node_filesystem_avail_bytes{${filesystems}}[1h], 4 * 3600)) < 0`,
      for: "15m",
      summary: `{{ $labels.device }}: full within 4 hours at the pace of the last one; ${value()} % is free`,
      description: "Something writes far more than usual. When the disk is full, the database stops.",
      dashboard: "slipway-host",
    },
    {
      name: "DiskFull",
      severity: "critical",
      expression: `${free} < ${critical}`,
      for: "1m",
      summary: `{{ $labels.device }}: ${value(1)} % of the disk is free`,
      description: "Postgres and Redis stop writing, uploads fail, containers can't be created.",
      dashboard: "slipway-host",
    },
    {
      name: "InodesLow",
      severity: "critical",
      expression: `${percentage("files_free", "files")} < ${full}`,
      for: "5m",
      summary: `{{ $labels.device }}: ${value(1)} % of the inodes are free`,
      description: "Without any no file can be made, however much space is free.",
      dashboard: "slipway-host",
    },
  ];
}

function percentage(part: string, whole: string): string {
  return `min by (device) (100 * node_filesystem_${part}{${filesystems}} / (node_filesystem_${whole}{${filesystems}} > 0))`;
}
