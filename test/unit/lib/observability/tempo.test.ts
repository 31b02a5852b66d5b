import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { tempoArguments, tempoFiles, tempoHealth } from "../../../../lib/observability/tempo";
import { observedSystem } from "./alertingObserved";

function configuration(tracesDays = 3) {
  const retention = { metricsDays: 15, metricsGigabytes: 4, logsDays: 7, tracesDays };
  return parse(tempoFiles(observedSystem({ retention }))["tempo.yaml"] ?? "");
}

describe("Tempo", () => {
  it("reads the one file that there is", () => {
    expect(Object.keys(tempoFiles(observedSystem()))).toEqual(["tempo.yaml"]);
    expect(tempoArguments()).toEqual(["-config.file=/etc/tempo/tempo.yaml"]);
  });

  it("takes OTLP from other containers", () => {
    expect(configuration().distributor.receivers).toEqual({
      otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } },
    });
  });

  it("keeps everything in its volume", () => {
    const { storage, metrics_generator } = configuration();
    expect(storage.trace.backend).toBe("local");
    for (const folder of [storage.trace.local.path, storage.trace.wal.path, metrics_generator.storage.path]) {
      expect(folder).toMatch(/^\/var\/tempo\//);
    }
  });

  it.each([
    [3, "72h"],
    [30, "720h"],
  ])("deletes what is older than %d days", (tracesDays, hours) => {
    expect(configuration(tracesDays).compactor.compaction.block_retention).toBe(hours);
  });

  it("makes metrics of traces for Prometheus, with exemplars", () => {
    const { metrics_generator, overrides } = configuration();
    expect(metrics_generator.storage.remote_write).toEqual([
      { url: "http://prometheus:9090/api/v1/write", send_exemplars: true },
    ]);
    expect(overrides.defaults.metrics_generator.processors).toEqual(["service-graphs", "span-metrics"]);
  });

  it("tells nobody of itself", () => {
    expect(configuration().usage_report).toEqual({ reporting_enabled: false });
  });

  it.each([
    [6, 1, ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3200/ready"]],
    [7, 2, ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3200/ready"]],
    [8, 0, undefined],
    [10, 8, undefined],
  ])("2.%d.%d is asked for its health where its image can", (minor, patch, command) => {
    expect(tempoHealth({ major: 2, minor, patch })).toEqual(command);
  });
});
