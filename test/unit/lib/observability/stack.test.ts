import { describe, expect, it } from "vitest";
import { pinForm, registryForm } from "../../../../lib/image";
import { partNames } from "../../../../lib/observability/parts";
import { problems } from "../../shopSettings";

describe("the domain of Grafana", () => {
  const problem =
    "slipway:domains.monitoring is missing: set it to the host name of Grafana, such as grafana.example.com, or set slipway:observability.profile to off (pulumi config set --path 'domains.monitoring' <value>)";

  it("is needed as long as something is observed", () => {
    expect(problems({ "domains.monitoring": undefined })).toEqual([problem]);
    expect(problems({ "domains.monitoring": undefined, "observability.profile": "off" })).toEqual([]);
  });

  it("is asked for together with all other problems, but not in what is no group of domains", () => {
    const wrong = { "domains.monitoring": undefined, "domains.web": 5, tsl: {} };
    expect(problems(wrong)).toHaveLength(3);
    expect(problems(wrong)).toContain(problem);
    expect(problems({ domains: "shop.example.com" })).toHaveLength(1);
  });

  it("must be one of its own", () => {
    expect(problems({ "domains.monitoring": "shop.example.com" }).join()).toContain("a different host name");
    expect(problems({ "domains.monitoring": "Grafana" })).toEqual([
      `slipway:domains.monitoring is "Grafana": it must be a host name in lower case, such as app.example.com`,
    ]);
  });
});

describe("what observes the system", () => {
  it("has images and registries of the stack's choice", () => {
    const chosen = {
      "images.prometheus": "prom/prometheus:v2.54.1",
      "registries.grafana": "hub.example.com",
      "images.guardian": "node:22.1.0",
    };
    expect(problems(chosen)).toEqual([]);
    expect(problems({ "images.guardian": "node" })).toEqual([
      `slipway:images.guardian is "node": it must be ${pinForm}`,
    ]);
    expect(problems({ "registries.grafana": "https://hub.example.com" })).toEqual([
      `slipway:registries.grafana is "https://hub.example.com": it must be ${registryForm}`,
    ]);
  });

  it.each(partNames)("has limits of the stack's choice: %s", (part) => {
    expect(problems({ [`resources.${part}`]: { memory: "512", cpus: 0.5 } })).toEqual([]);
    expect(problems({ [`resources.${part}.memory`]: 15 })).toEqual([
      `slipway:resources.${part}.memory is 15: it must be a whole number from 16 to 1048576`,
    ]);
  });

  it("isn't more than one container of each", () => {
    expect(problems({ "replicas.grafana": 2 })).toEqual([
      "slipway:replicas.grafana is not a known key. Allowed are api, page.",
    ]);
  });
});
