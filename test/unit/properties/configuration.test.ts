import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { catalog } from "../../../apps/catalog";
import { ConfigurationError } from "../../../lib/configurationErrors";
import { defaultThresholds } from "../../../lib/observability/thresholds";
import { configured, problems } from "../configured";
import { project, revealed, secret } from "../mocks";
import { type GoodSettings, settings } from "./arbitraries";
import { mutated, mutations } from "./mutations";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What the good settings must come back as: numbers that are given as text are numbers. */
function expected({ secrets: _, app: __, ...good }: GoodSettings): unknown {
  const numeric = new Set(["replicas", "resources", "ports", "timeouts"]);
  const amounts = new Set([
    ...["metricsDays", "metricsGigabytes", "logsDays", "tracesDays"],
    ...["daily", "weekly", "monthly", "restorePoints"],
    ...Object.keys(defaultThresholds),
  ]);
  return JSON.parse(JSON.stringify(good), function (key, value: unknown) {
    if (typeof value === "string" && amounts.has(key)) return Number(value);
    if (typeof value !== "string" || !/^[0-9]+$/.test(value)) return value;
    const inNumbers = numeric.has(key) || ["memory", "port", "http", "https"].includes(key);
    const inGroup = ["backend", "frontend", "ready", "drain", "migration"].includes(key);
    return inNumbers || (inGroup && !("tls" in (this as object))) ? Number(value) : value;
  });
}

describe("a bad configuration", () => {
  it("is refused, and every mistake is told by its key", () => {
    fc.assert(
      fc.property(settings, mutations, (good, mistakes) => {
        const found = problems(mutated(good, mistakes));
        for (const { key } of mistakes) {
          const named = found.some((problem) => problem.startsWith(`${project}:${key} `));
          expect(named, `${key} in ${found.join("\n")}`).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("never shows what is in secrets", () => {
    const canary = fc.string({ maxLength: 8 }).map((text) => `canary ${text}`);
    const bad = fc.oneof(
      canary,
      fc.array(canary),
      fc.dictionary(fc.constantFrom("redisPassword", "x"), canary),
    );
    fc.assert(
      fc.property(settings, bad, fc.boolean(), (good, secrets, encrypted) => {
        const found = problems({ ...good, secrets }, encrypted ? ["secrets"] : []);
        expect(found.join("\n")).not.toContain("canary");
      }),
      { numRuns: 200 },
    );
  });

  it("is told of the system alone while that is unknown", () => {
    fc.assert(
      fc.property(settings, fc.string({ minLength: 1 }), (good, app) => {
        // What is JSON comes as what it stands for.
        fc.pre(app !== "clubhouse" && !/^\s*[[{]/.test(app));
        const [problem, ...others] = problems({ ...good, app, ports: "x" });
        expect(problem).toContain(
          `slipway:app is ${JSON.stringify(app)}: it must be one of ${Object.keys(catalog).join(", ")}`,
        );
        expect(others).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("anything at all", () => {
  const names = ["app", "host", "domains", "images", "imageMirror", "replicas", "resources", "registries"];
  const others = [
    "secrets",
    "postgres",
    "tls",
    "ports",
    "bootstrapAdmin",
    "timeouts",
    "observability",
    "backups",
    "migrations",
    ...["version", "services", "settings", "sizes"],
    "__proto__",
    "constructor",
  ];
  const key = fc.oneof(fc.constantFrom(...names, ...others), fc.string());
  const value = fc.oneof(fc.jsonValue(), fc.string(), fc.json());

  it("as its values is taken or refused with a ConfigurationError", () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 6 }), fc.boolean(), (given, named) => {
        try {
          configured(named ? { ...given, app: "clubhouse" } : given);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("in one place of a good one is taken or refused with a ConfigurationError", () => {
    fc.assert(
      fc.property(settings, key, value, (good, place, given) => {
        try {
          configured({ ...good, app: "clubhouse", [place]: given });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a good configuration", () => {
  it("is accepted, with the values that it has", () => {
    fc.assert(
      fc.property(settings, (good) => {
        const { secrets, ...config } = configured(good);
        expect(config).toMatchObject(expected(good) as object);
        expect(Object.keys(secrets).sort()).toEqual(Object.keys(good.secrets ?? {}).sort());
      }),
      { numRuns: 500 },
    );
  });

  it("keeps its secrets secret", async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (good) => {
        const { secrets } = configured(good);
        const values = await Promise.all(Object.values(secrets).map((value) => revealed(value)));
        expect(values).toEqual(
          Object.keys(secrets).map((name) => secret(Reflect.get(good.secrets ?? {}, name))),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("does not depend on the order of its keys", () => {
    fc.assert(
      fc.property(settings, (good) => {
        const reversed = Object.fromEntries(Object.entries(good).reverse());
        const { secrets: _, ...one } = configured(good);
        const { secrets: __, ...other } = configured(reversed);
        expect(other).toEqual(one);
      }),
      { numRuns: 100 },
    );
  });
});
