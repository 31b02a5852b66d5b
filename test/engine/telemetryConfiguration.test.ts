import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { clubhouse } from "../../apps/clubhouse";
import { collectorArguments, collectorFiles } from "../../lib/observability/collector";
import { guardianCommand, guardianFiles, guardianHealth } from "../../lib/observability/guardian";
import { logLabels, lokiArguments, lokiFiles, lokiHealth } from "../../lib/observability/loki";
import { observabilityImages } from "../../lib/observability/parts";
import { tempoFiles } from "../../lib/observability/tempo";
import { partVersion } from "../../lib/observability/versions";
import { observedSystem } from "../unit/lib/observability/alertingObserved";
import { docker } from "./harness/engine";
import { ObservabilityLab } from "./support/observabilityLab";

const pinsOf = (part: "loki" | "tempo") => [
  clubhouse.images[part]?.default ?? "",
  observabilityImages[part].default ?? "",
];
const collector = observabilityImages.collector.default ?? "";
const [loki = ""] = pinsOf("loki");
const shell = clubhouse.images.redis?.default ?? "";

const stack = "slipway-engine-telemetry";
const observed = observedSystem({ stack, pins: { loki } });
const logged = "slipway.system,slipway.stack,slipway.service,slipway.release";
const patience = { timeout: 60_000, interval: 500 };

let lab: ObservabilityLab;

beforeAll(async () => {
  lab = await ObservabilityLab.open();
});

afterAll(async () => {
  await lab?.close();
});

describe("the parts' own tools take the files", () => {
  test.each(["full", "noTraces", "metricsOnly"] as const)("collector, %s", async (profile) => {
    const folders = {
      "/etc/otelcol": collectorFiles(observedSystem({}, profile)),
      // Its folder of offsets, which must be there.
      "/var/lib/otelcol": { empty: "" },
    };
    await lab.run(collector, folders, ["/otelcol-contrib", "validate", ...collectorArguments()]);
  });

  test.for(pinsOf("loki"))("%s", async (pin, { skip }) => {
    if (!(await lab.has(pin))) skip("its image can't be had here");
    const command = ["-verify-config", ...lokiArguments()] as const;
    await lab.run(pin, { "/etc/loki": lokiFiles(observed) }, ["/usr/bin/loki", ...command]);
  });

  test.for(pinsOf("tempo"))("%s", async (pin, { skip }) => {
    if (!(await lab.has(pin))) skip("its image can't be had here");
    const command = ["-config.verify=true", "-config.file=/etc/tempo/tempo.yaml"];
    await lab.run(pin, { "/etc/tempo": tempoFiles(observed) }, ["/tempo", ...command]);
  });
});

