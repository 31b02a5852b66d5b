import { address, oneOf, readConfiguration, startingWith, whole } from "../../common/configuration.mjs";
import { createPool } from "../../common/postgres.mjs";
import { service } from "../../common/program.mjs";
import { createServer, healthRoute, listen } from "../../common/server.mjs";
import { isSigned } from "./signature.mjs";

const note = `
  INSERT INTO metadata.webhooks (provider, provider_event_id, event_type, signature_verified)
  VALUES ('stripe', $1, $2, true) ON CONFLICT (provider, provider_event_id) DO NOTHING`;

const mostBytes = 64 * 1024;

await service(async () => {
  const configuration = readConfiguration({
    DATABASE_URL: address("postgresql", "postgres"),
    DB_MAX_CONNS: whole(1, 100),
    DB_MIN_CONNS: whole(1, 100),
    STRIPE_API_KEY: startingWith("sk_"),
    STRIPE_WEBHOOK_SECRET: startingWith("whsec_"),
    PAYMENT_CURRENCY: oneOf("USD", "CAD", "EUR"),
    RIVER_WORKER_COUNT: whole(1, 100),
    WEBHOOK_PORT: whole(1, 65_535),
  });
  const pool = createPool({ connectionString: configuration.DATABASE_URL, max: configuration.DB_MAX_CONNS });
  // Read to its end though it is too long: who is cut off while sending may never see the answer.
  const server = createServer({ bodyLimit: 16 * mostBytes });
  // The signature is of the body as it came.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, async (_request, body) => body);

  healthRoute(server, "/health", async () => {
    await pool.query("SELECT FROM metadata.webhooks LIMIT 1");
    return { healthy: true, status: "healthy" };
  });
  server.post("/webhooks/stripe", async ({ body, headers }, reply) => {
    if (body.length > mostBytes) return reply.code(413).send({ error: "the body is too long" });
    if (!isSigned(body, headers["stripe-signature"], configuration.STRIPE_WEBHOOK_SECRET)) {
      return reply.code(400).send({ error: "the signature isn't Stripe's" });
    }
    const { id, type } = JSON.parse(body);
    await pool.query(note, [id, type]);
    return { received: true };
  });
  await listen(server, configuration.WEBHOOK_PORT);
});
