import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshtrack } from "../../../apps/freshtrack";
import { objectStoreStandIn, uptimeKumaStandIn } from "../../../setup/images/testStandIns";
import { fingerprint } from "../../images/common/fingerprint.mjs";
import { freshtrackImages } from "../../images/freshtrack/images";
import type { Client } from "../harness/client";
import { docker } from "../harness/engine";
import { standInsOf } from "../harness/images";
import { TestStack } from "../harness/stack";
import { buildSystemImages } from "../harness/systemImages";
import { printTable } from "../harness/table";
import { ask, type Question } from "../support/ask";
import { eventually } from "../support/eventually";
import { metricsExceptions } from "../support/hardeningExceptions";
import { inspectAll } from "../support/inspection";
import { addressOf } from "../support/observedStack";
import { setSecrets } from "../support/secrets";
import { Store } from "../support/store";
import { inStore, operate, setStoreKey } from "../support/storedBackups";
import { systemChecks } from "../support/systemChecks";

const [first, second] = ["1.0.0", "1.1.0"] as const;
/** Its migration renames a column that those before read and write. */
const breaking = "2.0.0";
const ports = { http: 18530, https: 18930 };
const hosts = {
  app: "app.freshtrackpro.test",
  site: "freshtrackpro.test",
  api: "api.freshtrackpro.test",
  monitoring: "monitoring.freshtrackpro.test",
  status: "status.freshtrackpro.test",
};
const stackAuth = { stackAuthProjectId: "a-project", stackAuthPublishableKey: "pck_only-for-tests" };
const settings = {
  ...stackAuth,
  emailFromAddress: "noreply@freshtrackpro.test",
  telnyxMessagingProfileId: "a-profile",
  telnyxPhoneNumber: "+15551234567",
  ttnApplicationId: "freshtrack",
};
const secrets = {
  stackAuthSecretKey: "ssk_only-for-tests",
  stripeSecretKey: "sk_live_only-for-tests",
  stripeWebhookSecret: "whsec_only-for-tests",
  resendApiKey: "re_only-for-tests",
  telnyxApiKey: "KEY_only-for-tests",
  ttnApiKey: "NNSXS.only-for-tests",
  sentryDsn: "https://only-for-tests@sentry.test/1",
  // The same, so that Grafana would let in whoever the proxy passes on with a login.
  monitoringPassword: "only-for-tests-monitoring",
  grafanaAdminPassword: "only-for-tests-monitoring",
};
/** Minutes that the guide gives a rollback. */
const guidesRollback = 15;

let store: Store;
let stack: TestStack;
let ca: string;
let api: Client;

beforeAll(async () => {
  await Promise.all([
    standInsOf([objectStoreStandIn, uptimeKumaStandIn]),
    buildSystemImages(freshtrackImages, [first, second, breaking]),
  ]);
  store = await Store.start("freshtrack/backups");
  stack = await TestStack.create("freshtrack-pro", {
    ports,
    app: "freshtrack",
    settings: {
      ...inStore(store),
      version: first,
      domains: hosts,
      images: { prometheus: "prom/prometheus:v2.54.1", grafana: "grafana/grafana:11.2.0" },
      observability: { profile: "metricsOnly" },
    },
  });
  await setStoreKey(stack, store);
});

afterAll(() => Promise.all([stack?.destroyAll(), store?.remove()]));

describe("refuses, before anything is made,", () => {
  test("a stack without what Stack Auth needs, with all that is missing at once", async () => {
    const { exitCode, output } = await stack.tryUp();
    expect(exitCode).not.toBe(0);
    for (const key of [
      "secrets.stackAuthSecretKey",
      "settings.stackAuthProjectId",
      "settings.stackAuthPublishableKey",
    ]) {
      expect(output).toContain(`slipway:${key} is missing`);
    }
    expect(await stack.containers()).toEqual([]);
  });

  test("half of what a service outside needs, and a key of another kind", async () => {
    await stack.set({ settings: { ...stackAuth, telnyxPhoneNumber: settings.telnyxPhoneNumber } });
    await setSecrets(stack, {
      stackAuthSecretKey: secrets.stackAuthSecretKey,
      stripeSecretKey: "pk_live_only-for-tests",
      resendApiKey: secrets.resendApiKey,
    });
    const { exitCode, output } = await stack.tryUp();
    expect(exitCode).not.toBe(0);
    for (const problem of [
      "slipway:secrets.telnyxApiKey is missing",
      "slipway:settings.telnyxMessagingProfileId is missing",
      "slipway:settings.emailFromAddress is missing",
      "slipway:secrets.stripeWebhookSecret is missing",
      "beginning with sk_",
    ]) {
      expect(output).toContain(problem);
    }
    expect(output).not.toContain("only-for-tests");
    expect(await stack.containers()).toEqual([]);
  });
});

