import { clubhouse } from "../../../apps/clubhouse";
import { type DatabaseDemand, databaseRolesSql } from "../../../lib/databaseRoles";
import { loadExeca } from "../../../lib/execa";
import type { ReconcileDatabaseInput } from "../../../operations/steps/reconcileDatabase";
import { repository } from "../../../setup/paths";
import { docker } from "../harness/engine";
import { BackupLab, type LabSettings, pinned } from "./backupLab";
import type { Login, Reply } from "./database";

const server = "slipway-engine-roles-postgres";
export const adminPassword = "only-for-tests";
const backupPassword = "backup-for-tests";

/** A server with its backups, without a stack around them. */
export class DatabaseLab {
  private constructor(readonly backups: BackupLab) {}

  static async start(): Promise<DatabaseLab> {
    await clear();
    const backups = await BackupLab.create("slipway-engine-roles");
    await docker(
      ...["container", "run", "--detach", "--name", server, "--user", "999:999"],
      ...["--network", backups.network, "--network-alias", "postgres"],
      ...["--env", `POSTGRES_PASSWORD=${adminPassword}`],
      ...["--env", "POSTGRES_INITDB_ARGS=--auth-host=scram-sha-256 --auth-local=peer"],
      ...["--health-cmd", "pg_isready -q -h 127.0.0.1 -U postgres", "--health-interval", "1s"],
      await pinned(clubhouse.images.postgres?.default),
    );
    return new DatabaseLab(backups);
  }

  /** As every update does it. */
  async reconcile(demand: Omit<DatabaseDemand, "adminPassword">): Promise<void> {
    const input: ReconcileDatabaseInput = {
      container: { id: server, files: {}, owner: "999:999" },
      volume: "none",
      release: "1.0.0",
      sql: databaseRolesSql({ ...demand, adminPassword }),
      timeout: 60,
    };
    const { execa } = await loadExeca();
    await execa("node", ["--require", "tsx/cjs", "operations/steps/reconcileDatabase.ts"], {
      cwd: repository,
      input: JSON.stringify(input),
    });
  }

  /** Lines, the superuser asking. */
  async query(database: string, sql: string): Promise<string[]> {
    const psql = ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql];
    const lines = await docker("exec", server, ...psql);
    return lines.split("\n").filter((line) => line !== "");
  }

  /** Runs SQL as a role that connects over the network, with its password. */
  async as({ user, password }: Login, database: string, sql: string): Promise<Reply> {
    const { execa } = await loadExeca();
    const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", user];
    const { failed, all } = await execa(
      "docker",
      ["exec", "--env", "PGPASSWORD", server, ...psql, "-d", database, "-c", sql],
      { env: { PGPASSWORD: password }, reject: false, all: true },
    );
    return { succeeded: !failed, output: all.trim() };
  }

  /** Backs the database up, the service and the drill being there from now on. */
  async startBackups(database: NonNullable<LabSettings["database"]>): Promise<void> {
    await this.backups.start({ database, databasePassword: backupPassword });
  }

  async remove(): Promise<void> {
    await clear();
    await this.backups.remove();
  }
}

async function clear(): Promise<void> {
  await docker("container", "rm", "--force", "--volumes", server).catch(() => undefined);
}

/** The role for backups, whose password the service has. */
export function backupRole(database: string) {
  return { user: `${database}_backup`, password: backupPassword, replication: false };
}
