import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callBackup } from "../../../operations/steps/backupService";
import { proxyBuilderStandIn, togatherPostgresStandIn } from "../../../setup/images/testStandIns";
import { togatherImages } from "../../images/togather/images";
import type { Answer, Client } from "../harness/client";
import { docker } from "../harness/engine";
import { standInsOf } from "../harness/images";
import { TestStack } from "../harness/stack";
import { buildSystemImages } from "../harness/systemImages";
import { statusesFromInside } from "../support/askedFromInside";
import { operate } from "../support/storedBackups";
import { systemChecks } from "../support/systemChecks";

const first = "v1.0.0";
/** Has the first one's schema. */
const hotfix = "v1.0.1";
/** Has a migration of its own. */
const second = "v1.1.0";
const failing = "v1.1.0-failing-migration";

const ports = { http: 18501, https: 18861 };

let stack: TestStack;
let client: Client;
let firstUpdate: string;

beforeAll(async () => {
  await Promise.all([
    standInsOf([togatherPostgresStandIn, proxyBuilderStandIn]),
    buildSystemImages(togatherImages, [first, hotfix, second, failing]),
  ]);
  stack = await TestStack.create("togather", {
    ports,
    app: "togather",
    settings: {
      domains: { app: "togather.localhost" },
      version: first,
      images: { postgres: togatherPostgresStandIn.image },
      settings: { environment: "staging", logLevel: "debug" },
      backups: { enabled: true },
    },
  });
  firstUpdate = await stack.up();
  client = await stack.client();
});

afterAll(() => stack?.destroyAll());

systemChecks(() => stack);

test("/health tells everybody as JSON how server, database, migrations and jobs do", async () => {
  const { status, body } = await client.get("/health");
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual({
    status: "healthy",
    version: first,
    database: "connected",
    migrations: "up-to-date",
    jobs: "operational",
    uptime: expect.any(Number),
  });
});

test("the server's metrics are nobody's outside", async () => {
  expect((await client.get("/metrics")).status).toBe(404);
  const { Id } = await stack.container("server");
  const ask = ["wget", "-q", "-O", "-", "http://127.0.0.1:8080/metrics"];
  expect(await docker("exec", Id, ...ask)).toContain("togather_database_waiting 0");
});

test("the server is asked every two seconds whether it is well", async () => {
  const format = "{{.Config.Healthcheck.Interval}} {{.State.Health.Status}}";
  const { Id } = await stack.container("server");
  expect(await docker("inspect", "--format", format, Id)).toBe("2s healthy");
});

test("the server has the stack's settings, and believes no stranger who he is", async () => {
  const { body } = await client.get("/whoami", { headers: { "x-forwarded-for": "203.0.113.7" } });
  const { address, ...known } = JSON.parse(body);
  expect(known).toEqual({ environment: "staging", base: stack.origin, origins: [stack.origin] });
  expect(address).not.toBe("203.0.113.7");
  expect(address).not.toBe(await addressOf("proxy"));
});

test("the server's role works with PostGIS, pgvector and pg_trgm, and changes no schema", async () => {
  const extensions = await stack.query("SELECT extname FROM pg_extension");
  expect(extensions).toEqual(expect.arrayContaining(["postgis", "vector", "pg_trgm"]));

  expect((await client.post("/api/v1/events", events[0])).status).toBe(401);
  for (const event of events) expect((await addEvent(event)).status).toBe(201);
  expect(await found("longitude=-79.39&latitude=43.65")).toEqual(["Night market"]);
  expect(await found("like=Nihgt%20market")).toEqual(["Night market"]);
  expect(await found("meaning=[0,1,0]")).toEqual(["Reading", "Night market"]);

  const privileges = "has_schema_privilege('togather_app', 'public', 'USAGE, CREATE'), rolsuper";
  expect(await stack.query(`SELECT ${privileges} FROM pg_roles WHERE rolname = 'togather_app'`)).toEqual([
    "t|f",
  ]);
  await expect(
    stack.query("SET ROLE togather_app; ALTER TABLE events ADD COLUMN other text"),
  ).rejects.toThrow(/must be owner of table events/);
});

