import pg from "pg";
import { CommandError, runCommand } from "./command.js";
import { bootstrapConfig, readConfig } from "./config.js";
import { connectionOptions } from "./database.js";
import { hashPassword } from "./passwords.js";

/** Two jobs at once must not create two admins; the number only has to be the same in both. */
const bootstrapLock = 5_130_842;

/** Creates the first admin if there is none. Running it again is harmless. */
await runCommand(async () => {
  const config = readConfig(bootstrapConfig);
  const client = new pg.Client(connectionOptions(config, "bootstrap-admin"));
  try {
    await client.connect();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [bootstrapLock]);
    const { rowCount } = await client.query("SELECT FROM users WHERE role = 'admin' LIMIT 1");
    if (rowCount) {
      console.log("skipped: an admin exists");
      return;
    }
    const {
      CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME: username,
      CLUBHOUSE_BOOTSTRAP_ADMIN_PASSWORD: password,
      CLUBHOUSE_BOOTSTRAP_ADMIN_EMAIL: email,
    } = config;
    if (!username || !password) {
      throw new CommandError(
        "There is no admin yet: CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME and CLUBHOUSE_BOOTSTRAP_ADMIN_PASSWORD are required",
      );
    }
    await client.query(
      "INSERT INTO users (username, email, password_hash, role) VALUES ($1, $2, $3, 'admin')",
      [username, email ?? null, await hashPassword(password)],
    );
    await client.query("COMMIT");
    console.log(`created the admin ${username}`);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`bootstrap failed: ${error instanceof Error ? error.message : error}`);
  } finally {
    await client.end();
  }
});
