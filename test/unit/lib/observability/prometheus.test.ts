import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Observed } from "../../../../lib/observability/observed";
import { partsOf } from "../../../../lib/observability/profiles";
import { prometheusArguments, prometheusFiles } from "../../../../lib/observability/prometheus";
import type { RuleGroup } from "../../../../lib/observability/rules";
import { observedSystem } from "./alertingObserved";

interface Job {
  readonly job_name: string;
  readonly static_configs?: readonly { readonly targets: readonly string[]; readonly labels?: unknown }[];
  readonly [setting: string]: unknown;
}

function configuration(observed: Observed) {
  return parse(prometheusFiles(observed, [])["prometheus.yml"] ?? "");
}

function jobs(observed: Observed): Job[] {
  return configuration(observed).scrape_configs;
}

function job(name: string, observed: Observed): Job | undefined {
  return jobs(observed).find(({ job_name }) => job_name === name);
}

function targets(observed: Observed) {
  return jobs(observed).flatMap(({ job_name, static_configs = [] }) =>
    static_configs.flatMap((config) => config.targets.map((target) => [job_name, target])),
  );
}

const version3 = { pins: { prometheus: "prom/prometheus:v3.15.0" } };

describe("jobs", () => {
  it("are one for each part that runs, the proxy, the backup, the services and the routes", () => {
    expect(targets(observedSystem())).toEqual([
      ["prometheus", "prometheus:9090"],
      ["alertmanager", "alertmanager:9093"],
      ["grafana", "grafana:3000"],
      ["loki", "loki:3100"],
      ["tempo", "tempo:3200"],
      ["collector", "collector:8888"],
      ["containers", "collector:8889"],
      ["guardian", "guardian:9800"],
      ["node", "node-exporter:9100"],
      ["postgres", "postgres-exporter:9187"],
      ["redis", "redis-exporter:9121"],
      ["proxy", "proxy:2021"],
      ["backup", "backup:9810"],
      ["probe", "https://clubhouse.example.com/health"],
      ["probe", "https://clubhouse.example.com/"],
    ]);
  });

  it.each([
    ["noTraces", ["tempo"]],
    ["metricsOnly", ["loki", "tempo"]],
  ] as const)("leave out what %s doesn't run", (profile, missing) => {
    const all = jobs(observedSystem()).map(({ job_name }) => job_name);
    expect(jobs(observedSystem({}, profile)).map(({ job_name }) => job_name)).toEqual(
      all.filter((name) => !missing.some((part) => part === name)),
    );
  });

  it("leave out an external Postgres, and what a system hasn't", () => {
    const parts = partsOf("full", { externalPostgres: true });
    expect(job("postgres", observedSystem({ parts }))).toBeUndefined();
    expect(job("app", observedSystem({ services: [] }))).toBeUndefined();
    expect(job("probe", observedSystem({ routes: [] }))).toBeUndefined();
    expect(job("backup", observedSystem({ backups: undefined }))).toBeUndefined();
    expect(job("probe", observedSystem({ parts: ["prometheus"] }))).toBeUndefined();
    expect(configuration(observedSystem({ parts: ["prometheus"] }))).not.toHaveProperty("alerting");
  });

  it("ask every replica of a service at its own path, and say whose it is", () => {
    expect(job("app", observedSystem())).toEqual({
      job_name: "app",
      dns_sd_configs: [
        { names: ["backend"], type: "A", port: 8080, refresh_interval: "15s" },
        { names: ["worker"], type: "A", port: 9000, refresh_interval: "15s" },
      ],
      relabel_configs: [
        { source_labels: ["__meta_dns_name"], target_label: "service" },
        {
          source_labels: ["__meta_dns_name"],
          regex: "backend",
          target_label: "__metrics_path__",
          replacement: "/metrics",
        },
        {
          source_labels: ["__meta_dns_name"],
          regex: "worker",
          target_label: "__metrics_path__",
          replacement: "/internal/metrics",
        },
      ],
    });
  });

  it.each([
    [true, "http_public"],
    [false, "http_internal"],
  ])("probe routes through the exporter, public certificates: %s", (publicCertificates, module) => {
    expect(job("probe", observedSystem({ publicCertificates }))).toMatchObject({
      metrics_path: "/probe",
      params: { module: [module] },
      static_configs: ["health", ""].map((path) => ({
        targets: [`https://clubhouse.example.com/${path}`],
        labels: {
          domain: "app",
          __param_target: `https://proxy/${path}`,
          __param_hostname: "clubhouse.example.com",
        },
      })),
      relabel_configs: [
        { source_labels: ["__address__"], target_label: "instance" },
        { target_label: "__address__", replacement: "blackbox-exporter:9115" },
      ],
    });
  });
});