test("golang-migrate has run as the owner of the schema, and no list of processes showed a password", async () => {
  expect(await schema()).toEqual(["1|f"]);
  expect(firstUpdate, "extensions' tables are nothing to go back to").not.toContain("Restore point");
  const owners =
    "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename IN ('events', 'schema_migrations')";
  expect(await stack.query(owners)).toEqual(["togather_owner"]);
  const args = await docker("inspect", "--format", "{{json .Args}}", (await stack.container("migration")).Id);
  expect(JSON.parse(args)).toEqual(["-path", "/migrations", "-database", "postgres:///", "up"]);
});

test("429 after five logins in a quarter of an hour and 300 requests in a minute, for that address alone", async () => {
  const inside = {
    client: (await stack.container("server")).Id,
    proxy: await addressOf("proxy"),
    origin: stack.origin,
  };
  const login = { method: "POST", path: "/api/v1/admin/login", count: 8 } as const;
  expect(await statusesFromInside({ ...inside, ...login })).toEqual({ 401: 5, 429: 3 });
  const other = { method: "GET", path: "/healthz", count: 320 } as const;
  expect(await statusesFromInside({ ...inside, ...other })).toEqual({ 200: 300, 429: 20 });
  expect((await client.post("/api/v1/admin/login", { apiKey: "wrong" })).status).toBe(401);
  expect((await client.get("/healthz")).status).toBe(200);
});

describe("a migration that fails", () => {
  let output: string;

  beforeAll(async () => {
    await stack.set({ version: failing });
    ({ output } = await stack.tryUp());
  });

  test("stops the update before any container of the release, and the one before serves on", async () => {
    expect(output).toContain(`Migration, release ${failing}, ended with exit code 1: the update stops here`);
    expect(await found("like=Reading")).toEqual(["Reading"]);
    // What would take it out of service, if the proxy asked for it.
    expect(await client.get("/health")).toMatchObject({ status: 503, release: first });
    expect(await stack.containers("server")).toHaveLength(1);
  });

  test("leaves nothing half done, but the mark of golang-migrate that it was begun", async () => {
    expect(await stack.query("SELECT to_regclass('half') IS NULL")).toEqual(["t"]);
    expect(await schema()).toEqual(["2|t"]);
  });

  test("has no secret in what the update shows of its log", async () => {
    for (const shown of [
      "DATABASE_URL=[redacted]",
      "JWT_SECRET=[redacted]",
      "ADMIN_API_KEY=[redacted]",
      "password=[redacted]",
      "Authorization: Bearer [redacted]",
    ]) {
      expect(output).toContain(shown);
    }
    expect(output).not.toContain("told-");
  });

  test("is undone by its restore point: the mark is gone, the data are those of before", async () => {
    await addEvent({ ...events[0], name: "Written after it" });
    await operate(stack, "restore", "--before", failing, "--yes");
    expect(await schema()).toEqual(["1|f"]);
    expect(await found("")).toEqual(["Night market", "Reading"]);
    expect(JSON.parse((await client.get("/health")).body)).toMatchObject({ status: "healthy" });
  });
});

