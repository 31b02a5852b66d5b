import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../apps/spec";
import type { StackConfig } from "../../config";
import type { DatabaseSettings, Paths, Settings } from "../../images/backup/contract";
import { serviceSettings } from "../../lib/backup/serviceSettings";
import type { AwaitReadyInput } from "../../operations/steps/awaitReady";
import type { NoteReleaseInput } from "../../operations/steps/noteRelease";
import { resourcesOf } from "../app/process";
import { HardenedContainer, type HardenedContainerArgs } from "../container";
import type { Secrets } from "../data/secrets";
import { Volume } from "../data/volume";
import type { Host } from "../host/host";
import { type Identity, physicalName } from "../identity";
import type { Images } from "../images";
import type { Networks } from "../network/networks";
import { Step } from "../step";
import { BackupImage } from "./backupImage";

export interface BackupsArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly config: Pick<StackConfig, "backups" | "resources" | "timeouts">;
  readonly images: Images;
  /** Name of the image that has the database's server. */
  readonly serverImage: string;
  readonly networks: Networks;
  readonly secrets: Secrets;
  readonly database: DatabaseSettings;
  /** Names of the volumes to back up, by what they hold. */
  readonly volumes: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Of root, which alone may read what others own, and of the group that it shares its own files with. */
const serviceUser = "0:999";
/** The server's user in the official image. */
const drillUser = "999:999";
const resources: Resources = { memory: 512, cpus: 1 };

const path: Pick<Paths, "settings" | "repositoryKey" | "storeCredentials" | "databasePassword"> = {
  settings: "/etc/backup/settings.json",
  repositoryKey: "/run/secrets/backup/repository-key",
  storeCredentials: "/run/secrets/backup/store-credentials",
  databasePassword: "/run/secrets/backup/database-password",
};

/**
 * What backs a system up and proves it: the service, which dumps the databases and the volumes into encrypted
 * repositories on schedule and before every migration, and the drill, which restores each night's backup into a server of
 * its own and compares. The drill reaches nothing but the repository.
 *
 * @example new Backups("backups", { identity, host, config, images, serverImage: "postgres", networks, secrets, database, volumes: {} })
 */
export class Backups extends pulumi.ComponentResource {
  /** Name of the service's container. */
  readonly service: string;
  /** The step after which both can be asked. */
  readonly ready: pulumi.Resource;

  constructor(
    private readonly name: string,
    private readonly args: BackupsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:backup:Backups", name, {}, opts);
    const { identity, host, images, serverImage, config } = args;
    const parent = { parent: this };
    const image = new BackupImage(`${name}-image`, { images, base: serverImage }, parent);
    const state = new Volume(`${name}-state`, { identity, part: "backup-state", dispensable: true }, parent);
    const repository = config.backups.local
      ? new Volume(`${name}-repository`, { identity, part: "backup-repository", dispensable: true }, parent)
      : undefined;
    const common = { image: image.reference, release: images.get("restic").release, state: state.name };
    const containers = [
      new HardenedContainer(`${name}-service`, serviceArgs(args, common, repository?.name), parent),
      new HardenedContainer(`${name}-drill`, drillArgs(args, common, repository?.name), parent),
    ];
    this.service = physicalName(identity, "backup");
    this.ready = new Step<AwaitReadyInput>(
      `${name}-ready`,
      {
        script: "awaitReady",
        host,
        input: {
          what: "The backup service or its drill",
          containers: pulumi.all(containers.map(({ startable }) => startable)),
          timeout: config.timeouts.ready,
        },
      },
      parent,
    );
    this.registerOutputs({ service: this.service });
  }

  /** The step that tells the service what its backups are of from now on, after what makes it serve. */
  note(pins: Readonly<Record<string, string>>, after: pulumi.Resource): void {
    new Step<NoteReleaseInput>(
      `${this.name}-release`,
      { script: "noteRelease", host: this.args.host, input: { service: this.service, pins } },
      // No value flows: a release is what a backup is of only once it serves.
      { parent: this, dependsOn: [this.ready, after] },
    );
  }
}

interface Common extends Pick<HardenedContainerArgs, "image" | "release"> {
  /** Name of the volume that both write their status to. */
  readonly state: pulumi.Output<string>;
}

type Repository = pulumi.Output<string> | undefined;

function serviceArgs(args: BackupsArgs, { state, ...common }: Common, repository: Repository) {
  const { networks, secrets, volumes } = args;
  const foreign = Object.entries(volumes).map(([volume, name]) => [`/volumes/${volume}`, name] as const);
  return {
    ...common,
    ...containerArgs(args, "backup", "/opt/backup/service.mjs"),
    user: serviceUser,
    // Files in volumes are readable to their owners alone.
    capabilities: ["CAP_DAC_READ_SEARCH"],
    files: { ...files(args), [path.databasePassword]: secrets.get("databaseBackupPassword") },
    networks: [
      { network: networks.data },
      ...(networks.observability === undefined
        ? []
        : [{ network: networks.observability, aliases: ["backup"] }]),
      ...toStore(args),
    ],
    volumes: { "/state": state, ...(repository === undefined ? {} : { "/repository": repository }) },
    readOnlyVolumes: Object.fromEntries(foreign),
    // A dump or a copy that is under way ends, or is broken off.
    stopGrace: 30,
  } satisfies HardenedContainerArgs;
}

function drillArgs(args: BackupsArgs, { state, ...common }: Common, repository: Repository) {
  return {
    ...common,
    ...containerArgs(args, "drill", "/opt/backup/drillService.mjs"),
    user: drillUser,
    files: files(args),
    networks: toStore(args),
    volumes: { "/state": state },
    readOnlyVolumes: repository === undefined ? {} : { "/repository": repository },
    temporary: { "/tmp": 64, "/var/run/postgresql": 1 },
    sharedMemory: 128,
  } satisfies HardenedContainerArgs;
}

/** What both have in common. */
function containerArgs({ identity, config }: BackupsArgs, service: "backup" | "drill", program: string) {
  const name = physicalName(identity, service);
  return {
    identity,
    service,
    fixedName: name,
    // restic tells by it whether who locked a repository still lives.
    hostname: name,
    entrypoint: ["node"],
    command: ["--max-old-space-size=64", program],
    scratch: ["/work"],
    resources: resourcesOf(config, service, resources),
    health: ["node", "/opt/backup/cli.mjs", "status"],
  };
}

function toStore({ networks }: BackupsArgs) {
  return networks.backup === undefined ? [] : [{ network: networks.backup }];
}

function files({ identity, config, database, volumes, secrets }: BackupsArgs) {
  const { backups } = config;
  const settings = serviceSettings({ ...identity, backups, database, volumes: Object.keys(volumes) });
  return {
    [path.settings]: settingsFile(settings),
    [path.repositoryKey]: secrets.get("backupRepositoryKey"),
    ...(backups.s3 === undefined ? {} : { [path.storeCredentials]: storeCredentials(secrets) }),
  };
}

function settingsFile(settings: Settings): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** As AWS' own tools keep them. */
function storeCredentials(secrets: Secrets): pulumi.Output<string> {
  return pulumi.interpolate`[default]
aws_access_key_id = ${secrets.get("backupS3AccessKeyId")}
aws_secret_access_key = ${secrets.get("backupS3SecretAccessKey")}
`;
}
