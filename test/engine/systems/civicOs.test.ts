import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  keycloakStandIn,
  postgisStandIn,
  proxyBuilderStandIn,
  squidStandIn,
} from "../../../setup/images/testStandIns";
import { civicOsImages } from "../../images/civic-os/images";
import { docker } from "../harness/engine";
import { standInsOf } from "../harness/images";
import { TestStack } from "../harness/stack";
import { buildSystemImages } from "../harness/systemImages";
import { ask, type Question } from "../support/ask";
import { eventually } from "../support/eventually";
import { expectedExceptions, hardeningExceptions } from "../support/hardeningExceptions";
import { IdentityProvider } from "../support/identityProvider";
import { connectionTo, statusesFromInside, tunnelTo } from "../support/inside";
import { environmentOf, inspectAll } from "../support/inspection";
import { setSecrets } from "../support/secrets";
import { operate } from "../support/storedBackups";
import { systemChecks } from "../support/systemChecks";

const [first, second] = ["0.13.0", "0.14.0"] as const;
/** Its migration leaves what its own verification doesn't expect. */
const unverified = "0.14.0-unverified";
const ports = { http: 18510, https: 18910 };
const domains = { app: "civic.localhost", api: "api.civic.localhost" };
const webhookSecret = "whsec_only-for-tests";
const s3 = { s3PublicEndpoint: "https://files.civic.test", s3Endpoint: "http://store.civic.test:9000" };

const json = { "content-type": "application/json" };

let identity: IdentityProvider;
let stack: TestStack;
let ca: string;

beforeAll(async () => {
  await Promise.all([
    standInsOf([postgisStandIn, squidStandIn, proxyBuilderStandIn, keycloakStandIn]),
    buildSystemImages(civicOsImages, [first, second, unverified]),
  ]);
  identity = await IdentityProvider.start("civic");
  stack = await TestStack.create("civic-os", {
    ports,
    app: "civic-os",
    settings: {
      version: first,
      services: ["payment-worker"],
      domains,
      settings: {
        ...{ keycloakUrl: "https://login.civic.test", keycloakKeysUrl: identity.url },
        ...{ keycloakRealm: "civic", keycloakClientId: "pages", ...s3, s3Bucket: "uploads" },
      },
      backups: { enabled: true },
    },
  });
});

afterAll(async () => {
  await stack?.destroyAll();
  await identity?.close();
});

test("pages and API of two releases, and keys of Stripe that are none, are refused before anything is made", async () => {
  await stack.set({ images: { frontend: `ghcr.io/civic-os/frontend:${second}` } });
  await setSecrets(stack, { stripeApiKey: "pk_only-for-tests" });
  const { exitCode, output } = await stack.tryUp();
  expect(exitCode).not.toBe(0);
  for (const told of [
    `images.frontend is "ghcr.io/civic-os/frontend:${second}": it must be a pin of release ${first}, which slipway:version names`,
    `images.postgrest is missing: set it to a pin of the same release as slipway:images.frontend`,
    "secrets.stripeApiKey",
    "beginning with sk_",
    "secrets.stripeWebhookSecret",
    "secrets.s3SecretAccessKey",
  ]) {
    expect(output).toContain(told);
  }
  expect(await stack.containers()).toEqual([]);
});