it("takes a host with a port for the same host, and keeps its series apart", () => {
  expect(job("proxy", observedSystem())).toMatchObject({
    metric_relabel_configs: [
      { source_labels: ["host"], target_label: "host_header" },
      { source_labels: ["host"], regex: "(.+):[0-9]+", target_label: "host" },
    ],
  });
});

it("looks every 15 seconds, and says in each alert whose it is", () => {
  expect(configuration(observedSystem())).toMatchObject({
    global: {
      scrape_interval: "15s",
      evaluation_interval: "15s",
      external_labels: { system: "clubhouse", stack: "production" },
    },
    rule_files: ["/etc/prometheus/rules.yml"],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] },
  });
});

describe("by version", () => {
  it("2.x has retention in its arguments", () => {
    expect(prometheusArguments(observedSystem())).toEqual([
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=15d",
      "--storage.tsdb.retention.size=4GB",
      "--enable-feature=exemplar-storage,auto-gomemlimit",
      "--web.enable-remote-write-receiver",
    ]);
    expect(configuration(observedSystem())).not.toHaveProperty("storage");
  });

  it("2.50 has no limit of memory by itself yet", () => {
    const observed = observedSystem({ pins: { prometheus: "prom/prometheus:v2.50.1" } });
    expect(prometheusArguments(observed)).toContain("--enable-feature=exemplar-storage");
    const metricsOnly = observedSystem({ pins: observed.pins }, "metricsOnly");
    expect(prometheusArguments(metricsOnly).join(" ")).not.toContain("--enable-feature");
  });

  it("3.x has retention in its file, and is told the format of services that don't say it", () => {
    const observed = observedSystem(version3);
    expect(prometheusArguments(observed)).toEqual([
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--enable-feature=exemplar-storage",
      "--web.enable-remote-write-receiver",
    ]);
    expect(configuration(observed).storage).toEqual({ tsdb: { retention: { time: "15d", size: "4GB" } } });
    expect(job("app", observed)).toMatchObject({ fallback_scrape_protocol: "PrometheusText0.0.4" });
  });

  it.each([
    ["v3.10.0", true],
    ["v3.11.0", false],
  ])("%s has retention in its arguments: %s", (tag, inArguments) => {
    const observed = observedSystem({ pins: { prometheus: `prom/prometheus:${tag}` } });
    const time = "--storage.tsdb.retention.time=15d";
    expect(prometheusArguments(observed).includes(time)).toBe(inArguments);
    expect("storage" in configuration(observed)).toBe(!inArguments);
  });

  it("takes exemplars and metrics of others only where traces are", () => {
    const observed = observedSystem(version3, "noTraces");
    expect(prometheusArguments(observed)).toEqual([
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
    ]);
  });

  it("names a pin that tells none", () => {
    const observed = observedSystem({ pins: { prometheus: "prom/prometheus:main" } });
    expect(() => prometheusArguments(observed)).toThrow('images.prometheus is "prom/prometheus:main"');
  });
});

describe("rules", () => {
  const group: RuleGroup = {
    name: "services",
    interval: "30s",
    rules: [
      { record: "service:up:min", expr: "min by (service) (up)", labels: { level: "service" } },
      {
        alert: "ServiceDown",
        expr: "service:up:min == 0",
        for: "1m",
        keep_firing_for: "2m",
        labels: { severity: "critical" },
        annotations: { summary: "{{ $labels.service }} is down" },
      },
    ],
  };
  const own = { for: "5m", severity: "warning", summary: "It grows: {{ $value }}" } as const;

  function rules(observed: Observed): string {
    return prometheusFiles(observed, [group])["rules.yml"] ?? "";
  }

  it("are those handed in, as they are", () => {
    expect(parse(rules(observedSystem()))).toEqual({ groups: [group] });
  });

  it("have the stack's own in a group of their own", () => {
    const observed = observedSystem({ rules: { QueueTooLong: { expression: "queue > 100", ...own } } });
    expect(parse(rules(observed)).groups[1]).toEqual({
      name: "stack",
      rules: [
        {
          alert: "QueueTooLong",
          expr: "queue > 100",
          for: "5m",
          labels: { severity: "warning" },
          annotations: { summary: "It grows: {{ $value }}" },
        },
      ],
    });
  });

  it("are the same text whatever the order of the stack's settings", () => {
    const a = { expression: "a > 1", ...own };
    const b = { expression: "b > 1", ...own };
    const text = rules(observedSystem({ rules: { Aaa: a, Bbb: b } }));
    expect(rules(observedSystem({ rules: { Bbb: b, Aaa: a } }))).toBe(text);
  });
});
