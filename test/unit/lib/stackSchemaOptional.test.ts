import { describe, expect, it } from "vitest";
import { managingPostgresPinForm } from "../../../lib/postgresVersion";
import { market } from "../market";
import { parsed, problems } from "../shopSettings";

const paying = {
  services: ["payments"],
  "domains.pay": "pay.example.com",
  "images.payments": "ghcr.io/market/payments:1.0.0",
  "images.page": "ghcr.io/market/page:1.0.0",
  "secrets.payKey": "sk_live_12345678",
  "secrets.hookKey": "whsec_12345678",
};
const lean = { "images.page": "ghcr.io/market/page:1.0.0" };

describe("the services of a stack", () => {
  const form = "a list of optional services, of payments, mailer";
  it("are those that aren't optional, and those that it names", () => {
    expect(problems(lean, market)).toEqual([]);
    expect(problems(paying, market)).toEqual([]);
    expect(parsed(paying, market).services).toEqual(["payments"]);
  });

  it.each([
    [["paymnts"], `; paymnts is none. Did you mean payments?`],
    [["api"], "; api is none"],
    ["payments", ""],
    [{ payments: true }, ""],
  ])("are refused where they are %j", (services, detail) => {
    expect(problems({ ...lean, services }, market)).toEqual([
      `slipway:services is ${JSON.stringify(services)}: it must be ${form}${detail}`,
    ]);
  });

  it("are none of those of a system that has none", () => {
    expect(problems({ services: ["api"] })).toEqual([
      'slipway:services is ["api"]: it must be left out: shop has no optional services; api is none',
    ]);
  });

  it("have their keys refused while they are off, by whose they are", () => {
    const { services: _, "images.page": page, ...keys } = paying;
    const more = {
      "replicas.payments": 2,
      "settings.sender": "a@example.com",
      "resources.mailer.memory": 64,
    };
    const told = [...problems({ ...keys, ...more, "images.page": page }, market)].sort();
    expect(told).toEqual(
      [...Object.keys(keys), "replicas.payments", "settings.sender", "resources.mailer"]
        .map((key) => {
          const service = /sender|mailer/.test(key) ? "mailer" : "payments";
          return `slipway:${key} belongs to service ${service}, which is off: add it to slipway:services, or take the key out`;
        })
        .sort(),
    );
  });
});

describe("the version of a stack", () => {
  it("pins the images that have releases, unless the stack does", () => {
    const { images: pins } = parsed({ version: "1.2.0", images: {} }, market);
    expect(pins).toMatchObject({
      api: "ghcr.io/market/api:1.2.0",
      page: "ghcr.io/market/page:1.2.0",
      postgres: "postgres:17.10-bookworm",
    });
    expect(parsed({ version: "1.2.0", "images.api": "other/api:1.2.0" }, market).images.api).toBe(
      "other/api:1.2.0",
    );
  });

  it("is asked for where such an image has no pin", () => {
    const [problem, ...others] = problems({ ...lean, "images.api": undefined }, market);
    expect(problem).toMatch(/^slipway:images\.api is missing: .*; or set slipway:version, its release /);
    expect(others).toEqual([]);
  });

  it("is refused where it is no release, or no image has releases", () => {
    const form = "a release as the tag of its image has it, such as 1.2.0";
    expect(problems({ ...lean, version: "1.2 0" }, market)).toEqual([
      `slipway:version is "1.2 0": it must be ${form}`,
    ]);
    expect(problems({ version: "1.2.0" })).toEqual([
      'slipway:version is "1.2.0": it must be left out: no image of shop has releases that it could name',
    ]);
  });

  it("is that of all pins of such images, or the next version would change nothing", () => {
    const digest = `sha256:${"4".repeat(64)}`;
    const versioned = { version: "1.2.0", "images.api": `a/api:1.2.0@${digest}` };
    expect(problems(versioned, market)).toEqual([]);
    expect(problems({ ...versioned, version: "1.3.0" }, { ...market, lockstep: [] })).toEqual([
      `slipway:images.api is "a/api:1.2.0@${digest}": it must be a pin of release 1.3.0, which slipway:version names, or left out for ghcr.io/market/api:1.3.0`,
    ]);
  });

  it("must be that of all images that are released together", () => {
    expect(problems({ version: "1.2.0", "images.api": "a/api:1.1.0" }, market)).toEqual([
      'slipway:images.api is "a/api:1.1.0": it must be a pin of release 1.2.0, which slipway:version names, or left out for ghcr.io/market/api:1.2.0',
      "slipway:images.page is missing: set it to a pin of the same release as slipway:images.api, which is a/api:1.1.0; it is ghcr.io/market/page:1.2.0 now (pulumi config set --path 'images.page' <value>)",
    ]);
    expect(problems({ "images.page": "a/page:1.1.0" }, market)).toEqual([
      'slipway:images.page is "a/page:1.1.0": it must be a pin of the same release as slipway:images.api, which is ghcr.io/org/api:1.0.0; it is a/page:1.1.0 now',
    ]);
  });
});

it("runs a Postgres in which its owner can manage roles, where it does", () => {
  const managing = {
    ...market,
    postgres: { ...market.postgres, roles: { visitor: {} }, ownerManagesRoles: true },
  };
  expect(problems({ ...lean, "images.postgres": "postgres:16.10" }, managing)).toEqual([]);
  expect(problems({ ...lean, "images.postgres": "postgres:15.14" }, managing)).toEqual([
    `slipway:images.postgres is "postgres:15.14": it must be ${managingPostgresPinForm}`,
  ]);
});

