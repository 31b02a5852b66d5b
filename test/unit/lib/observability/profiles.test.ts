import { describe, expect, it } from "vitest";
import { isPinned } from "../../../../lib/image";
import {
  observabilityImages,
  type PartName,
  partHost,
  partNames,
  partResources,
} from "../../../../lib/observability/parts";
import { defaultRetention, partsOf, profiles } from "../../../../lib/observability/profiles";

const here = { externalPostgres: false };

const metrics = [
  "alertmanager",
  "blackboxExporter",
  "collector",
  "grafana",
  "guardian",
  "nodeExporter",
  "postgresExporter",
  "prometheus",
  "redisExporter",
];

describe("a profile", () => {
  it.each([
    ["metricsOnly", metrics],
    ["noTraces", [...metrics, "loki"]],
    ["full", [...metrics, "loki", "tempo"]],
    ["off", []],
  ] as const)("%s runs its parts, each once", (profile, parts) => {
    expect([...partsOf(profile, here)].sort()).toEqual([...parts].sort());
  });

  it("that is full has every part that there is", () => {
    expect([...partsOf("full", here)].sort()).toEqual([...partNames].sort());
  });

  it.each(profiles)(
    "%s has no exporter for a database of somebody else's, and all other parts",
    (profile) => {
      const parts = partsOf(profile, { externalPostgres: true });
      expect(parts).toEqual(partsOf(profile, here).filter((part) => part !== "postgresExporter"));
      expect(parts).not.toContain("postgresExporter");
    },
  );

  it("keeps two weeks of metrics, one of logs and three days of traces, less of it on a small machine", () => {
    const kept = { metricsDays: 15, metricsGigabytes: 4, logsDays: 7, tracesDays: 3 };
    expect(defaultRetention("full")).toEqual(kept);
    expect(defaultRetention("noTraces")).toEqual(kept);
    expect(defaultRetention("metricsOnly")).toEqual({ ...kept, metricsGigabytes: 2 });
  });
});

describe("limits of memory", () => {
  const sum = (parts: readonly PartName[]) =>
    parts.reduce((total, part) => total + partResources[part].memory, 0);

  it("are together at most 2.2 GiB", () => {
    expect(sum(partsOf("full", here))).toBe(2088);
    expect(sum(partsOf("full", here))).toBeLessThanOrEqual(2.2 * 1024);
  });

  it("leave room for the system on a machine of 2 GB that has the metrics alone", () => {
    expect(sum(partsOf("noTraces", here))).toBe(1688);
    expect(sum(partsOf("metricsOnly", here))).toBe(1288);
  });

  it("are some that the stack could set too", () => {
    for (const part of partNames) {
      expect(partResources[part].memory, part).toBeGreaterThanOrEqual(16);
      expect(partResources[part].cpus, part).toBeGreaterThanOrEqual(0.05);
    }
  });
});

describe("a part", () => {
  it("is found under its name in lower case, with hyphens", () => {
    expect(Object.fromEntries(partNames.map((part) => [part, partHost(part)]))).toEqual({
      prometheus: "prometheus",
      alertmanager: "alertmanager",
      grafana: "grafana",
      loki: "loki",
      tempo: "tempo",
      collector: "collector",
      guardian: "guardian",
      nodeExporter: "node-exporter",
      blackboxExporter: "blackbox-exporter",
      postgresExporter: "postgres-exporter",
      redisExporter: "redis-exporter",
    });
  });

  it("has a pinned image and says what it is for", () => {
    for (const part of partNames) {
      const { default: pin = "", description } = observabilityImages[part];
      expect(isPinned(pin), pin).toBe(true);
      expect(description, part).toMatch(/./);
    }
  });
});
