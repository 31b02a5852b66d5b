import { callBackup } from "../../operations/steps/backupService";
import { docker } from "../engine/harness/engine";
import { TestStack } from "../engine/harness/stack";
import type { Measurements } from "./report";
import { seconds } from "./stopwatch";

export const backupNames = {
  first: "backup of 1 GB",
  again: "backup of the same again",
  drill: "drill: restored and compared",
  restore: "restore to a new database, rows compared",
  restoreCommand: "the same, the whole command",
  bareRestore: "bare pg_restore of a dump that lies there",
} as const;

export interface BackupFigures {
  /** Bytes of the database on disk. */
  readonly database: number;
  /** Bytes that the second backup of unchanged data added, as a share of the dump. */
  readonly addedAgain: number;
}

const ports = { http: 38081, https: 38444 };
/** pgbench's unit: 100,000 accounts, 15 MB with their index. */
const scale = 68;
const dump = "/work/bench.dump";

/** What a backup, a drill and a restore of a database of 1 GB take, beside the restore that Postgres brings. */
export async function backupRound(results: Measurements): Promise<BackupFigures> {
  const stack = await TestStack.create("bench-backups", { ports, settings: { backups: {} } });
  try {
    await stack.up();
    const [server, service] = await Promise.all([stack.container("postgres"), stack.container("backup")]);
    await docker("exec", server.Id, "pgbench", "--quiet", "-i", "-s", String(scale), "clubhouse");
    const [database = "0"] = await stack.query("SELECT pg_database_size('clubhouse')");

    const backup = async (name: string) => {
      let result = { bytes: 0, addedBytes: 0 };
      const took = await seconds(async () => {
        result = await callBackup(service.Id, "backup", { reason: "manual" });
      });
      results.add(name, took);
      return result;
    };
    await backup(backupNames.first);
    const again = await backup(backupNames.again);
    let restored = "";
    const command = await seconds(async () => {
      restored = await operation(stack, "restore", "--from", "latest", "--to-new-database", "--yes");
    });
    // Fetched, restored, analysed and compared, as it says itself.
    results.add(backupNames.restore, Number(/^Restored to \S+ in ([0-9.]+) s/m.exec(restored)?.[1]));
    results.add(backupNames.restoreCommand, command);
    results.add(backupNames.drill, await seconds(() => operation(stack, "drill")));
    await bareRestore(server.Id, service.Id, results);
    return { database: Number(database), addedAgain: again.addedBytes / again.bytes };
  } finally {
    await stack.destroyAll();
  }
}

async function operation(stack: TestStack, name: string, ...args: readonly string[]): Promise<string> {
  const { exitCode, output } = await stack.operation(name, "--stack", stack.name, ...args);
  if (exitCode !== 0) throw new Error(`${name} failed:\n${output}`);
  return output;
}

/** In the same container, over the same network, with as many jobs. */
async function bareRestore(server: string, service: string, results: Measurements): Promise<void> {
  const password = await docker("exec", server, "cat", "/run/secrets/postgres/admin-password");
  const run = (command: string) =>
    docker("exec", "--env", `PGPASSWORD=${password}`, service, "sh", "-c", command);
  const connection = "-h postgres -U postgres";
  await run(`pg_dump ${connection} -d clubhouse -Fc -Z0 -f ${dump}`);
  await run(`createdb ${connection} bench_bare`);
  results.add(
    backupNames.bareRestore,
    await seconds(() => run(`pg_restore ${connection} -d bench_bare -j 2 ${dump}`)),
  );
  await run(`rm ${dump}`);
}
