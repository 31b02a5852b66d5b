import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { logLabels, lokiArguments, lokiFiles, lokiHealth } from "../../../../lib/observability/loki";
import { observedSystem } from "./alertingObserved";

const days = (logsDays: number) => ({
  retention: { metricsDays: 15, metricsGigabytes: 4, logsDays, tracesDays: 3 },
});

function configuration(logsDays = 7) {
  return parse(lokiFiles(observedSystem(days(logsDays)))["loki.yaml"] ?? "");
}

describe("Loki", () => {
  it("reads the one file that there is", () => {
    expect(Object.keys(lokiFiles(observedSystem()))).toEqual(["loki.yaml"]);
    expect(lokiArguments()).toEqual(["-config.file=/etc/loki/loki.yaml"]);
  });

  it("keeps everything in its volume, in the newest schema", () => {
    const { common, schema_config, storage_config } = configuration();
    expect(common.path_prefix).toBe("/loki");
    expect(schema_config.configs).toEqual([
      expect.objectContaining({ store: "tsdb", schema: "v13", object_store: "filesystem" }),
    ]);
    const { filesystem, tsdb_shipper } = storage_config;
    for (const folder of [filesystem.directory, ...Object.values(tsdb_shipper)]) {
      expect(folder).toMatch(/^\/loki\//);
    }
  });

  it.each([
    [7, "168h"],
    [90, "2160h"],
  ])("deletes what is older than %d days, and takes nothing that is", (logsDays, hours) => {
    const { compactor, limits_config: limits } = configuration(logsDays);
    expect(compactor).toMatchObject({ retention_enabled: true, delete_request_store: "filesystem" });
    expect(limits.retention_period).toBe(hours);
    expect(limits).toMatchObject({ reject_old_samples: true, reject_old_samples_max_age: hours });
  });

  it("makes labels of the five attributes that have few values, and of nothing else", () => {
    const { distributor, limits_config } = configuration();
    const { discover_service_name, discover_log_levels, otlp_config } = limits_config;
    expect(logLabels).toEqual(["system", "stack", "service", "release", "level"]);
    expect(distributor.otlp_config.default_resource_attributes_as_index_labels).toEqual([...logLabels]);
    expect(otlp_config).toBeUndefined();
    expect(discover_service_name).toEqual([]);
    expect(discover_log_levels).toBe(false);
  });

  it("tells nobody of itself, and runs no ruler", () => {
    const { analytics, ruler, common } = configuration();
    expect(analytics).toEqual({ reporting_enabled: false });
    expect([ruler, common.storage]).toEqual([undefined, undefined]);
  });

  it.each([
    ["3.0.1", 0, 1, "wget"],
    ["3.5.12", 5, 12, "wget"],
    ["3.6.5", 6, 5, "/usr/bin/loki"],
    ["3.7.0", 7, 0, "/usr/bin/loki"],
  ])("%s is asked for its health by what its image has", (_, minor, patch, program) => {
    const command = lokiHealth({ major: 3, minor, patch });
    expect(command[0]).toBe(program);
    expect(command.at(-1)).toBe(program === "wget" ? "http://127.0.0.1:3100/ready" : "-health");
  });
});
