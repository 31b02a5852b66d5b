import { callBackup } from "./backupService";
import { docker, indented } from "./engine";
import { StepError } from "./step";

export interface RestorePointInput {
  /** Name of the backup service's container: neither it nor the server is a reason to migrate again when it is replaced. */
  readonly service: string;
  /** Of the Postgres server's. */
  readonly server: string;
  readonly database: string;
  /** The release whose migration follows. */
  readonly before: string;
}

/** A dump from before a migration, for the way back. */
export interface RestorePoint {
  /** Id of the backup. */
  readonly run: string;
  readonly before: string;
}

/**
 * Dumps the databases before something changes their schema. Undefined for a database without tables, as on the first
 * update: there is nothing to go back to.
 *
 * @throws {StepError} when it can't be made; nothing has changed then.
 */
export async function makeRestorePoint(input: RestorePointInput): Promise<RestorePoint | undefined> {
  const { service, server, database, before } = input;
  if (!(await hasTables(server, database))) return undefined;
  try {
    const { run, seconds } = await callBackup(service, "backup", { reason: "restore-point", before });
    process.stderr.write(`Restore point ${run} before release ${before} made in ${seconds.toFixed(1)} s\n`);
    return { run, before };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    throw new StepError(
      [
        "No restore point could be made: the update stops here, before the migration, and what served before still serves.",
        indented(error.message),
        `  What to do: mend what the lines name (\`docker start ${service}\` where it doesn't run) and run \`pulumi up\` again.`,
        "  `slipway:backups.enabled: false` migrates without.",
      ].join("\n"),
    );
  }
}

async function hasTables(server: string, database: string): Promise<boolean> {
  // Those of extensions, such as PostGIS', are there from the beginning.
  const extensions = "SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass AND deptype = 'e'";
  const query = `SELECT count(*) FROM pg_stat_user_tables WHERE schemaname NOT IN ('slipway', 'information_schema') AND relid NOT IN (${extensions})`;
  const count = await docker(["exec", server, "psql", "-X", "-A", "-t", "-d", database, "-c", query]);
  return Number(count) > 0;
}
