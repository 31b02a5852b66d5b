import { timingSafeEqual } from "node:crypto";
import {
  address,
  bytes,
  oneOf,
  origins,
  readConfiguration,
  text,
  whole,
} from "../../common/configuration.mjs";
import { createPool } from "../../common/postgres.mjs";
import { service } from "../../common/program.mjs";
import { createServer, healthRoute, listen } from "../../common/server.mjs";
import { addEvent, findEvents } from "./events.mjs";
import { health } from "./health.mjs";
import { workOff } from "./jobs.mjs";
import { isValid, tokenFor } from "./tokens.mjs";

const connections = 25;

await service(async () => {
  const configuration = readConfiguration({
    ENVIRONMENT: oneOf("development", "staging", "production"),
    LOG_LEVEL: oneOf("debug", "info", "warn", "error"),
    PORT: whole(1, 65_535).default(8080),
    DATABASE_URL: address("postgresql", "postgres"),
    JWT_SECRET: bytes("base64", 32),
    ADMIN_API_KEY: bytes("hex", 32),
    SERVER_BASE_URL: address("https", "http"),
    CORS_ALLOWED_ORIGINS: origins(),
    TRUSTED_PROXY_CIDRS: text(),
  });
  const { JWT_SECRET, ADMIN_API_KEY, LOG_LEVEL, TRUSTED_PROXY_CIDRS } = configuration;
  const pool = createPool({ connectionString: configuration.DATABASE_URL, max: connections });
  const jobs = workOff(pool);
  const server = createServer({
    logger: { level: LOG_LEVEL },
    trustProxy: TRUSTED_PROXY_CIDRS.split(","),
  });

  server.get("/healthz", async () => ({ status: "ok" }));
  healthRoute(server, "/health", () => health(pool, jobs));
  server.get("/metrics", async (_request, reply) => {
    const waiting = `# TYPE togather_database_waiting gauge\ntogather_database_waiting ${pool.waitingCount}\n`;
    return reply.type("text/plain; version=0.0.4").send(waiting);
  });
  server.get("/whoami", async (request) => ({
    address: request.ip,
    environment: configuration.ENVIRONMENT,
    base: configuration.SERVER_BASE_URL,
    origins: configuration.CORS_ALLOWED_ORIGINS,
  }));
  server.post("/api/v1/admin/login", async (request, reply) => {
    const key = Buffer.from(String(request.body?.apiKey));
    const expected = Buffer.from(ADMIN_API_KEY);
    if (key.length === expected.length && timingSafeEqual(key, expected))
      return tokenFor("admin", JWT_SECRET);
    return reply.code(401).send({ error: "wrong key" });
  });
  server.get("/api/v1/events", async (request) => findEvents(pool, request.query));
  server.post("/api/v1/events", async (request, reply) => {
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    if (!isValid(token, JWT_SECRET)) return reply.code(401).send({ error: "a token is needed" });
    return reply.code(201).send(await addEvent(pool, request.body));
  });
  await listen(server, configuration.PORT);
});
