import type { FastifyBaseLogger } from "fastify";
import type { Pool } from "pg";
import type { ServerConfig } from "./config.js";
import { sqlState } from "./database.js";
import { migrationFiles, migrationName, migrationsTable } from "./migrations.js";
import { deniesHealth } from "./misbehaviours.js";
import type { Redis } from "./redis.js";

const checkTimeoutMs = 2_000;
const undefinedTable = "42P01";

type Status = "healthy" | "unhealthy";

interface Dependency {
  readonly status: Status;
  readonly latencyMs: number;
}

export interface Health {
  readonly status: Status;
  readonly version: string;
  readonly database: Dependency;
  readonly redis: Dependency;
  readonly migrations: {
    readonly status: Status;
    /** How many the database has seen. More than expected is in order: a newer release migrated it. */
    readonly applied: number;
    /** How many this image brings. */
    readonly expected: number;
    /** The newest this image brings. */
    readonly latest: string | null;
    /** Those of this image that the database has not seen. */
    readonly pending: readonly string[];
  };
  /** Seconds since the process started. */
  readonly uptime: number;
}

/** Asks the database and Redis what a request would ask of them. */
export class HealthCheck {
  readonly #expected: readonly string[];
  readonly #config: ServerConfig;
  readonly #pool: Pool;
  readonly #redis: Redis;
  readonly #log: FastifyBaseLogger;
  #running: Promise<Health> | undefined;
  #last: Status | undefined;

  constructor(config: ServerConfig, pool: Pool, redis: Redis, log: FastifyBaseLogger) {
    this.#config = config;
    this.#pool = pool;
    this.#redis = redis;
    this.#log = log;
    this.#expected = migrationFiles(config.MISBEHAVE).map(migrationName);
  }

  /** Callers at the same time share one check: the path is public, the database is not to feel it. */
  run(): Promise<Health> {
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #check(): Promise<Health> {
    const problems: Record<string, unknown> = {};
    const measure = async (name: string, question: () => Promise<unknown>): Promise<Dependency> => {
      const started = performance.now();
      const status = await withTimeout(question()).then<Status, Status>(
        () => "healthy",
        (error) => {
          problems[name] = error;
          return "unhealthy";
        },
      );
      return { status, latencyMs: Math.round((performance.now() - started) * 10) / 10 };
    };

    let applied: readonly string[] = [];
    const [database, redis] = await Promise.all([
      measure("database", async () => {
        applied = await this.#appliedMigrations();
      }),
      measure("redis", () => this.#redis.ping()),
    ]);
    const pending = this.#expected.filter((name) => !applied.includes(name));
    const migrations: Status = pending.length === 0 ? "healthy" : "unhealthy";
    const inOrder = [database.status, redis.status, migrations].every((status) => status === "healthy");
    const status = inOrder && !deniesHealth(this.#config.MISBEHAVE) ? "healthy" : "unhealthy";
    this.#report(status, { pending, problems });
    return {
      status,
      version: this.#config.APP_VERSION,
      database,
      redis,
      migrations: {
        status: migrations,
        applied: applied.length,
        expected: this.#expected.length,
        latest: this.#expected.at(-1) ?? null,
        pending,
      },
      uptime: Math.floor(process.uptime()),
    };
  }

  async #appliedMigrations(): Promise<readonly string[]> {
    try {
      const { rows } = await this.#pool.query<{ name: string }>(`SELECT name FROM ${migrationsTable}`);
      return rows.map(({ name }) => name);
    } catch (error) {
      if (sqlState(error) === undefinedTable) return []; // a database that was never migrated
      throw error;
    }
  }

  /** The answer is public and names no reasons; the log does, once for each change. */
  #report(status: Status, details: object): void {
    if (status === this.#last) return;
    this.#last = status;
    if (status === "healthy") this.#log.info("healthy");
    else this.#log.warn(details, "unhealthy");
  }
}

async function withTimeout(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkTimeoutMs} ms`)), checkTimeoutMs);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