describe("a release", () => {
  test("isn't begun beside a migration that still runs, unless it is forced", async () => {
    const labels = { system: "togather", stack: stack.name, service: "migration" };
    const options = Object.entries(labels).flatMap(([name, value]) => [
      "--label",
      `slipway.${name}=${value}`,
    ]);
    const image = (await stack.container("server")).Config.Image;
    const left = await docker(
      "run",
      "--detach",
      "--init",
      "--entrypoint",
      "sleep",
      ...options,
      image,
      "3600",
    );
    await stack.set({ version: second });
    const refused = await stack.tryUp();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain("another deployment's is still running");
    expect((await client.get("/healthz")).release).toBe(first);

    await stack.set({ migrations: { force: true } });
    expect(await stack.up()).toContain("Stopped what was still running");
    await docker("rm", left);
    expect((await client.get("/healthz")).release).toBe(second);
    expect(await schema()).toEqual(["2|f"]);
  });

  test("is in the output of the stack and in the file on the host, with the one before it", async () => {
    const { deployment, restorePoint } = await stack.outputs();
    expect(deployment).toMatchObject({
      deploymentId: expect.stringMatching(/^\d{8}_\d{6}_v1\.1\.0$/),
      stack: stack.name,
      version: second,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      deployedBy: expect.stringMatching(/.+/),
      previous: { version: first },
    });
    const proxy = (await stack.container("proxy")).Id;
    expect(JSON.parse(await docker("exec", proxy, "cat", "/etc/caddy/deployment.json"))).toEqual(deployment);
    expect(restorePoint).toMatchObject({ before: second });
  });

  test("is rolled back with its migration, by its own image", async () => {
    await operate(stack, "rollback", "--revert-migration", "--yes");
    expect((await client.get("/healthz")).release).toBe(first);
    expect(await schema()).toEqual(["1|f"]);
    expect(await found("")).toEqual(["Night market", "Reading"]);
  });
});

describe("with the migration left out", () => {
  test("a hotfix is released, and neither migration nor dump is made", async () => {
    const before = await restorePoints();
    await stack.set({ version: hotfix, migrations: { skip: true } });
    await stack.up();
    expect((await client.get("/healthz")).release).toBe(hotfix);
    expect(await stack.containers("migration")).toEqual([]);
    expect(before.length).toBeGreaterThan(0);
    expect(await restorePoints()).toEqual(before);
  });

  test("a release that needs one never gets a request", async () => {
    await stack.set({ version: second, timeouts: { ready: 10 } });
    const { exitCode, output } = await stack.tryUp();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("The release did not pass its startup checks within 10 s");
    expect(output).toContain('migrations is "pending", expected "up-to-date"');
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.get("/healthz")));
    expect(new Set(answers.map(({ release }) => release))).toEqual(new Set([hotfix]));
    expect(await stack.containers("server")).toHaveLength(2);
  });
});

const events = [
  { name: "Night market", longitude: -79.38, latitude: 43.65, meaning: [1, 0, 0] },
  { name: "Reading", longitude: -73.57, latitude: 45.5, meaning: [0, 1, 0] },
];

let token: string | undefined;

async function addEvent(event: unknown): Promise<Answer> {
  token ??= await logIn();
  return client.post("/api/v1/events", event, { headers: { authorization: `Bearer ${token}` } });
}

async function logIn(): Promise<string> {
  const { Config } = await stack.container("server");
  const apiKey = Config.Env?.find((variable) => variable.startsWith("ADMIN_API_KEY="))?.split("=")[1];
  const { body } = await client.post("/api/v1/admin/login", { apiKey });
  return (JSON.parse(body) as { token: string }).token;
}

/** Names of the events that a search finds. */
async function found(query: string): Promise<unknown> {
  return JSON.parse((await client.get(`/api/v1/events?${query}`)).body);
}

/** Version of the schema, and whether a migration to it was begun and not ended. */
function schema(): Promise<string[]> {
  return stack.query("SELECT version, dirty FROM schema_migrations");
}

async function restorePoints(): Promise<string[]> {
  const entries = await callBackup(`togather-${stack.name}-backup`, "list", {});
  return entries.filter(({ reason }) => reason === "restore-point").map(({ run }) => run);
}

async function addressOf(service: string): Promise<string | undefined> {
  const { NetworkSettings } = await stack.container(service);
  return NetworkSettings.Networks[`togather-${stack.name}-edge`]?.IPAddress;
}
