import { createClient } from "@redis/client";
import type { FastifyBaseLogger } from "fastify";
import type { RedisConfig } from "./config.js";

const connectTimeoutMs = 3_000;
const commandTimeoutMs = 2_000;
const longestPauseMs = 2_000;

/** Redis as the server uses it: sessions over one connection, the messages between replicas over another. */
export class Redis {
  readonly commands: ReturnType<typeof openClient>;
  readonly #subscriber: ReturnType<typeof openClient>;

  constructor(config: RedisConfig, log: FastifyBaseLogger) {
    this.commands = openClient(config);
    this.#subscriber = this.commands.duplicate();
    reportOutages(this.commands, log, "commands");
    reportOutages(this.#subscriber, log, "subscriber");
  }

  /** Connects in the background and goes on trying: a start never waits for Redis, the health check tells. */
  connect(channel: string, onMessage: (message: string) => void): void {
    // Rejected only when the client is closed before it could connect; every other failure is an "error" event.
    this.commands.connect().catch(() => {});
    this.#subscriber
      .connect()
      .then(() => this.#subscriber.subscribe(channel, onMessage))
      .catch(() => {});
  }

  async ping(): Promise<void> {
    await Promise.all([this.commands.ping(), this.#subscriber.ping()]);
  }

  async close(): Promise<void> {
    for (const client of [this.#subscriber, this.commands]) {
      if (client.isReady) await client.close();
      else if (client.isOpen) client.destroy();
    }
  }
}

function openClient(config: RedisConfig) {
  return createClient({
    socket: {
      host: config.REDIS_HOST,
      port: config.REDIS_PORT,
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, longestPauseMs),
    },
    password: config.REDIS_PASSWORD,
    // A request fails at once while Redis is away, instead of waiting for it.
    disableOfflineQueue: true,
    commandOptions: { timeout: commandTimeoutMs },
    // A feature of Redis Enterprise.
    maintNotifications: "disabled",
  });
}

/** One line when the connection is lost and one when it is back, however often it is tried in between. */
function reportOutages(
  client: ReturnType<typeof openClient>,
  log: FastifyBaseLogger,
  connection: string,
): void {
  let away = false;
  client.on("error", (err) => {
    if (!away) log.warn({ err, connection }, "Redis is away");
    away = true;
  });
  client.on("ready", () => {
    if (away) log.info({ connection }, "Redis is back");
    away = false;
  });
}
