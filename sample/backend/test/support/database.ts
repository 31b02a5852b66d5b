import { randomBytes } from "node:crypto";
import pg from "pg";

const port = Number(process.env.TEST_POSTGRES_PORT);
const password = "only-for-tests";

export interface TestDatabase {
  /** The variables of the role that owns the tables, for migrate.js. */
  readonly owner: Readonly<Record<string, string>>;
  /** The variables of the role of the server: SELECT, INSERT, UPDATE, DELETE and nothing else. */
  readonly app: Readonly<Record<string, string>>;
  /** Runs a query as the owner. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  end(): Promise<void>;
}

/** A new, empty database with the two roles that Slipway makes. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const owner = `${name}_owner`;
  const app = `${name}_app`;
  await once("postgres", "postgres", [
    `CREATE ROLE ${owner} LOGIN PASSWORD '${password}'`,
    `CREATE ROLE ${app} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${name} OWNER ${owner}`,
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${name} TO ${app}`,
  ]);
  await once(name, owner, [
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app}`,
  ]);
  const client = new pg.Client(options(name, owner));
  await client.connect();
  return {
    owner: variables(name, owner),
    app: variables(name, app),
    query: async <Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]) =>
      (await client.query<Row>(sql, values ? [...values] : undefined)).rows,
    end: () => client.end(),
  };
}

function options(database: string, user: string): pg.ClientConfig {
  return { host: "127.0.0.1", port, user, password, database };
}

function variables(database: string, user: string): Record<string, string> {
  return {
    POSTGRES_HOST: "127.0.0.1",
    POSTGRES_PORT: String(port),
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: database,
    PGHOST: "127.0.0.1",
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  };
}

async function once(database: string, user: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(options(database, user));
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
