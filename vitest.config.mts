import { defineConfig } from "vitest/config";

const minute = 60_000;

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: minute } },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          // One Docker engine, with one set of ports: one file after the other.
          pool: "forks",
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 15 * minute,
          hookTimeout: 30 * minute,
        },
      },
      {
        test: {
          name: "host",
          include: ["test/host/**/*.test.ts"],
          // A machine at a time is enough for two cores.
          pool: "forks",
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          testTimeout: 15 * minute,
          hookTimeout: 30 * minute,
        },
      },
    ],
  },
});