describe("settings", () => {
  const mailing = { ...lean, services: ["mailer"], "settings.sender": "shop@example.com" };

  it("have defaults, and are text whatever Pulumi takes them for", () => {
    expect(parsed(mailing, market).settings).toEqual({
      language: "en",
      mapUrl: undefined,
      retries: "3",
      sender: "shop@example.com",
    });
    expect(parsed({ ...mailing, "settings.retries": 5 }, market).settings.retries).toBe("5");
  });

  it.each([
    ["language", "fr", "one of en, de"],
    ["mapUrl", "maps.example.com", "an http or https URL"],
    ["retries", "often", "a whole number"],
    ["retries", 1.5, "a whole number"],
    ["sender", "shop", "an e-mail address"],
    ["sender", [], "an e-mail address"],
  ])("refuse %s with the value %j", (name, value, form) => {
    expect(problems({ ...mailing, [`settings.${name}`]: value }, market)).toContain(
      `slipway:settings.${name} is ${JSON.stringify(value)}: it must be ${form}`,
    );
  });

  it("are asked for where the system requires them", () => {
    expect(problems({ ...mailing, "settings.sender": undefined }, market)).toEqual([
      "slipway:settings.sender is missing: set it to an e-mail address (pulumi config set --path 'settings.sender' <value>)",
    ]);
  });
});

describe("a secret", () => {
  it("of another kind than is wanted is noticed by its beginning, and never shown", () => {
    expect(problems({ ...paying, "secrets.payKey": "pk_live_12345678" }, market)).toEqual([
      "slipway:secrets.payKey is [secret]: it must be 8 to 512 printable characters without spaces, beginning with sk_",
    ]);
  });

  it("of 32 bytes in hexadecimal is one", () => {
    expect(problems({ ...lean, "secrets.paySeal": "0f".repeat(32) }, market)).toEqual([]);
    for (const bad of ["0f", "0F".repeat(32), "xy".repeat(32)]) {
      expect(problems({ ...lean, "secrets.paySeal": bad }, market)).toEqual([
        "slipway:secrets.paySeal is [secret]: it must be 32 bytes in lower case hexadecimal, as `openssl rand -hex 32` prints",
      ]);
    }
  });

  it("and what goes together with it are all set, or none", () => {
    const together = (missing: string, set: string, flag = "") =>
      `slipway:${missing} is missing: set it to something too, or take out slipway:${set}: all of what goes together is set, or nothing (pulumi config set${flag} --path '${missing}' <value>)`;
    const maps = { "secrets.mapKey": "a-key-to-maps", "settings.mapUrl": "https://maps.example.com" };
    expect(problems({ ...lean, ...maps }, market)).toEqual([]);
    expect(problems({ ...lean, ...maps, "settings.mapUrl": undefined }, market)).toEqual([
      together("settings.mapUrl", "secrets.mapKey"),
    ]);
    expect(problems({ ...lean, ...maps, "secrets.mapKey": undefined }, market)).toEqual([
      together("secrets.mapKey", "settings.mapUrl", " --secret"),
    ]);
  });
});

describe("the size of a service", () => {
  const mailing = { ...lean, services: ["mailer"], "settings.sender": "shop@example.com" };
  const form = "a group with either tier (one of small, large) or workers (how many jobs at a time)";

  it("is a tier, or so many workers", () => {
    expect(problems({ ...mailing, "sizes.mailer.tier": "large" }, market)).toEqual([]);
    expect(parsed({ ...mailing, "sizes.mailer.workers": "5" }, market).sizes).toEqual({
      mailer: { workers: 5 },
    });
  });

  it.each<[string, unknown, string]>([
    ["sizes.mailer", {}, form],
    ["sizes.mailer", { tier: "small", workers: 3 }, form],
    ["sizes.mailer", "small", form],
    ["sizes.mailer.tier", "huge", "one of small, large"],
    ["sizes.mailer.workers", 0, "a whole number from 1 to 1000"],
  ])("refuses %s with the value %j", (key, value, allowed) => {
    expect(problems({ ...mailing, [key]: value }, market)).toEqual([
      `slipway:${key} is ${JSON.stringify(value)}: it must be ${allowed}`,
    ]);
  });

  it("is none of a service that has none", () => {
    expect(problems({ ...mailing, "sizes.api.workers": 3 }, market)).toEqual([
      "slipway:sizes.api is not a known key. Allowed are mailer.",
    ]);
  });
});

it("has the defaults of the system", () => {
  const defaults = { ready: 60, keep: { daily: 30, restorePoints: 3 }, thresholds: { disk: 15 } };
  const { timeouts, backups, observability } = parsed({}, { ...market, lockstep: [], defaults });
  expect(timeouts.ready).toBe(60);
  expect(backups.keep).toEqual({ daily: 30, weekly: 4, monthly: 6, restorePoints: 3 });
  expect(observability.thresholds).toMatchObject({ disk: 15, memory: 85 });
});

it("has no key of Redis or an object store where the system has none", () => {
  const { redis: _, ...app } = market;
  const store = { image: "mailer", buckets: [], resources: { memory: 256, cpus: 1 } };
  const keys = ["resources.redis.memory", "resources.redisExporter.memory"];
  for (const key of keys) {
    expect(problems({ ...lean, [key]: 64 }, app)[0]).toContain("is not a known key");
    expect(problems({ ...lean, [key]: 64 }, market)).toEqual([]);
  }
  expect(problems({ ...lean, "images.redisExporter": "exporter:1" }, app)).toHaveLength(1);
  expect(problems({ ...lean, "secrets.redisPassword": "a-password" }, app)).toHaveLength(1);
  const stored = { ...app, objectStore: store };
  const keysOfStore = { "resources.object-store.memory": 64, "secrets.objectStoreSecretKey": "a-secret-key" };
  expect(problems({ ...lean, ...keysOfStore }, stored)).toEqual([]);
  expect(problems({ ...lean, ...keysOfStore }, app)).toHaveLength(2);
});