describe("deployed", () => {
  beforeAll(async () => {
    await stack.set({ images: undefined });
    await setSecrets(stack, {
      ...{ s3AccessKeyId: "only-for-tests", s3SecretAccessKey: "only-for-tests-too" },
      ...{ stripeApiKey: "sk_test_only-for-tests", stripeWebhookSecret: webhookSecret },
    });
    await stack.up();
    const proxy = await stack.container("proxy");
    ca = await docker("exec", proxy.Id, "cat", "/data/caddy/pki/authorities/local/root.crt");
  });

  systemChecks(() => stack);

  test("Sqitch ran as the owner of the schema, verified it, and was done before PostgREST started", async () => {
    const [migration] = await inspectAll([(await stack.container("migration")).Id]);
    const log = await stack.logs("migration");
    expect(log).toMatch(/\+ baseline \.+ ok\n/);
    expect(log).toContain("Verify successful");
    const { State } = await stack.container("postgrest");
    expect(Date.parse(migration?.State.FinishedAt ?? "")).toBeLessThan(Date.parse(State.StartedAt));
    const owners =
      "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename IN ('issues', 'changes', 'webhooks')";
    expect(await query(owners)).toEqual(["civic_os_owner"]);
  });

  test("PostgREST's role has no right but by asking for one of its two roles", async () => {
    const attributes = "SELECT rolname, rolcanlogin, rolinherit, rolsuper FROM pg_roles";
    expect(
      await query(
        `${attributes} WHERE rolname IN ('authenticator', 'web_anon', 'authenticated') ORDER BY rolname`,
      ),
    ).toEqual(["authenticated|f|t|f", "authenticator|t|f|f", "web_anon|f|t|f"]);
    const memberships = "SELECT DISTINCT roleid::regrole::text, inherit_option FROM pg_auth_members";
    expect(await query(`${memberships} WHERE member = 'authenticator'::regrole ORDER BY 1`)).toEqual([
      "authenticated|f",
      "web_anon|f",
    ]);
    const asAuthenticator = "SET SESSION AUTHORIZATION authenticator;";
    await expect(query(`${asAuthenticator} SELECT FROM public.issues`)).rejects.toThrow(/permission denied/);
    expect(await query(`${asAuthenticator} SET ROLE web_anon; SELECT count(*) FROM public.issues`)).toContain(
      "0",
    );
  });

  test("the owner grants and configures PostgREST's two roles, and no others", async () => {
    const granted =
      "SELECT roleid::regrole, member::regrole FROM pg_auth_members WHERE grantor = 'civic_os_owner'::regrole ORDER BY roleid::regrole::text";
    expect(await query(granted)).toEqual(["authenticated|authenticator", "web_anon|authenticator"]);
    const configured =
      "SELECT setrole::regrole, setconfig FROM pg_db_role_setting WHERE setdatabase = 0 AND setconfig::text ~ 'search_path' ORDER BY setrole::regrole::text";
    const path = '{"search_path=public, postgis"}';
    expect(await query(configured)).toEqual([`authenticated|${path}`, `web_anon|${path}`]);
    const asOwner = "SET SESSION AUTHORIZATION civic_os_owner;";
    for (const sql of ["GRANT keycloak TO civic_os_owner", "ALTER ROLE worker PASSWORD 'mine'"]) {
      await expect(query(`${asOwner} ${sql}`), sql).rejects.toThrow(/permission denied/);
    }
    const where =
      "SELECT extname, extnamespace::regnamespace FROM pg_extension WHERE extname IN ('postgis', 'pgcrypto') ORDER BY 1";
    expect(await query(where)).toEqual(["pgcrypto|public", "postgis|postgis"]);
  });

  test("the workers see rows that policies hide, and what the migrations keep is all that they may change", async () => {
    const attributes = "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = 'worker'";
    expect(await query(attributes)).toEqual(["f|f|t"]);
    const users = `SELECT DISTINCT usename FROM pg_stat_activity WHERE client_addr IS NOT NULL AND usename IN ('worker', 'civic_os_app')`;
    expect(await query(users)).toEqual(["worker"]);
    const job = "INSERT INTO metadata.river_job (kind, args) VALUES ('none', '{}')";
    const count = "SELECT count(*) FROM metadata.river_job";
    const counted = async (role: string) =>
      (await query(`BEGIN; ${job}; SET LOCAL ROLE ${role}; ${count}; ROLLBACK`)).filter((line) =>
        /^[0-9]+$/.test(line),
      );
    expect(await counted("worker")).toEqual(["1"]);
    expect(await counted("civic_os_app")).toEqual(["0"]);
    await expect(query("SET ROLE worker; CREATE TABLE public.more (id int)")).rejects.toThrow(
      /permission denied/,
    );
  });

  test("everybody reads, who has logged in reports, and browsers ask from the application's pages alone", async () => {
    expect(await fetched("api", "/")).toMatchObject({ swagger: "2.0", paths: { "/issues": {} } });
    expect((await report("Pothole")).status).toBe(401);
    expect((await report("Pothole", identity.token())).status).toBe(201);
    expect((await report("Pothole", identity.token({ aud: "another" }))).status).toBe(401);
    expect((await report("Pothole", `${identity.token()}x`)).status).toBe(401);
    expect(await fetched("api", "/issues")).toMatchObject([{ title: "Pothole" }]);
    expect(await query("SELECT postgis.ST_AsText(location) FROM public.issues")).toEqual([
      "POINT(-83.69 43.01)",
    ]);
    const allowed = async (origin: string) =>
      (await request("api", "/", { headers: { origin } })).headers["access-control-allow-origin"];
    expect(await allowed(stack.originOf("app"))).toBe(stack.originOf("app"));
    expect(await allowed("https://elsewhere.test")).toBeUndefined();
  });

  test("the pages have the stack's settings, and headers that name whom they may ask", async () => {
    const { status, headers } = await request("app", "/", {});
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toContain(
      `connect-src 'self' ${stack.originOf("api")}/ https://login.civic.test ${s3.s3PublicEndpoint};`,
    );
    expect(headers["permissions-policy"]).toBe("camera=(), geolocation=(self), microphone=()");
    const { body } = await request("app", "/assets/config.js", {});
    for (const setting of [
      `postgrestUrl: "${stack.originOf("api")}/"`,
      '{ url: "https://login.civic.test", realm: "civic", clientId: "pages" }',
      "{ defaultCenter: [43.0125, -83.6875], defaultZoom: 13 }",
      `{ endpoint: "${s3.s3PublicEndpoint}", bucket: "uploads" }`,
    ]) {
      expect(body.toString()).toContain(setting);
    }
  });

  test("the worker has the usual tier, and no more connections than that while it works", async () => {
    expect(await workerSize()).toEqual({ memory: 1536, cpus: 2, workers: "4", connections: "4" });
    await query(`INSERT INTO metadata.river_job (kind, args) SELECT 'thumbnail_generate', '{}' FROM generate_series(1, 20);
      INSERT INTO metadata.river_job (kind, args) VALUES ('s3_presign', '{"key": "issues/1.jpg"}')`);
    const counts: number[] = [];
    await eventually(30_000, async () => {
      counts.push(await workerConnections());
      expect(await query("SELECT count(*) FROM metadata.river_job WHERE state <> 'completed'")).toEqual([
        "0",
      ]);
    });
    expect(Math.max(...counts)).toBe(4);
    expect(await query("SELECT result FROM metadata.river_job WHERE kind = 's3_presign'")).toEqual([
      expect.stringMatching(
        /^http:\/\/store\.civic\.test:9000\/uploads\/issues\/1\.jpg\?.*X-Amz-Credential=only-for-tests%2F[0-9]+%2Fus-east-1%2F/,
      ),
    ]);
  });
});

