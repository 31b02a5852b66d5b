import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clubhouse } from "../../../apps/clubhouse";
import type { Settings } from "../../../images/backup/contract";
import { backupImages } from "../../../lib/backup/images";
import { resolveImage } from "../../../lib/image";
import { repository } from "../../../setup/paths";
import { docker } from "../harness/engine";
import { imageMirror } from "../harness/images";

export interface LabSettings {
  readonly database?: Settings["database"];
  readonly databasePassword?: string;
  /** Names of the volumes that are backed up, by what they hold. */
  readonly volumes?: Readonly<Record<string, string>>;
}

/** The backup service and the drill as a stack has them, without a stack around them. */
export class BackupLab {
  /** The engine's name of the service, and so on. */
  readonly service: string;
  readonly drill: string;
  readonly image: string;
  /** The network that the service is in. */
  readonly network: string;

  private constructor(
    private readonly name: string,
    private readonly folder: string,
  ) {
    this.service = `${name}-backup`;
    this.drill = `${name}-drill`;
    this.image = `${name}-backup-image`;
    this.network = name;
  }

  static async create(name: string): Promise<BackupLab> {
    const lab = new BackupLab(name, await mkdtemp(join(tmpdir(), `${name}-`)));
    await lab.clear();
    await docker("network", "create", "--internal", lab.network);
    return lab;
  }

  /** Starts both. As no release is noted, they do nothing before they are asked. */
  async start({ database, databasePassword = "none", volumes = {} }: LabSettings): Promise<void> {
    await this.buildImage();
    const settings: Settings = {
      system: "lab",
      stack: "test",
      schedule: { hour: 2, minute: 0 },
      keep: { daily: 7, weekly: 4, monthly: 6, restorePoints: 7 },
      repositories: [{ name: "local", location: "/repository", appendOnly: false }],
      ...(database === undefined ? {} : { database }),
      volumes: Object.keys(volumes),
      pitr: false,
    };
    const secrets = join(this.folder, "secrets");
    await mkdir(join(this.folder, "settings"));
    await mkdir(secrets);
    await writeFile(join(this.folder, "settings", "settings.json"), JSON.stringify(settings));
    await writeFile(join(secrets, "repository-key"), "only-for-tests\n");
    await writeFile(join(secrets, "database-password"), databasePassword);
    const mounts = Object.entries(volumes).map(([volume, name]) => `${name}:/volumes/${volume}:ro`);
    await this.run(this.service, { user: "0:999", program: "service.mjs", network: this.network, mounts });
    await this.run(this.drill, { user: "999:999", program: "drillService.mjs", network: "none", mounts: [] });
  }

  async remove(): Promise<void> {
    await this.clear();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(
    container: string,
    {
      user,
      program,
      network,
      mounts,
    }: Readonly<Record<"user" | "program" | "network", string>> & {
      readonly mounts: readonly string[];
    },
  ): Promise<void> {
    const volumes = [
      `${this.folder}/settings:/etc/backup:ro`,
      `${this.folder}/secrets:/run/secrets/backup:ro`,
      `${this.name}-state:/state`,
      `${this.name}-repository:/repository`,
      ...mounts,
    ];
    await docker(
      ...["container", "run", "--detach", "--init", "--name", container, "--hostname", container],
      ...["--user", user, "--network", network, "--tmpfs", "/var/run/postgresql:uid=999"],
      ...["--memory", "512m", ...volumes.flatMap((volume) => ["--volume", volume])],
      ...[this.image, `/opt/backup/${program}`],
    );
  }

  private async clear(): Promise<void> {
    const leftovers = [
      ["container", "rm", "--force", "--volumes", this.service, this.drill],
      ["volume", "rm", "--force", `${this.name}-state`, `${this.name}-repository`],
      ["network", "rm", this.network],
      ["image", "rm", this.image],
    ];
    for (const leftover of leftovers) await docker(...leftover).catch(() => undefined);
  }

  private async buildImage(): Promise<void> {
    const parts = {
      POSTGRES: clubhouse.images.postgres?.default,
      RESTIC: backupImages.restic.default,
      NODE: backupImages.node.default,
    };
    const parameters: string[] = [];
    for (const [part, pin] of Object.entries(parts)) {
      parameters.push("--build-arg", `${part}=${await pinned(pin)}`);
    }
    const context = join(repository, "images/backup");
    await docker("build", "--network", "none", "--tag", this.image, ...parameters, context);
  }
}

/** An image as this engine gets it. */
export async function pinned(pin = ""): Promise<string> {
  return resolveImage(pin, { mirror: await imageMirror() });
}
