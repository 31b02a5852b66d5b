import type { DatabaseCommand } from "../images/backup/contract";
import { bytes } from "../lib/backup/choice";
import type { Deployment } from "./deployment";
import { OperationError } from "./pulumi";
import { docker } from "./steps/engine";

const adminPasswordFile = "/run/secrets/postgres/admin-password";
/** A dump has no indexes, and the write-ahead log of the restore comes on top: both together are about the half of it. */
const spaceFactor = 1.5;

/** A database of a stack, and those who have to do with it. */
export interface DatabaseTarget {
  /** Name of the container of the backup service. */
  readonly backup: string;
  /** Name of the server's container. */
  readonly server: string;
  /** What the service has to be told to change the database. */
  readonly command: DatabaseCommand;
}

/** @param database the system's own when left out. */
export async function databaseTarget(
  deployment: Deployment,
  database = deployment.app.postgres.database,
): Promise<DatabaseTarget> {
  const backup = await deployment.backupService();
  const server = await deployment.running("postgres", "Postgres server");
  const adminPassword = (await docker(["exec", server, "cat", adminPasswordFile])).trim();
  return { backup, server, command: { database, adminPassword } };
}

/**
 * @param size of the dump, bytes; where it isn't known, the database as it is stands for it.
 * @throws {OperationError} when the server's disk has not enough space for a second database.
 */
export async function refuseFullDisk({ server, command }: DatabaseTarget, size?: number): Promise<void> {
  const free = await docker(["exec", server, "sh", "-c", 'df -Pk "$PGDATA" | tail -n 1']);
  const available = Number(free.trim().split(/\s+/)[3]) * 1024;
  const needed = Math.ceil((size ?? (await sizeOf(server, command.database))) * spaceFactor);
  if (available >= needed) return;
  throw new OperationError(
    `the disk of ${server} has ${bytes(available)} free, and the restored database needs about ${bytes(needed)} beside the one that serves: make room, for example by dropping what earlier restores kept (${looking(server, command.database)} -c '\\l')`,
  );
}

/** The command by which a person looks into a database. */
export function looking(server: string, database: string): string {
  return `docker exec -it ${server} psql -d ${database}`;
}

export function dropping(server: string, database: string): string {
  return `docker exec ${server} dropdb ${database}`;
}

async function sizeOf(server: string, database: string): Promise<number> {
  const sql = "SELECT pg_database_size(current_database())";
  return Number(await docker(["exec", server, "psql", "-X", "-A", "-t", "-d", database, "-c", sql]));
}
