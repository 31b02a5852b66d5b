import type { Observed } from "../observed";
import type { Dashboard } from "./model";
import { dashboard } from "./page";
import { stat, timeSeries } from "./panels";

/** Series by device: the same one is seen wherever it is mounted. What is never full, or always, is left out. */
const files = 'fstype!~"autofs|devtmpfs|erofs|fuse.*|iso9660|nsfs|overlay|ramfs|squashfs|tmpfs|vfat"';
const disks = 'device!~"(loop|ram|zram|sr|fd|dm-).*"';

const cpu =
  '100 * (1 - avg(sum by (cpu) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[$__rate_interval]))))';
const memory = "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)";
const cores = 'count(node_cpu_seconds_total{mode="idle"})';
const free = ofFileSystems(`node_filesystem_avail_bytes{${files}}`, "size_bytes");
const freeSoon = `clamp_min(${ofFileSystems(
  `predict_linear(node_filesystem_avail_bytes{${files}}[1h], 4 * 3600)`,
  "size_bytes",
)}, 0)`;
const freeInodes = ofFileSystems(`node_filesystem_files_free{${files}}`, "files");

/** The machine. Not its network: the exporter has one of its own, so it is told by the containers' traffic. */
export function host(observed: Observed): Dashboard {
  const { thresholds } = observed;
  const disk = { under: thresholds.disk };
  return dashboard(observed, {
    uid: "slipway-host",
    title: "Host",
    description: "The machine that everything runs on.",
    sections: [
      {
        title: "Now",
        blocks: [
          stat({
            title: "CPU",
            unit: "percent",
            decimals: 1,
            limit: { over: thresholds.cpu },
            queries: [{ expr: cpu, legend: "busy" }],
          }),
          stat({
            title: "Memory",
            description:
              "Of all memory; what the kernel would give back at once, its caches, counts as free.",
            unit: "percent",
            decimals: 1,
            limit: { over: thresholds.memory },
            queries: [{ expr: memory, legend: "used" }],
          }),
          stat({
            title: "Free disk space",
            description: "Of the fullest file system.",
            unit: "percent",
            decimals: 1,
            limit: disk,
            queries: [{ expr: `min(${free})`, legend: "free" }],
          }),
          stat({
            title: "Free disk space in 4 h",
            description:
              "Of the fullest file system, if it goes on filling as in the last hour; 0: it is full by then.",
            unit: "percent",
            decimals: 1,
            limit: { under: 1 },
            queries: [{ expr: `min(${freeSoon})`, legend: "free" }],
          }),
          stat({
            title: "Load per core",
            description:
              "Processes that run or wait, in the mean of 5 minutes: over 1, some wait for a core or for the disk.",
            unit: "none",
            decimals: 2,
            limit: { over: 1 },
            queries: [{ expr: `sum(node_load5) / ${cores}`, legend: "load" }],
          }),
          stat({
            title: "Up for",
            unit: "s",
            queries: [{ expr: "node_time_seconds - node_boot_time_seconds", legend: "up" }],
          }),
        ],
      },
      {
        title: "CPU and memory",
        blocks: [
          timeSeries({
            title: "CPU by use",
            description:
              "iowait: idle, but waiting for the disk. steal: taken by other machines on the same hardware.",
            unit: "percent",
            stacked: true,
            least: 0,
            most: 100,
            limit: { over: thresholds.cpu },
            queries: [
              {
                expr: `100 * sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[$__rate_interval])) / on () group_left () ${cores}`,
                legend: "{{mode}}",
              },
            ],
          }),
          timeSeries({
            title: "Load",
            description: "Processes that run or wait, in the mean of 1, 5 and 15 minutes.",
            unit: "none",
            least: 0,
            queries: [
              { expr: "node_load1", legend: "1 min" },
              { expr: "node_load5", legend: "5 min" },
              { expr: "node_load15", legend: "15 min" },
              { expr: cores, legend: "cores" },
            ],
          }),
          timeSeries({
            title: "Memory by use",
            unit: "bytes",
            stacked: true,
            least: 0,
            queries: [
              { expr: "node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes", legend: "used" },
              { expr: "node_memory_MemAvailable_bytes - node_memory_MemFree_bytes", legend: "caches" },
              { expr: "node_memory_MemFree_bytes", legend: "free" },
            ],
          }),
          timeSeries({
            title: "Swap, and processes killed for memory",
            unit: "none",
            description:
              "Pages a second to and from the swap; kills are of the kernel's out-of-memory killer.",
            least: 0,
            queries: [
              { expr: "rate(node_vmstat_pswpin[$__rate_interval])", legend: "pages in" },
              { expr: "rate(node_vmstat_pswpout[$__rate_interval])", legend: "pages out" },
              { expr: "increase(node_vmstat_oom_kill[$__rate_interval])", legend: "kills" },
            ],
          }),
        ],
      },
      {
        title: "Disk",
        blocks: [
          timeSeries({
            title: "Free space",
            unit: "percent",
            least: 0,
            most: 100,
            limit: disk,
            queries: [
              { expr: free, legend: "{{device}}" },
              { expr: freeSoon, legend: "{{device}} in 4 h" },
            ],
          }),
          timeSeries({
            title: "Free inodes",
            description: "A file system without inodes takes no new file, whatever its free space.",
            unit: "percent",
            least: 0,
            most: 100,
            limit: disk,
            queries: [{ expr: freeInodes, legend: "{{device}}" }],
          }),
          timeSeries({
            title: "Reads and writes",
            unit: "Bps",
            least: 0,
            queries: [
              {
                expr: `sum by (device) (rate(node_disk_read_bytes_total{${disks}}[$__rate_interval]))`,
                legend: "{{device}} read",
              },
              {
                expr: `sum by (device) (rate(node_disk_written_bytes_total{${disks}}[$__rate_interval]))`,
                legend: "{{device}} written",
              },
            ],
          }),
          timeSeries({
            title: "Time that the disk is busy",
            unit: "percent",
            least: 0,
            most: 100,
            queries: [
              {
                expr: `100 * sum by (device) (rate(node_disk_io_time_seconds_total{${disks}}[$__rate_interval]))`,
                legend: "{{device}}",
              },
            ],
          }),
        ],
      },
      {
        title: "Kernel",
        blocks: [
          timeSeries({
            title: "File descriptors",
            unit: "short",
            least: 0,
            queries: [{ expr: "node_filefd_allocated", legend: "open" }],
          }),
          timeSeries({
            title: "File descriptors of the most",
            description: "Of what the kernel allows on the whole machine.",
            unit: "percent",
            least: 0,
            limit: { over: 80 },
            queries: [{ expr: "100 * node_filefd_allocated / node_filefd_maximum", legend: "open" }],
          }),
        ],
      },
    ],
  });
}

/** Percent of the whole. A file system that counts no inodes says 0. */
function ofFileSystems(part: string, whole: "size_bytes" | "files"): string {
  return `min by (device) (100 * ${part} / (node_filesystem_${whole}{${files}} > 0))`;
}
