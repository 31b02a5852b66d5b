import pg from "pg";
import { CommandError } from "./command.js";
import type { ServerConfig } from "./config.js";
import { connectionOptions } from "./database.js";
import { hashPassword } from "./passwords.js";

/** Two replicas that start at once must not create two admins; the number only has to be the same in both. */
const bootstrapLock = 5_130_842;

/**
 * Creates the first admin from the environment if there is none.
 *
 * @returns what it did; undefined when the environment has none.
 */
export async function bootstrapAdmin(config: ServerConfig): Promise<string | undefined> {
  const {
    CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME: username,
    CLUBHOUSE_BOOTSTRAP_ADMIN_PASSWORD: password,
    CLUBHOUSE_BOOTSTRAP_ADMIN_EMAIL: email,
  } = config;
  if (!username || !password) return undefined;
  const client = new pg.Client(connectionOptions(config, "bootstrap-admin"));
  try {
    await client.connect();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [bootstrapLock]);
    const { rowCount } = await client.query("SELECT FROM users WHERE role = 'admin' LIMIT 1");
    if (rowCount) return "bootstrap skipped: an admin exists";
    await client.query(
      "INSERT INTO users (username, email, password_hash, role) VALUES ($1, $2, $3, 'admin')",
      [username, email ?? null, await hashPassword(password)],
    );
    await client.query("COMMIT");
    return `created the admin ${username}`;
  } catch (error) {
    throw new CommandError(`bootstrap failed: ${error instanceof Error ? error.message : error}`);
  } finally {
    await client.end();
  }
}
