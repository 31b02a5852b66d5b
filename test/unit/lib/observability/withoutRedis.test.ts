import { describe, expect, it } from "vitest";
import { imageSpecs } from "../../../../lib/imageSpecs";
import { alertGroups } from "../../../../lib/observability/alerts";
import { dashboards } from "../../../../lib/observability/dashboards";
import { observedParts } from "../../../../lib/observability/observedParts";
import { prometheusFiles } from "../../../../lib/observability/prometheus";
import { shop } from "../../fixtures";
import { observedSystem } from "./alertingObserved";

const { redis: _, ...app } = shop;
const parts = observedParts({ app, observability: { profile: "full" } });
const full = observedParts({ app: shop, observability: { profile: "full" } });

/** Everything that is made for a system with these parts. */
function everything(of: typeof parts): string {
  const observed = observedSystem({ parts: of });
  return JSON.stringify([dashboards(observed), prometheusFiles(observed, alertGroups(observed))]);
}

describe("a system without Redis", () => {
  it("has no exporter for it, and all other parts", () => {
    expect(parts).toEqual(full.filter((part) => part !== "redisExporter"));
    expect(Object.keys(imageSpecs(app))).not.toContain("redisExporter");
    expect(Object.keys(imageSpecs(shop))).toContain("redisExporter");
  });

  it("is asked nothing of it, alerted of nothing and shown nothing", () => {
    expect(everything(full)).toMatch(/slipway-redis/);
    expect(everything(full)).toMatch(/proxy\|redis\|postgres/);
    expect(everything(parts)).not.toMatch(/slipway-redis|redis_|redis-exporter|proxy\|redis/);
  });
});