describe("logs and metrics of containers", () => {
  let addresses: Record<"loki" | "otlp" | "metrics", string>;

  beforeAll(async () => {
    const guardian = await lab.start("guardian", {
      pin: observabilityImages.guardian.default ?? "",
      folders: { "/etc/guardian": guardianFiles() },
      arguments: guardianCommand,
      options: [
        ...["--volume", "/var/run/docker.sock:/run/docker.sock"],
        ...["--env", `SLIPWAY_SYSTEM=${observed.system}`, "--env", `SLIPWAY_STACK=${stack}`],
      ],
    });
    await vi.waitFor(() => docker("exec", guardian, ...guardianHealth), patience);
    const logs = await lab.start("loki", {
      pin: loki,
      folders: { "/etc/loki": lokiFiles(observed) },
      arguments: lokiArguments(),
      options: ["--memory=400m", "--read-only", "--volume=/loki", "--publish=127.0.0.1:3199:3100"],
    });
    const health = lokiHealth(partVersion(observed.pins, "loki"));
    await vi.waitFor(() => docker("exec", logs, ...health), patience);
    const root = await docker("info", "--format", "{{.DockerRootDir}}");
    await lab.start("collector", {
      pin: collector,
      folders: { "/etc/otelcol": collectorFiles(observed) },
      arguments: collectorArguments(),
      options: [
        ...["--user=0:0", "--cap-drop=ALL", "--read-only", "--memory=200m", "--volume=/var/lib/otelcol"],
        `--volume=${root}/containers:/var/lib/docker/containers:ro`,
        ...["--publish=127.0.0.1:4399:4318", "--publish=127.0.0.1:8899:8889"],
      ],
    });
    addresses = {
      loki: "http://127.0.0.1:3199/loki/api/v1",
      otlp: "http://127.0.0.1:4399/v1/logs",
      metrics: "http://127.0.0.1:8899/metrics",
    };
    await vi.waitFor(async () => expect((await fetch(addresses.metrics)).status).toBe(200), patience);
  });

  /** Starts a container of a stack that runs a script. */
  function print(service: string, script: string, stackOfIt = stack): Promise<string> {
    const labels = { system: observed.system, stack: stackOfIt, service, release: "1.2.3" };
    return lab.start(service, {
      pin: shell,
      arguments: ["sh", "-c", script],
      options: [
        ...["--log-driver=json-file", `--log-opt=labels=${logged}`],
        ...Object.entries(labels).map(([name, value]) => `--label=slipway.${name}=${value}`),
        ...["--memory=64m", "--cpus=0.5"],
      ],
    });
  }

  async function ask(path: string, parameters: Record<string, string> = {}) {
    const headers = { "x-loki-response-encoding-flags": "categorize-labels" };
    const response = await fetch(`${addresses.loki}/${path}?${new URLSearchParams(parameters)}`, { headers });
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: unknown }).data;
  }

  /** The lines of a service: labels, text and structured metadata of each. */
  async function linesOf(service: string) {
    const found = await ask("query_range", { query: `{service="${service}"}`, limit: "1000" });
    return (found as { result: Stream[] }).result.flatMap(({ stream, values }) =>
      values.map(([, line, { structuredMetadata = {} }]) => ({ labels: stream, line, structuredMetadata })),
    );
  }

  const trace = randomBytes(16).toString("hex");
  const span = randomBytes(8).toString("hex");
  const json = (fields: object) => JSON.stringify({ time: new Date().toISOString(), ...fields });
  /** What is printed, the level that it has, and what is found when that is something else. */
  const printed: readonly (readonly [line: string, level: string, found?: string])[] = [
    [json({ level: "info", trace_id: trace, span_id: span, msg: "by name" }), "info"],
    [json({ level: 50, traceId: trace, msg: "by number" }), "error"],
    [json({ level: "error", msg: "handled request", status: 502 }), "error"],
    ["2026-11-21 14:48:00.123 UTC [25] app@clubhouse ERROR:  relation does not exist", "error"],
    ["2026-11-21 14:48:00.123 UTC [1] LOG:  database system is ready", "info"],
    ["1:M 21 Nov 2026 14:48:00.123 # WARNING: overcommit", "warn"],
    ['ts=2026-11-21T14:48:00Z caller=main.go level=debug msg="hello"', "debug"],
    ["Warning: deprecated", "warn"],
    ["plain text with an error in it", "unknown"],
    ["Authorization: Bearer abc", "unknown", "Authorization: Bearer [redacted]"],
    [
      "DATABASE_URL=postgres://h/d?a=b,c&d JWT_SECRET=a,b&c ADMIN_API_KEY=abc",
      "unknown",
      "DATABASE_URL=[redacted] JWT_SECRET=[redacted] ADMIN_API_KEY=[redacted]",
    ],
    ["to postgres://u:p@h:5432/db", "unknown", "to postgres://u:[redacted]@h:5432/db"],
    ["Cookie: sid=abc; theme=dark", "unknown", "Cookie: [redacted]"],
    ["STATEMENT:  ALTER ROLE a PASSWORD 'p w'", "unknown", "STATEMENT:  ALTER ROLE a PASSWORD '[redacted]'"],
    [
      String.raw`{"level":"warn","password":"a\"b","inner":"{\"cookie\":\"c\"}","set-cookie":["d","e"],"pwd":null}`,
      "warn",
      String.raw`{"level":"warn","password":"[redacted]","inner":"{\"cookie\":\"[redacted]\"}","set-cookie":["[redacted]"],"pwd":null}`,
    ],
  ];

  test("a printed line is in Loki within 5 s: labels, level, trace; without its secrets", async () => {
    const script = `${printed.map(([line]) => `echo '${line.replaceAll("'", String.raw`'\''`)}'`).join("\n")}\nsleep 300`;
    await print("stranger", script, "slipway-engine-other");
    await print("printer", script);
    const expected = printed.map(([line, level, found = line]) => [level, found]);
    await vi.waitFor(
      async () => {
        const found = (await linesOf("printer")).map(({ labels, line }) => [labels.level, line]);
        expect(found.sort()).toEqual([...expected].sort());
      },
      { timeout: 5_000, interval: 100 },
    );
    for (const { labels, line, structuredMetadata } of await linesOf("printer")) {
      const { level, ...others } = labels;
      expect(others).toEqual({ system: "clubhouse", stack, service: "printer", release: "1.2.3" });
      expect(structuredMetadata).toMatchObject({ source: "stdout", service_name: "printer" });
      expect(structuredMetadata.trace_id).toBe(line.includes(trace) ? trace : undefined);
      expect(structuredMetadata.span_id).toBe(line.includes(span) ? span : undefined);
      expect(structuredMetadata.status).toBe(line.includes("502") ? "502" : undefined);
    }
    expect(await ask("labels")).toEqual([...logLabels].sort());
    expect(await ask("label/stack/values")).toEqual([stack]);
    expect(await linesOf("stranger")).toEqual([]);
  });

  test("a log that an application sends has the same labels, and no secrets either", async () => {
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const record = {
      timeUnixNano: `${Date.now()}000000`,
      severityNumber: 13,
      traceId: trace,
      body: { stringValue: "sent with password=abc" },
      attributes: [text("url", "redis://:p@h"), text("db.password", "abc"), text("route", "/a")],
    };
    const name = [text("service.name", "clubhouse-sender"), text("service.version", "2.0.0")];
    const resource = { attributes: [...name, text("process.command", "node")] };
    const body = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] });
    const headers = { "content-type": "application/json" };
    expect((await fetch(addresses.otlp, { method: "POST", body, headers })).status).toBe(200);
    const [found, ...more] = await vi.waitFor(
      async () => {
        const all = await linesOf("sender");
        expect(all).not.toEqual([]);
        return all;
      },
      { timeout: 5_000, interval: 100 },
    );
    expect(more).toEqual([]);
    const labels = { system: "clubhouse", stack, service: "sender", release: "2.0.0", level: "warn" };
    expect(found).toMatchObject({ labels, line: "sent with password=[redacted]" });
    const { observed_timestamp: _, ...metadata } = found?.structuredMetadata ?? {};
    const told = { source: "otlp", service_name: "sender", trace_id: trace, severity_number: "13" };
    expect(metadata).toEqual({ ...told, url: "redis://:[redacted]@h", route: "/a" });
    expect(await ask("labels")).toEqual([...logLabels].sort());
  });

  test("no line is lost or there twice when Loki hangs and the collector restarts", async () => {
    const numbers = Array.from({ length: 150 }, (_, index) => `line ${index + 1}`);
    await print("counter", 'for n in $(seq 150); do echo "line $n"; sleep 0.1; done; sleep 300');
    // Not restarted: when 3.0 stops, it answers some requests with a status that says not to try again.
    await docker("container", "pause", "slipway-engine-observability-lab-loki");
    await docker("container", "restart", "--time=30", "slipway-engine-observability-lab-collector");
    await docker("container", "unpause", "slipway-engine-observability-lab-loki");
    await vi.waitFor(
      async () => {
        const found = (await linesOf("counter")).map(({ line }) => line);
        expect(found.sort()).toEqual([...numbers].sort());
      },
      { timeout: 90_000, interval: 1000 },
    );
  });

  test("metrics of its own containers have three labels, and the limits", async () => {
    const metrics = await vi.waitFor(async () => {
      const text = await (await fetch(addresses.metrics)).text();
      expect(text).toContain('service="counter"');
      return text.split("\n").filter((line) => /^[a-z]/.test(line));
    }, patience);
    const labels = '{container="slipway-engine-observability-lab-counter",release="1.2.3",service="counter"}';
    const value = (metric: string) => {
      const start = `${metric}${labels} `;
      return Number(metrics.find((line) => line.startsWith(start))?.slice(start.length));
    };
    expect(value("container_memory_usage_limit_bytes")).toBe(64 * 2 ** 20);
    expect(value("container_cpu_limit")).toBe(0.5);
    expect(value("container_memory_usage_total_bytes")).toBeGreaterThan(0);
    expect(value("container_cpu_utilization_ratio")).toBeGreaterThanOrEqual(0);
    expect(metrics.filter((line) => !/[{,]service="(?:printer|counter)"/.test(line))).toEqual([]);
  });
});

interface Stream {
  readonly stream: Record<string, string>;
  readonly values: [time: string, line: string, more: { structuredMetadata?: Record<string, string> }][];
}