describe("with all it needs", () => {
  beforeAll(async () => {
    await stack.set({ settings });
    await setSecrets(stack, secrets);
    await stack.up();
    api = await stack.client("api");
    const proxy = await stack.container("proxy");
    ca = await docker("exec", proxy.Id, "cat", "/data/caddy/pki/authorities/local/root.crt");
  });

  systemChecks(() => stack, metricsExceptions);

  describe("the proxy", () => {
    test("serves the page at both its domains, and the API at its own", async () => {
      for (const domain of ["app", "site"] as const) {
        for (const path of ["/", "/signup"]) {
          const { status, body } = await at(domain, path);
          expect([domain, status, body.toString()]).toEqual([domain, 200, expect.stringContaining("root")]);
        }
      }
      const { status, body } = await at("api", "/health");
      expect([status, JSON.parse(body.toString())]).toEqual([
        200,
        { status: "healthy", database: "connected", timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
      ]);
    });

    test("gives every answer the headers that browsers keep to, and HTTP leads to HTTPS", async () => {
      for (const [domain, path] of [
        ["app", "/"],
        ["site", "/"],
        ["api", "/health"],
        ["api", "/none"],
      ] as const) {
        const { headers } = await at(domain, path);
        expect(headers).toMatchObject({
          "strict-transport-security": "max-age=31536000; includeSubDomains",
          "content-security-policy": freshtrack.headers?.["Content-Security-Policy"],
          "x-frame-options": "DENY",
          "x-content-type-options": "nosniff",
          "referrer-policy": "strict-origin-when-cross-origin",
        });
        expect(headers).not.toHaveProperty("server");
      }
      const plain = await ask(`http://${hosts.api}:${ports.http}/health`);
      expect([plain.status, plain.headers.location]).toEqual([308, `${stack.originOf("api")}/health`]);
    });

    test.each(["monitoring", "status"] as const)("asks for a login at %s", async (domain) => {
      const { monitoringLogin } = await stack.outputs();
      expect(monitoringLogin).toEqual({ username: "admin", password: secrets.monitoringPassword });
      const path = domain === "monitoring" ? "/login" : "/dashboard";
      expect((await at(domain, path)).status).toBe(401);
      expect((await at(domain, path, { headers: login("wrong-for-tests") })).status).toBe(401);
      const { status, body } = await at(domain, path, { headers: login(secrets.monitoringPassword) });
      expect([status, body.toString()]).toEqual([
        200,
        expect.stringContaining(domain === "monitoring" ? "Grafana" : "Uptime Kuma"),
      ]);
    });

    test("keeps the login to itself: Grafana asks for its own", async () => {
      const { status, body } = await at("monitoring", "/", { headers: login(secrets.monitoringPassword) });
      expect([status, body.toString()]).toEqual([401, expect.stringContaining("Invalid username")]);
    });
  });

  describe("the API", () => {
    test("has what the stack sets, its keys as files that it alone may read", async () => {
      expect(JSON.parse((await api.get("/api/settings")).body)).toEqual({
        services: ["stripe", "resend", "telnyx", "ttn", "sentry"],
        stackAuth: {
          project: stackAuth.stackAuthProjectId,
          publishableKey: stackAuth.stackAuthPublishableKey,
          secretKey: fingerprint(secrets.stackAuthSecretKey),
        },
        addresses: [
          stack.originOf("app"),
          stack.originOf("app"),
          stack.originOf("api"),
          `${stack.originOf("api")}/api/webhooks/ttn`,
        ],
        phone: settings.telnyxPhoneNumber,
        connections: 20,
      });
      const { Id } = await stack.container("backend");
      const files = await docker("exec", Id, "sh", "-c", "cd /run/secrets/backend && stat -c '%n %a %u' *");
      expect(files.split("\n")).toEqual([
        "JWT_SECRET_FILE 400 1000",
        "MINIO_ACCESS_KEY_FILE 400 1000",
        "MINIO_SECRET_KEY_FILE 400 1000",
        "STACK_AUTH_SECRET_KEY_FILE 400 1000",
      ]);
    });

    test("lets pages of the two domains of the application read its answers, and no other", async () => {
      const allowed = async (origin: string) =>
        (await at("api", "/api/alerts", { headers: { origin } })).headers["access-control-allow-origin"];
      for (const domain of ["app", "site"]) {
        expect(await allowed(stack.originOf(domain))).toBe(stack.originOf(domain));
      }
      expect(await allowed("https://evil.example")).toBeUndefined();
    });

    test("keeps files in the object store, which answers nobody without its keys", async () => {
      expect(await upload("notes.bin", Buffer.from([0, 1, 255]))).toBe(201);
      expect((await at("api", "/api/files/notes.bin")).body).toEqual(Buffer.from([0, 1, 255]));
      const { Id } = await stack.container("backend");
      for (const path of ["", "/notes.bin"]) {
        const asked = docker("exec", Id, "curl", `http://object-store:9000/frostguard${path}`);
        await expect(asked).rejects.toThrow(/403 .*AccessDenied/s);
      }
      const { NetworkSettings } = await stack.container("object-store");
      expect(Object.keys(NetworkSettings.Networks)).toEqual([`freshtrack-${stack.name}-data`]);
    });

    test("has the worker look at readings, also those that a webhook brings", async () => {
      const { id: cold } = await reading("cellar", 4);
      const { id: warm } = await reading("cellar", 12.5);
      const uplink = {
        end_device_ids: { device_id: "cellar" },
        uplink_message: { decoded_payload: { temperature: 9 } },
      };
      const webhook = await api.post("/api/webhooks/ttn", uplink);
      const { id: brought } = JSON.parse(webhook.body) as { id: string };
      await eventually(10_000, async () => expect(await alerts()).toEqual([brought, warm]));
      expect((await readings("cellar")).map(({ id }) => id)).toEqual([brought, warm, cold]);
    });
  });

  describe("what is behind it", () => {
    test("its tables are those of a role of their own, and Postgres counts what queries take", async () => {
      const owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'";
      expect(await stack.queryIn("frostguard", owners)).toEqual(["frostguard_owner"]);
      const counted =
        "SELECT calls > 0 FROM pg_stat_statements WHERE query LIKE 'INSERT INTO temperature_readings%'";
      expect(await stack.queryIn("frostguard", counted)).toEqual(["t"]);
      const indexed = "SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_readings_unit_timestamp'";
      expect(await stack.queryIn("frostguard", indexed)).toEqual(["1"]);
    });

    test("every log is three files of 10 MB at most", async () => {
      const ids = (await stack.containers()).map(({ Id }) => Id);
      const kept = (await inspectAll(ids)).map(({ HostConfig: { LogConfig } }) => [
        LogConfig.Type,
        LogConfig.Config["max-size"],
        LogConfig.Config["max-file"],
      ]);
      expect(new Set(kept.map((one) => one.join(" ")))).toEqual(new Set(["json-file 10m 3"]));
    });

    test("alerts begin where its guide has them, and ask the API how it does", async () => {
      const address = `http://${await addressOf(stack, "prometheus")}:9090`;
      const { data } = (await (await fetch(`${address}/api/v1/rules?type=alert`)).json()) as {
        data: { groups: { rules: { name: string; query: string }[] }[] };
      };
      const query = (alert: string) =>
        data.groups.flatMap(({ rules }) => rules).find(({ name }) => name === alert)?.query;
      expect(query("ErrorRateHigh")).toContain("host:requests:rate5m > 1 ");
      expect(query("LatencyHigh")).toContain("p95_rate5m > 0.5 ");
      expect(query("PostgresConnectionsHigh")).toMatch(/> 80$/);
      expect(query("DiskSpaceLow")).toContain("< 20 ");
      const targets = await (await fetch(`${address}/api/v1/targets?state=active`)).text();
      const probed = [...targets.matchAll(/"instance":"(https:[^"]+)"/g)].map(([, url]) => url);
      expect(new Set(probed)).toEqual(
        new Set([
          `${stack.originOf("api")}/health`,
          `${stack.originOf("app")}/`,
          `${stack.originOf("site")}/`,
        ]),
      );
    });
  });

  describe("what people have stored", () => {
    test("is in the store off the machine, encrypted, and files come back from there", async () => {
      await upload("logo.png", Buffer.from("before"));
      await operate(stack, "backup");
      expect((await store.keys("freshtrack/backups/snapshots/")).length).toBeGreaterThan(0);
      await upload("logo.png", Buffer.from("spoilt"));
      const options = ["--from", "latest", "--repository", "s3", "--volume", "object-store", "--yes"];
      await operate(stack, "restore", ...options);
      expect((await at("api", "/api/files/logo.png")).body.toString()).toBe("before");
    });

    test("outlives a release", async () => {
      const before = await readings("cellar");
      await stack.set({ version: second });
      await stack.up();
      expect((await api.get("/health")).release).toBe(second);
      expect(await readings("cellar")).toEqual(before);
      expect(await releases()).toEqual({ backend: second, worker: second, frontend: second });
    });

    test("is as it was before a release that broke the old one, in less than the guide's 15 minutes", async () => {
      const before = await readings("cellar");
      await stack.set({ version: breaking });
      await stack.up();
      expect((await api.get("/health")).release).toBe(breaking);
      await reading("cellar", 3);
      const refused = await stack.operation("rollback", "--stack", stack.name, "--yes");
      expect([refused.exitCode, refused.output]).toEqual([1, expect.stringContaining("--restore-database")]);

      const started = performance.now();
      await operate(stack, "rollback", "--restore-database", "--yes");
      expect((await api.get("/health")).release).toBe(second);
      const seconds = (performance.now() - started) / 1000;
      expect(await readings("cellar")).toEqual(before);
      const { id: warm } = await reading("cellar", 11);
      await eventually(10_000, async () => expect(await alerts()).toContain(warm));
      expect(await releases()).toEqual({ backend: second, worker: second, frontend: second });
      printTable("A rollback of FreshTrack Pro with its database, until it serves again", [
        ["in all, s"],
        [seconds.toFixed(1)],
      ]);
      expect(seconds).toBeLessThan(guidesRollback * 60);
    });
  });
});

function at(domain: keyof typeof hosts, path: string, question: Question = {}) {
  return ask(stack.originOf(domain) + path, { ca, ...question });
}

function login(password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` };
}

async function upload(name: string, body: Buffer): Promise<number> {
  const headers = { "content-type": "application/octet-stream" };
  return (await at("api", `/api/files/${name}`, { method: "POST", headers, body })).status;
}

async function reading(unit: string, celsius: number): Promise<{ readonly id: string }> {
  const { status, body } = await api.post("/api/readings", { unit, celsius });
  expect(status, body).toBe(201);
  return JSON.parse(body) as { id: string };
}

async function readings(unit: string): Promise<readonly { readonly id: string }[]> {
  return JSON.parse((await api.get(`/api/readings?unit=${unit}`)).body) as { id: string }[];
}

/** Readings that are too warm, the last first. */
async function alerts(): Promise<readonly string[]> {
  const found = JSON.parse((await api.get("/api/alerts")).body) as { reading: string }[];
  return found.map(({ reading }) => reading);
}

/** Of what serves. */
async function releases(): Promise<Record<string, string | undefined>> {
  const services = Object.keys(freshtrack.services);
  const found = await Promise.all(services.map((service) => stack.container(service)));
  return Object.fromEntries(
    found.map(({ Config }, index) => [services[index], Config.Labels["slipway.release"]]),
  );
}
