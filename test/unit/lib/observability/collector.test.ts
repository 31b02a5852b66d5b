import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { collectorArguments, collectorFiles } from "../../../../lib/observability/collector";
import type { Profile } from "../../../../lib/observability/profiles";
import { observedSystem } from "./alertingObserved";

interface Configuration {
  readonly extensions: object;
  readonly receivers: Record<string, Record<string, unknown>>;
  readonly processors: Record<string, Record<string, unknown>>;
  readonly exporters: Record<string, Record<string, unknown>>;
  readonly service: {
    readonly extensions: string[];
    readonly pipelines: Record<string, { receivers: string[]; processors: string[]; exporters: string[] }>;
  };
}

const profiles = ["full", "noTraces", "metricsOnly"] as const;

function text(profile: Profile = "full", changes = {}) {
  return collectorFiles(observedSystem(changes, profile))["config.yaml"] ?? "";
}

function configuration(profile?: Profile, changes?: object): Configuration {
  return parse(text(profile, changes));
}

describe("the collector", () => {
  it("reads the one file that there is", () => {
    expect(Object.keys(collectorFiles(observedSystem()))).toEqual(["config.yaml"]);
    expect(collectorArguments()).toEqual(["--config=/etc/otelcol/config.yaml"]);
  });

  it.each([
    ["full", ["metrics", "logs/containers", "logs/apps", "traces"]],
    ["noTraces", ["metrics", "logs/containers", "logs/apps"]],
    ["metricsOnly", ["metrics"]],
  ] as const)("of %s takes only what has somewhere to go", (profile, pipelines) => {
    expect(Object.keys(configuration(profile).service.pipelines)).toEqual(pipelines);
  });

  it.each(profiles)("of %s has what its pipelines name, and no more", (profile) => {
    const { receivers, processors, exporters, extensions, service } = configuration(profile);
    const pipelines = Object.values(service.pipelines);
    const named = (kind: "receivers" | "processors" | "exporters") =>
      [...new Set(pipelines.flatMap((pipeline) => pipeline[kind]))].sort();
    expect(Object.keys(receivers).sort()).toEqual(named("receivers"));
    expect(Object.keys(processors).sort()).toEqual(named("processors"));
    expect(Object.keys(exporters).sort()).toEqual(named("exporters"));
    expect(Object.keys(extensions)).toEqual(service.extensions);
  });

  it.each(profiles)("of %s limits its memory before anything else", (profile) => {
    for (const { processors } of Object.values(configuration(profile).service.pipelines)) {
      expect(processors[0]).toBe("memory_limiter");
    }
  });

  it("keeps the lines of its own stack", () => {
    const changes = { system: "shop", stack: "staging" };
    const operators = configuration("full", changes).receivers.file_log?.operators as { expr?: string }[];
    expect(operators.map(({ expr }) => expr).filter((expr) => expr !== undefined)).toEqual([
      String.raw`not (body contains "\"slipway.stack\":\"staging\"")`,
      'body.attrs?.["slipway.stack"] != "staging" or body.attrs?.["slipway.system"] != "shop"',
    ]);
  });

  it("loses no line over a restart, and sends none twice", () => {
    const { receivers, exporters } = configuration();
    expect(receivers.file_log).toMatchObject({
      start_at: "beginning",
      storage: "file_storage",
      exclude_older_than: "168h",
      retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
    });
    expect(exporters["otlp_http/loki"]).toMatchObject({
      endpoint: "http://loki:3100/otlp",
      retry_on_failure: { max_elapsed_time: "0s" },
      sending_queue: { storage: "file_storage", block_on_overflow: true },
    });
  });

  it("gives the metrics of its own stack's containers three labels", () => {
    const { receivers, processors, exporters } = configuration("metricsOnly");
    expect(receivers.docker_stats?.endpoint).toBe("tcp://guardian:2375");
    expect(JSON.stringify(processors["filter/containers"])).toContain(String.raw`!= \"production\"`);
    expect(JSON.stringify(processors["transform/metrics"])).toContain(
      String.raw`[\"service\", \"release\", \"container\"]`,
    );
    expect(exporters.prometheus?.endpoint).toBe("0.0.0.0:8889");
  });

  it("has every $ doubled, which it would read as a variable", () => {
    expect(text()).toContain("$$1[redacted]");
    expect(text().replaceAll("$$", "")).not.toContain("$");
  });

  it("cuts the name of the system from the names of services that send logs", () => {
    const { processors } = configuration("full", { system: "shop" });
    expect(JSON.stringify(processors["transform/apps"])).toContain(String.raw`\"^shop-\"`);
  });
});
