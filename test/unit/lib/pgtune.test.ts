import { describe, expect, it } from "vitest";
import { pgtune } from "../../../lib/pgtune";

/**
 * PGTune's answers (github.com/le0pard/pgtune, kind "web", Linux, SSD, 100 connections) by its formulas, in kB:
 * shared_buffers M/4; effective_cache_size 3M/4; maintenance_work_mem M/16; work_mem (M - shared_buffers) /
 * ((connections + max_worker_processes) * 3), where max_worker_processes is the number of cores from 4 on and the
 * server's default of 8 below; wal_buffers 3 % of shared_buffers, 16 MB from 14 MB on.
 */
const published = [
  { memory: 512, cpus: 1, shared: 131072, cache: 393216, maintenance: 32768, work: 4096, wal: 3932 },
  { memory: 1024, cpus: 2, shared: 262144, cache: 786432, maintenance: 65536, work: 4096, wal: 7864 },
  { memory: 2048, cpus: 2, shared: 524288, cache: 1572864, maintenance: 131072, work: 4854, wal: 16384 },
  { memory: 4096, cpus: 2, shared: 1048576, cache: 3145728, maintenance: 262144, work: 9709, wal: 16384 },
  { memory: 8192, cpus: 4, shared: 2097152, cache: 6291456, maintenance: 524288, work: 20164, wal: 16384 },
  {
    memory: 32768,
    cpus: 16,
    shared: 8388608,
    cache: 25165824,
    maintenance: 2097152,
    work: 72315,
    wal: 16384,
  },
];

function kilobytes(size: string | undefined): number {
  const [, number, unit] = /^(\d+)(kB|MB)$/.exec(size ?? "") ?? [];
  return Number(number) * (unit === "MB" ? 1024 : 1);
}

describe.each(published)("with $memory MiB and $cpus cores", ({ memory, cpus, ...sizes }) => {
  const settings = pgtune({ memory, cpus });

  it.each([
    ["shared_buffers", sizes.shared],
    ["effective_cache_size", sizes.cache],
    ["maintenance_work_mem", sizes.maintenance],
    ["work_mem", sizes.work],
    ["wal_buffers", sizes.wal],
  ])("%s is %i kB, as PGTune says", (name, size) => {
    expect(kilobytes(settings[name])).toBe(size);
  });

  it("has PGTune's fixed values for a web application on an SSD", () => {
    expect(settings).toMatchObject({
      max_connections: "100",
      checkpoint_completion_target: "0.9",
      min_wal_size: "1GB",
      max_wal_size: "4GB",
      default_statistics_target: "100",
      random_page_cost: "1.1",
      effective_io_concurrency: "200",
    });
  });
});

describe("parallel workers", () => {
  const parallel = (cpus: number) => {
    const settings = pgtune({ memory: 4096, cpus });
    return [
      settings.max_worker_processes,
      settings.max_parallel_workers,
      settings.max_parallel_workers_per_gather,
      settings.max_parallel_maintenance_workers,
    ];
  };

  it.each([0.25, 1, 2, 3, 3.9])("are left to the server with %d cores", (cpus) => {
    expect(parallel(cpus)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    [4, ["4", "4", "2", "2"]],
    [5, ["5", "5", "3", "3"]],
    [8, ["8", "8", "4", "4"]],
    [12.5, ["12", "12", "4", "4"]],
    [31, ["31", "31", "4", "4"]],
  ])("are PGTune's with %d cores", (cpus, workers) => {
    expect(parallel(cpus)).toEqual(workers);
  });
});

it("shares the memory among the connections that there may be", () => {
  const settings = pgtune({ memory: 8192, cpus: 4, maxConnections: 20 });
  expect(settings.max_connections).toBe("20");
  expect(kilobytes(settings.work_mem)).toBe(Math.floor((8388608 - 2097152) / ((20 + 4) * 3)));
});

it.each([
  [512, 100, 4096],
  [512, 20, 4681],
  [1024, 240, 1706],
  [1024, 400, 1024],
  [512, 9999, 64],
])("gives a sort in %i MiB with %i connections %i kB", (memory, maxConnections, size) => {
  expect(kilobytes(pgtune({ memory, cpus: 1, maxConnections }).work_mem)).toBe(size);
});

it("writes sizes as the server reads them", () => {
  const sizes = Object.values(pgtune({ memory: 1000, cpus: 0.5 })).filter((value) => /[a-z]/i.test(value));
  for (const size of sizes) expect(size).toMatch(/^[1-9][0-9]*(kB|MB|GB)$/);
});
