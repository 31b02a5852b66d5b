/** What a Postgres server has to work with. */
export interface PostgresCapacity {
  /** The container's memory limit, MiB. */
  readonly memory: number;
  /** The container's CPU limit, cores. */
  readonly cpus: number;
  /** @default 100 */
  readonly maxConnections?: number | undefined;
}

/** Server settings by name, with their units as Postgres writes them. */
export type PostgresSettings = Readonly<Record<string, string>>;

const defaultMaxConnections = 100;
/** The server's own. */
const defaultWorkMemory = 4 * 1024;
/** The server takes no less. */
const smallestWorkMemory = 64;
const largestMaintenanceMemory = 2 * 1024 * 1024;
const largestWalBuffers = 16 * 1024;
const nearlyLargestWalBuffers = 14 * 1024;
const fewCores = 4;
/** The server's own, which PGTune leaves where there are few cores. */
const defaultWorkerProcesses = 8;

/**
 * Settings by PGTune's formulas for its kind "web" on SSDs (github.com/le0pard/pgtune), where the memory is that of the
 * container: a quarter for shared buffers, three quarters expected in the page cache, a sixteenth for maintenance.
 */
export function pgtune({
  memory,
  cpus,
  maxConnections = defaultMaxConnections,
}: PostgresCapacity): PostgresSettings {
  const total = memory * 1024;
  const sharedBuffers = Math.floor(total / 4);
  const workers = Math.max(1, Math.floor(cpus));
  const workerProcesses = workers < fewCores ? defaultWorkerProcesses : workers;
  const workMemory = Math.floor((total - sharedBuffers) / ((maxConnections + workerProcesses) * 3));
  return {
    max_connections: String(maxConnections),
    shared_buffers: size(sharedBuffers),
    effective_cache_size: size(Math.floor((total * 3) / 4)),
    maintenance_work_mem: size(Math.min(Math.floor(total / 16), largestMaintenanceMemory)),
    work_mem: size(Math.max(workMemory, leastWorkMemory(maxConnections))),
    wal_buffers: size(walBuffers(sharedBuffers)),
    checkpoint_completion_target: "0.9",
    min_wal_size: "1GB",
    max_wal_size: "4GB",
    default_statistics_target: "100",
    random_page_cost: "1.1",
    effective_io_concurrency: "200",
    ...parallelism(workers),
  };
}

/** As much as the server gives by itself; more connections than it has by itself share what those would have. */
function leastWorkMemory(maxConnections: number): number {
  const share = Math.floor((defaultWorkMemory * defaultMaxConnections) / maxConnections);
  return Math.max(Math.min(share, defaultWorkMemory), smallestWorkMemory);
}

/** 3 % of the shared buffers up to 16 MB; from 14 MB on, PGTune rounds up to that. */
function walBuffers(sharedBuffers: number): number {
  const share = Math.floor((sharedBuffers * 3) / 100);
  return share > nearlyLargestWalBuffers ? largestWalBuffers : share;
}

/** PGTune sets these from four cores on; below, the server's own defaults are right. */
function parallelism(workers: number): PostgresSettings {
  if (workers < fewCores) return {};
  const perGather = Math.min(Math.ceil(workers / 2), 4);
  return {
    max_worker_processes: String(workers),
    max_parallel_workers: String(workers),
    max_parallel_workers_per_gather: String(perGather),
    max_parallel_maintenance_workers: String(perGather),
  };
}

function size(kibibytes: number): string {
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}MB` : `${kibibytes}kB`;
}
