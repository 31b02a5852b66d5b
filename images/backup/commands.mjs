// @ts-check
import { findBackup, listBackups } from "./backups.mjs";
import { schemaDigest } from "./database.mjs";
import { isRunId } from "./naming.mjs";
import { Repository } from "./restic.mjs";
import { dropDatabase, restoreDatabase } from "./restore.mjs";
import { fromBackup, fromRecovered } from "./restoreSource.mjs";
import { forgetOld } from "./retention.mjs";
import { repositoryNamed } from "./settings.mjs";
import { swapDatabase } from "./swap.mjs";
import { forgetWal } from "./walRetention.mjs";

/** @typedef {import("./contract").BackupCommands} Commands */
/** @typedef {(line: string) => void} Log */
/** @typedef {{ [Name in keyof Commands]: (input: Commands[Name]["input"], log: Log) => Promise<Commands[Name]["result"]> }} Handlers */

/** What Postgres calls the role that the server is made with. */
const superuser = "postgres";

/**
 * What the service does when asked. What changes something waits for its turn; a look at something doesn't.
 * @param {object} service
 * @param {import("./contract").Settings} service.settings
 * @param {readonly [Repository, ...Repository[]]} service.repositories
 * @param {import("./database.mjs").Connection | undefined} service.connection
 * @param {import("./status.mjs").Status} service.status
 * @param {import("./queue.mjs").Queue} service.queue
 * @param {import("./runner.mjs").Runner} service.runner
 * @param {string} service.host Of the snapshots.
 * @returns {Handlers}
 */
export function commands({ settings, repositories, connection, status, queue, runner, host }) {
  const repositoryOf = (/** @type {string | undefined} */ name) => repositoryNamed(repositories, name);
  const databaseSettings = () => {
    if (settings.database === undefined || connection === undefined)
      throw new Error("Somebody else runs the server: its databases are theirs to back up and to restore");
    return { ...settings.database, connection };
  };
  const admin = (/** @type {string} */ password) => {
    if (typeof password !== "string" || password === "")
      throw new Error("adminPassword is empty: it must be the superuser's");
    const { host: server, port } = databaseSettings();
    return { host: server, port, user: superuser, password };
  };

  return {
    backup: ({ reason, before }, log) => {
      if (reason !== "manual" && reason !== "restore-point")
        throw new Error(`reason is "${reason}": allowed is manual, restore-point`);
      const request = { reason, ...(before === undefined ? {} : { before }) };
      return queue.add(() => runner.run(request, log));
    },
    status: async () => status.current,
    list: ({ repository }) => listBackups(repositoryOf(repository)),
    manifest: async ({ run, repository }) =>
      (await findBackup(repositoryOf(repository), backupId(run))).manifest,
    "note-release": async ({ release }) => {
      await status.change({ release });
      return {};
    },
    "schema-digest": async () => {
      const { connection: reading, name } = databaseSettings();
      return { digest: await schemaDigest(reading, name) };
    },
    "restore-database": (input, log) =>
      queue.add(async () => {
        const { name, roles } = databaseSettings();
        const { database, adminPassword } = input;
        const source =
          "recovered" in input
            ? await fromRecovered(input.recovered, database)
            : await fromBackup(repositoryOf(input.repository), backupId(input.run), database);
        const granted = database === name ? roles : [];
        return await restoreDatabase({ admin: admin(adminPassword), database, source, roles: granted, log });
      }),
    "swap-database": ({ database, restored, adminPassword }, log) =>
      queue.add(() => swapDatabase({ admin: admin(adminPassword), database, restored, log })),
    "drop-database": ({ database, adminPassword }) =>
      queue.add(async () => {
        await dropDatabase(admin(adminPassword), database);
        return {};
      }),
    prune: ({ repository, credentials }, log) =>
      queue.add(async () => {
        const { settings: known } = repositoryOf(repository);
        const target = new Repository(known, { host, ...(credentials === undefined ? {} : { credentials }) });
        await target.unlock();
        const removed = await forgetOld(target, settings.keep);
        if (settings.pitr) await forgetWal(target, settings.keep.daily);
        log(`Forgot ${removed} old backups in the repository ${target.name}; frees their space`);
        await target.prune();
        return { removed };
      }),
  };
}

/** @param {unknown} run */
function backupId(run) {
  if (typeof run !== "string" || !isRunId(run))
    throw new Error(
      `run is "${run}": allowed is the id of a backup, such as 20261121T020000Z; \`list\` tells them`,
    );
  return run;
}
