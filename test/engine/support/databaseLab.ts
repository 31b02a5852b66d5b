import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clubhouse } from "../../../apps/clubhouse";
import type { Settings } from "../../../images/backup/contract";
import { backupImages } from "../../../lib/backup/images";
import { type DatabaseDemand, databaseRolesSql } from "../../../lib/databaseRoles";
import { loadExeca } from "../../../lib/execa";
import { resolveImage } from "../../../lib/image";
import type { ReconcileDatabaseInput } from "../../../operations/steps/reconcileDatabase";
import { repository } from "../../../setup/paths";
import { docker } from "../harness/engine";
import { imageMirror } from "../harness/images";
import type { Login, Reply } from "./database";

const name = "slipway-engine-roles";
const image = `${name}-backup-image`;
export const adminPassword = "only-for-tests";
const backupPassword = "backup-for-tests";

/** A server, the backup service and the drill, as a stack has them, without a stack around them. */
export class DatabaseLab {
  readonly server = `${name}-postgres`;
  readonly service = `${name}-backup`;
  readonly drill = `${name}-drill`;

  private constructor(private readonly folder: string) {}

  static async start(): Promise<DatabaseLab> {
    const lab = new DatabaseLab(await mkdtemp(join(tmpdir(), "slipway-engine-roles-")));
    await lab.clear();
    await docker("network", "create", "--internal", name);
    await docker(
      ...["container", "run", "--detach", "--name", lab.server, "--user", "999:999"],
      ...["--network", name, "--network-alias", "postgres"],
      ...["--env", `POSTGRES_PASSWORD=${adminPassword}`],
      ...["--env", "POSTGRES_INITDB_ARGS=--auth-host=scram-sha-256 --auth-local=peer"],
      ...["--health-cmd", "pg_isready -q -h 127.0.0.1 -U postgres", "--health-interval", "1s"],
      await pinned(clubhouse.images.postgres?.default),
    );
    return lab;
  }

  /** As every update does it. */
  async reconcile(demand: Omit<DatabaseDemand, "adminPassword">): Promise<void> {
    const input: ReconcileDatabaseInput = {
      container: { id: this.server, files: {}, owner: "999:999" },
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
    const lines = await docker("exec", this.server, ...psql);
    return lines.split("\n").filter((line) => line !== "");
  }

  /** Runs SQL as a role that connects over the network, with its password. */
  async as({ user, password }: Login, database: string, sql: string): Promise<Reply> {
    const { execa } = await loadExeca();
    const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", user];
    const { failed, all } = await execa(
      "docker",
      ["exec", "--env", "PGPASSWORD", this.server, ...psql, "-d", database, "-c", sql],
      { env: { PGPASSWORD: password }, reject: false, all: true },
    );
    return { succeeded: !failed, output: all.trim() };
  }

  /** Starts the backup service and the drill. As no release is noted, they do nothing before they are asked. */
  async startBackups(database: NonNullable<Settings["database"]>): Promise<void> {
    await buildBackupImage();
    const settings: Settings = {
      system: "roles",
      stack: "test",
      schedule: { hour: 2, minute: 0 },
      keep: { daily: 7, weekly: 4, monthly: 6, restorePoints: 7 },
      repositories: [{ name: "local", location: "/repository", appendOnly: false }],
      database,
      volumes: [],
      pitr: false,
    };
    const secrets = join(this.folder, "secrets");
    await mkdir(join(this.folder, "settings"));
    await mkdir(secrets);
    await writeFile(join(this.folder, "settings", "settings.json"), JSON.stringify(settings));
    await writeFile(join(secrets, "repository-key"), "only-for-tests\n");
    await writeFile(join(secrets, "database-password"), backupPassword);
    await this.run(this.service, "0:999", "service.mjs", name);
    await this.run(this.drill, "999:999", "drillService.mjs", "none");
  }

  async remove(): Promise<void> {
    await this.clear();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(container: string, user: string, program: string, network: string): Promise<void> {
    await docker(
      ...["container", "run", "--detach", "--init", "--name", container, "--hostname", container],
      ...["--user", user, "--network", network, "--tmpfs", "/var/run/postgresql:uid=999"],
      ...["--volume", `${this.folder}/settings:/etc/backup:ro`],
      ...["--volume", `${this.folder}/secrets:/run/secrets/backup:ro`],
      ...["--volume", `${name}-state:/state`, "--volume", `${name}-repository:/repository`],
      ...[image, `/opt/backup/${program}`],
    );
  }

  private async clear(): Promise<void> {
    const leftovers = [
      ["container", "rm", "--force", "--volumes", this.server, this.service, this.drill],
      ["volume", "rm", "--force", `${name}-state`, `${name}-repository`],
      ["network", "rm", name],
      ["image", "rm", image],
    ];
    for (const leftover of leftovers) await docker(...leftover).catch(() => undefined);
  }
}

/** The role for backups, whose password the service has. */
export function backupRole(database: string) {
  return { user: `${database}_backup`, password: backupPassword, replication: false };
}

async function buildBackupImage(): Promise<void> {
  const parts = {
    POSTGRES: clubhouse.images.postgres?.default,
    RESTIC: backupImages.restic.default,
    NODE: backupImages.node.default,
  };
  const parameters: string[] = [];
  for (const [part, pin] of Object.entries(parts)) {
    parameters.push("--build-arg", `${part}=${await pinned(pin)}`);
  }
  await docker(
    "build",
    "--network",
    "none",
    "--tag",
    image,
    ...parameters,
    join(repository, "images/backup"),
  );
}

async function pinned(pin = ""): Promise<string> {
  return resolveImage(pin, { mirror: await imageMirror() });
}
