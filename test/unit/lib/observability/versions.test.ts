import { describe, expect, it } from "vitest";
import { isSupported, supportedForm, versionOf } from "../../../../lib/observability/versions";
import { problems } from "../../shopSettings";

const digest = `sha256:${"4".repeat(64)}`;

describe("a pin", () => {
  it.each([
    // The guides' own.
    ["prometheus", "prom/prometheus:v2.54.1"],
    ["grafana", "grafana/grafana:11.2.0"],
    ["loki", "grafana/loki:3.0.1"],
    ["tempo", "grafana/tempo:2.6.1"],
    // Today's.
    ["prometheus", "prom/prometheus:v3.15.0"],
    ["alertmanager", "prom/alertmanager:v0.34.2"],
    ["grafana", "grafana/grafana:13.2.3"],
    ["loki", "grafana/loki:3.7.8"],
    ["tempo", "grafana/tempo:2.10.8"],
    ["collector", "otel/opentelemetry-collector-contrib:0.164.0"],
    // The edges.
    ["collector", "otel/opentelemetry-collector-contrib:0.149.0"],
    ["prometheus", "prom/prometheus:v2.50.0"],
    ["alertmanager", "prom/alertmanager:v0.28.0"],
    ["grafana", "grafana/grafana:12.4.0-ubuntu"],
    ["loki", "grafana/loki:3.5.9"],
    ["loki", "grafana/loki:3.6.5"],
    ["loki", "grafana/loki:3.6"],
    ["tempo", "hub.example.com:5000/grafana/tempo:2.6.0"],
    ["prometheus", `prom/prometheus:v3.0.0@${digest}`],
  ])("of %s is taken: %s", (image, pin) => {
    expect(problems({ [`images.${image}`]: pin })).toEqual([]);
  });

  it.each([
    ["prometheus", "prom/prometheus:v1.8.2"],
    ["prometheus", "prom/prometheus:v2.49.1"],
    ["prometheus", "prom/prometheus:v4.0.0"],
    ["alertmanager", "prom/alertmanager:v0.27.0"],
    ["alertmanager", "prom/alertmanager:v1.0.0"],
    ["grafana", "grafana/grafana:10.4.2"],
    ["grafana", "grafana/grafana:14.0.0"],
    ["loki", "grafana/loki:2.9.10"],
    ["loki", "grafana/loki:3.6.0"],
    ["loki", "grafana/loki:3.6.4"],
    ["loki", "grafana/loki:4.0.0"],
    ["tempo", "grafana/tempo:1.5.0"],
    ["tempo", "grafana/tempo:2.5.0"],
    ["tempo", "grafana/tempo:3.0.3"],
    ["collector", "otel/opentelemetry-collector-contrib:0.148.0"],
    // Nobody can tell which version these are.
    ["prometheus", "prom/prometheus:main"],
    ["alertmanager", `prom/alertmanager@${digest}`],
    ["grafana", "grafana/grafana:11"],
    ["loki", "grafana/loki:k200-abc1234"],
    ["tempo", "grafana/tempo:main-2.6.1"],
    ["prometheus", "prom/prometheus:v2.54.1.9"],
  ])("of %s is refused: %s", (image, pin) => {
    const form = supportedForm(image);
    expect(form).toMatch(/ with the version in its tag, such as /);
    expect(problems({ [`images.${image}`]: pin })).toEqual([
      `slipway:images.${image} is ${JSON.stringify(pin)}: it must be ${form}`,
    ]);
  });

  it("is refused as one before its version is looked at", () => {
    const [problem = "", ...others] = problems({ "images.loki": "grafana/loki:latest" });
    expect(others).toEqual([]);
    expect(problem).toContain("slipway:images.loki");
    expect(problem).toContain("not latest");
  });

  it.each(["guardian", "nodeExporter", "blackboxExporter", "postgresExporter", "redisExporter"])(
    "of %s may be any",
    (image) => {
      expect(supportedForm(image)).toBeUndefined();
      expect(isSupported(image, `example/image@${digest}`)).toBe(true);
      expect(problems({ [`images.${image}`]: "example/image:any" })).toEqual([]);
    },
  );

  it("names in its message one that is taken", () => {
    for (const image of ["prometheus", "alertmanager", "grafana", "loki", "tempo"]) {
      const example = /such as (\S+)$/.exec(supportedForm(image) ?? "")?.[1] ?? "";
      expect(isSupported(image, example), `${image} ${example}`).toBe(true);
    }
  });
});

describe("the version", () => {
  it.each([
    ["prom/prometheus:v2.54.1", { major: 2, minor: 54, patch: 1 }],
    ["grafana/grafana:11.2.0-ubuntu", { major: 11, minor: 2, patch: 0 }],
    [`grafana/loki:3.0.1@${digest}`, { major: 3, minor: 0, patch: 1 }],
    // A tag without a patch level moves; its newest patch is meant.
    ["grafana/loki:3.6", { major: 3, minor: 6, patch: Number.MAX_SAFE_INTEGER }],
    ["grafana/loki:3", undefined],
    ["grafana/loki:main", undefined],
    ["grafana/loki:3.0.1.2", undefined],
    [`grafana/loki@${digest}`, undefined],
    ["grafana/loki", undefined],
    ["no image", undefined],
  ])("of %s is told by its tag", (pin, version) => {
    expect(versionOf(pin)).toEqual(version);
  });
});
