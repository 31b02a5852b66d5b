import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clubhouse } from "../../../apps/clubhouse";
import { mapValues } from "../../../lib/records";
import { docker, type Inspection } from "../harness/engine";
import { buildReleases, imageMirror } from "../harness/images";
import { TestStack } from "../harness/stack";
import { ask } from "../support/ask";
import { eventually } from "../support/eventually";
import { environmentOf, inspectAll } from "../support/inspection";

// The sample is Clubhouse's stand-in, so the other files of test/engine try out most of it: docs/systems/clubhouse.md.
const release = "1.0.0";
const email = "ada@example.com";

let stack: TestStack;
let registry: string | undefined;
let ca: string;

beforeAll(async () => {
  await buildReleases([release]);
  registry = await imageMirror();
  stack = await TestStack.create("clubhouse", {
    ports: { http: 18540, https: 18900 },
    settings: {
      // It comes before the registries of single images.
      imageMirror: undefined,
      ...(registry !== undefined && { registries: mapValues(clubhouse.images, () => registry) }),
      replicas: { backend: 2 },
      bootstrapAdmin: { username: "ada", email },
    },
  });
  await stack.up();
  const proxy = await stack.container("proxy");
  ca = await docker("exec", proxy.Id, "cat", "/data/caddy/pki/authorities/local/root.crt");
});

afterAll(async () => {
  await stack?.destroyAll();
});

test("each image comes from the registry that the stack names", async ({ skip }) => {
  // Where registries can be reached there is no other one that has them.
  if (registry === undefined) return skip();
  const images = (await stack.containers()).map(({ Config }) => Config.Image);
  expect(images).toContain(`${registry}/slipway/sample-backend:${release}`);
  expect(images.filter((image) => !image.startsWith(`${registry}/`))).toEqual([]);
});

describe("the backend", () => {
  test("is told what the guide asks for, and the first administrator while the stack sets one", async () => {
    const [backend] = await inspectAll((await stack.containers("backend")).map(({ Id }) => Id));
    const environment = backend === undefined ? {} : environmentOf(backend);
    expect(environment).toMatchObject({
      ENVIRONMENT: "production",
      LOG_LEVEL: "info",
      POSTGRES_SSLMODE: "disable",
      WS_ORIGIN_ALLOWLIST: stack.origin,
      OTEL_SERVICE_NAME: "clubhouse-backend",
      OTEL_SERVICE_VERSION: release,
      OTEL_EXPORTER_OTLP_INSECURE: "true",
      CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME: "ada",
      CLUBHOUSE_BOOTSTRAP_ADMIN_EMAIL: email,
    });
    const key = environment.CLUBHOUSE_TOTP_ENCRYPTION_KEY ?? "";
    expect(Buffer.from(key, "base64").toString("base64")).toBe(key);
    expect(Buffer.from(key, "base64")).toHaveLength(32);
  });

  test("serves as its image does but for the migration, which ran before by the image's own program", async () => {
    const [backend] = await inspectAll((await stack.containers("backend")).map(({ Id }) => Id));
    expect(backend?.Config.Entrypoint).toEqual(["./clubhouse-server"]);
    const [migration] = await inspectAll([(await stack.container("migration")).Id]);
    expect(migration?.Config.Entrypoint).toEqual(["migrate"]);
    expect(migration?.Config.Cmd).toEqual(["-path", "/app/migrations", "-database", "postgres:///", "up"]);
    expect(await stack.logs("migration")).toContain("the database is at 0002_users");
  });

  test("keeps pictures in a volume that all replicas share", async () => {
    const [one, other] = await stack.containers("backend");
    const inFolder = (id = "", ...command: string[]) => docker("exec", id, ...command);
    await inFolder(one?.Id, "sh", "-c", "echo picture > /data/uploads/ada.png");
    expect(await inFolder(other?.Id, "cat", "/data/uploads/ada.png")).toBe("picture");
  });

  test("gets no request of a page that is elsewhere, whose visitors still may see its own", async () => {
    const from = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await ask(stack.origin + path, { ca, headers });
      return { status: answer.status, by: answer.headers["x-app-version"] };
    };
    const foreign = { origin: "https://evil.example" };
    for (const path of ["/api/notes", "/health"]) {
      expect(await from(path)).toEqual({ status: 200, by: release });
      expect(await from(path, { origin: stack.origin })).toEqual({ status: 200, by: release });
      expect(await from(path, foreign)).toEqual({ status: 403, by: undefined });
    }
    expect(await from("/", foreign)).toMatchObject({ status: 200 });
  });
});

describe("two backends", () => {
  test("know the same sessions, by a cookie that is sent over TLS alone", async () => {
    const { login } = (await stack.outputs()) as { login: { username: string; password: string } };
    const answer = await ask(`${stack.origin}/api/login`, {
      ca,
      method: "POST",
      headers: { "content-type": "application/json", origin: stack.origin },
      body: JSON.stringify(login),
    });
    const [cookie, ...attributes] = String(answer.headers["set-cookie"]).split("; ");
    expect(attributes).toContain("Secure");
    for (const backend of await stack.containers("backend")) {
      const me = await askInside(backend, "/api/me", "--header", `Cookie: ${cookie}`);
      expect(JSON.parse(me)).toEqual({ username: "ada", role: "admin" });
    }
    expect(await stack.query("SELECT username, email, role FROM users")).toEqual([`ada|${email}|admin`]);
  });

  test("tell each other of what their clients must hear", async () => {
    const client = await stack.client();
    const heard = new Set<number>();
    const sockets = Array.from({ length: 6 }, () => client.webSocket("/api/ws"));
    sockets.forEach((socket, index) => {
      socket.onmessage = ({ data }: { data: unknown }) => {
        if (String(data).includes("to everybody")) heard.add(index);
      };
    });
    const backends = await stack.containers("backend");
    await eventually(10_000, async () => {
      const open = await Promise.all(backends.map(openWebSockets));
      expect(open.reduce((total, count) => total + count, 0)).toBe(sockets.length);
      expect(Math.min(...open)).toBeGreaterThan(0);
    });
    expect((await client.post("/api/notes", { text: "to everybody" })).status).toBe(201);
    await eventually(10_000, async () => expect(heard.size).toBe(sockets.length));
    for (const socket of sockets) socket.close();
  });
});

async function openWebSockets(backend: Inspection): Promise<number> {
  const metrics = await askInside(backend, "/metrics");
  return Number(/^websocket_connections(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1]);
}

/** One container of several, asked from where the proxy is. */
async function askInside({ Name }: Inspection, path: string, ...options: string[]): Promise<string> {
  const { Id } = await stack.container("proxy");
  return docker("exec", Id, "wget", "-q", "-O", "-", ...options, `http://${Name.slice(1)}:8080${path}`);
}