describe("payments", () => {
  const event = { id: "evt_1", type: "payment_intent.succeeded" };

  test("what Stripe signs is noted once, however often it tells it, and what nobody signed is refused", async () => {
    expect((await tell(event)).status).toBe(200);
    expect((await tell(event)).status).toBe(200);
    expect((await tell({ ...event, id: "evt_2" }, "whsec_another")).status).toBe(400);
    expect(await query("SELECT provider_event_id, signature_verified FROM metadata.webhooks")).toEqual([
      "evt_1|t",
    ]);
  });

  test("the exact path alone is theirs: all others are PostgREST's", async () => {
    const paths = ["/webhooks/stripe/", "/webhooks/stripe/more", "/webhooks"];
    const told: Question = { method: "POST", headers: json, body: JSON.stringify(event) };
    const answers = await Promise.all(paths.map((path) => request("api", path, told)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await fetched("api", "/webhooks")).toEqual({
      message: expect.stringContaining("webhooks"),
    });
  });

  test("413 past 1 MB, by the proxy, and past 64 KB, by the worker itself", async () => {
    const [large, larger] = await Promise.all([100_000, 1_500_000].map((size) => tell("x".repeat(size))));
    expect([large?.status, large?.headers["x-app-version"]]).toEqual([413, first]);
    expect([larger?.status, larger?.headers["x-app-version"]]).toEqual([413, undefined]);
  });

  test("429 after 100 in a minute, for that address alone", async () => {
    const url = `${stack.originOf("api")}/webhooks/stripe`;
    expect(await statusesFromInside(stack, "payment-worker", url, 108)).toEqual({ 400: 100, 429: 8 });
    expect((await tell(event)).status).toBe(200);
  });

  test("the worker reaches Stripe's API alone, and nothing without its gateway", async () => {
    expect(await tunnelTo(stack, "payment-worker", "example.com")).toBe(403);
    expect(await tunnelTo(stack, "payment-worker", "files.stripe.com")).toBe(403);
    // 200, or 503 where there is no internet.
    expect(await tunnelTo(stack, "payment-worker", "api.stripe.com")).not.toBe(403);
    expect(await connectionTo(stack, "payment-worker", "203.0.113.1")).toMatch(/^(ENETUNREACH|ETIMEDOUT)$/);
  });
});

describe("a release", () => {
  test("brings its migration, and the worker the size that the formula gives for 5 at a time", async () => {
    await stack.set({ version: second, sizes: { worker: { workers: 5 } } });
    await stack.up();
    expect(await releases()).toEqual([second, second]);
    expect(await fetched("api", "/issues")).toMatchObject([{ title: "Pothole", state: "open" }]);
    expect(await workerSize()).toEqual({ memory: 950, cpus: 1.25, workers: "5", connections: "7" });
    expect((await stack.outputs()).restorePoint).toMatchObject({ before: second });
  });

  test("is taken back with its last change, which Sqitch of the new image reverts", async () => {
    expect((await report("Lamp", identity.token())).status).toBe(201);
    const output = await operate(stack, "rollback", "--revert-migration", "--yes");
    expect(output).toMatch(/- issue-states \.+ ok/);
    expect(await releases()).toEqual([first, first]);
    const issues = (await fetched("api", "/issues")) as object[];
    expect(issues).toMatchObject([{ title: "Pothole" }, { title: "Lamp" }]);
    expect(issues[0]).not.toHaveProperty("state");
  });

  test("that isn't what its verification expects is stopped, and the change is gone", async () => {
    await stack.set({ version: unverified });
    const { exitCode, output } = await stack.tryUp();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("division by zero");
    expect(await releases()).toEqual([first, first]);
    expect(await query("SELECT change FROM metadata.changes")).toEqual(["baseline"]);
    await stack.set({ version: first });
  });
});

test("a restore brings back rows, roles and what they may do", async () => {
  await operate(stack, "backup");
  await query("DROP TABLE public.issues");
  await operate(stack, "restore", "--from", "latest", "--yes");
  expect(await fetched("api", "/issues")).toMatchObject([{ title: "Pothole" }, { title: "Lamp" }]);
  expect((await report("Sign")).status).toBe(401);
  expect((await report("Sign", identity.token())).status).toBe(201);
});

test("Keycloak in the stack: its tokens are good for PostgREST, its data are in the system's database", async () => {
  const auth = "auth.civic.localhost";
  await stack.set({ services: ["payment-worker", "keycloak"], domains: { ...domains, auth } });
  await stack.edit((document) => {
    document.setIn(["config", "slipway:settings", "keycloakKeysUrl"], "http://keycloak:8080");
    document.setIn(["config", "slipway:settings", "keycloakRealm"], "master");
  });
  await setSecrets(stack, { keycloakAdminPassword: "only-for-tests-keycloak" });
  await stack.up();

  const keycloak = (path: string, type: string, body: string, token = "") =>
    ask(`https://${auth}:${ports.https}${path}`, {
      ...{ ca, method: "POST", body },
      headers: { "content-type": type, ...(token !== "" && { authorization: `Bearer ${token}` }) },
    });
  const logIn = async (client: string): Promise<string> => {
    const login = { username: "admin", password: "only-for-tests-keycloak", scope: "openid" };
    const form = new URLSearchParams({ ...login, grant_type: "password", client_id: client }).toString();
    const type = "application/x-www-form-urlencoded";
    const { body } = await keycloak("/realms/master/protocol/openid-connect/token", type, form);
    return (JSON.parse(body.toString()) as { access_token: string }).access_token;
  };
  const client = { clientId: "pages", publicClient: true, directAccessGrantsEnabled: true };
  const administrator = await logIn("admin-cli");
  const made = await keycloak(
    "/admin/realms/master/clients",
    json["content-type"],
    JSON.stringify(client),
    administrator,
  );
  expect(made.status).toBe(201);
  expect((await report("Tree", await logIn(client.clientId))).status).toBe(201);
  expect((await report("Tree", identity.token())).status, "keys of before").toBe(401);
  const owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'keycloak'";
  expect(await query(owners)).toEqual(["keycloak"]);
  const running = (await stack.containers()).filter(({ State }) => State.Running);
  expect(await hardeningExceptions(running)).toEqual(
    expectedExceptions({ keycloak: ["the root file system is read-only"] }),
  );
});

function query(sql: string): Promise<string[]> {
  return stack.queryIn("civic_os", sql);
}

function request(domain: keyof typeof domains, path: string, question: Question) {
  return ask(stack.originOf(domain) + path, { ca, ...question });
}

async function fetched(domain: keyof typeof domains, path: string): Promise<unknown> {
  return JSON.parse((await request(domain, path, {})).body.toString());
}

/** Of the pages and of the API. */
async function releases(): Promise<unknown[]> {
  const answers = await Promise.all([request("app", "/", {}), request("api", "/", {})]);
  return answers.map(({ headers }) => headers["x-app-version"]);
}

function report(title: string, token?: string) {
  return request("api", "/issues", {
    method: "POST",
    headers: {
      ...json,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ title, location: "POINT(-83.69 43.01)" }),
  });
}

/** Sends an event as Stripe does. */
function tell(event: unknown, secret = webhookSecret) {
  const [body, time] = [JSON.stringify(event), Math.floor(Date.now() / 1000)];
  const signature = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
  return request("api", "/webhooks/stripe", {
    method: "POST",
    headers: { ...json, "stripe-signature": `t=${time},v1=${signature}` },
    body,
  });
}

async function workerSize() {
  const [worker] = await inspectAll([(await stack.container("worker")).Id]);
  if (worker === undefined) throw new Error("there is no worker");
  const { THUMBNAIL_MAX_WORKERS: workers, DB_MAX_CONNS: connections } = environmentOf(worker);
  const { Memory, NanoCpus } = worker.HostConfig;
  return { memory: Memory / 1024 ** 2, cpus: NanoCpus / 1e9, workers, connections };
}

async function workerConnections(): Promise<number> {
  const addresses = Object.values((await stack.container("worker")).NetworkSettings.Networks);
  const list = addresses.map(({ IPAddress }) => `'${IPAddress}'`).join(", ");
  const [count] = await query(`SELECT count(*) FROM pg_stat_activity WHERE client_addr IN (${list})`);
  return Number(count);
}
