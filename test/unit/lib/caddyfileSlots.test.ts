import { describe, expect, it } from "vitest";
import { caddyfile, containersBySlot, type ProxyConfiguration } from "../../../lib/caddyfile";
import { type Upstream, upstreamsFolder } from "../../../lib/upstream";

const network = "shop-edge";

function upstreamOf(slot: string, container: string): Upstream {
  return { slot, container, network, port: 80 };
}

/** A site for each of these lists of upstreams. */
function serving(...routes: readonly (readonly Upstream[])[]): ProxyConfiguration {
  return {
    tls: { mode: "internal" },
    ports: { http: 80, https: 443 },
    sites: routes.map((upstreams, index) => ({
      host: `site-${index}.example.com`,
      routes: [{ upstreams, healthPath: "/healthz", bodyLimit: 10 }],
    })),
    metrics: false,
  };
}

describe("the containers", () => {
  it("are in no text, which is the same for every release", () => {
    const before = caddyfile(serving([upstreamOf("page-0", "page-0-1a2b3c4")]));
    const after = caddyfile(serving([upstreamOf("page-0", "page-0-fffffff")]));
    expect(after).toBe(before);
    expect(before).not.toContain("1a2b3c4");
    expect(before).toContain(`{file.${upstreamsFolder}/page-0}:80`);
  });

  it("are told by their slots, sorted, each once however many routes it serves", () => {
    const [first, second] = [upstreamOf("page-0", "page-0-1a2b3c4"), upstreamOf("page-1", "page-1-0000000")];
    const grafana = upstreamOf("shop-test-grafana", "shop-test-grafana");
    const containers = containersBySlot(serving([grafana], [second, first], [first]));
    expect(Object.entries(containers)).toEqual([
      ["page-0", "page-0-1a2b3c4"],
      ["page-1", "page-1-0000000"],
      ["shop-test-grafana", "shop-test-grafana"],
    ]);
    expect(containersBySlot(serving())).toEqual({});
  });

  it("may have slots that other objects have as keys", () => {
    expect(containersBySlot(serving([upstreamOf("constructor", "a")]))).toEqual({ constructor: "a" });
  });

  it("may not share a slot", () => {
    const [one, other] = [upstreamOf("page-0", "page-0-1a2b3c4"), upstreamOf("page-0", "page-0-fffffff")];
    for (const configuration of [serving([one, other]), serving([one], [other])]) {
      expect(() => containersBySlot(configuration)).toThrow(
        new RangeError("containers page-0-1a2b3c4 and page-0-fffffff share the slot page-0"),
      );
    }
  });

  it.each(["", "a b", "a;b", "$(a)", "../a", "a\nb", "a:80"])("have no name such as %j", (name) => {
    expect(() => containersBySlot(serving([upstreamOf("a", name)]))).toThrow(RangeError);
    expect(() => containersBySlot(serving([upstreamOf("a", name)]))).toThrow(
      `proxy container "${name}" must match`,
    );
    expect(() => containersBySlot(serving([upstreamOf(name, "a")]))).toThrow(
      `proxy slot "${name}" must match`,
    );
  });
});
