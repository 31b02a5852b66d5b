import * as pulumi from "@pulumi/pulumi";
import type { PostgresSpec, Resources } from "../../apps/spec";
import type { DatabaseSettings } from "../../images/backup/contract";
import { extensionNames } from "../../lib/databaseExtensions";
import { databaseRolesSql } from "../../lib/databaseRoles";
import { hostBasedAuthentication } from "../../lib/hostBasedAuthentication";
import { pgtune } from "../../lib/pgtune";
import { majorVersion, postgresPinForm } from "../../lib/postgresVersion";
import { mapValues } from "../../lib/records";
import type { ReconcileDatabaseInput } from "../../operations/steps/reconcileDatabase";
import { HardenedContainer } from "../container";
import type { Host } from "../host/host";
import { type Identity, physicalName } from "../identity";
import type { PulledImage } from "../images";
import { Step } from "../step";
import type { Credentials, MonitoredDatabase } from "./database";
import { databaseRoles, loginRoles, logins, users, usualRoles, type WantedRoles } from "./postgresRoles";
import type { Secrets } from "./secrets";
import { Volume } from "./volume";

export interface PostgresArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly spec: PostgresSpec;
  readonly resources: Resources;
  readonly image: PulledImage;
  /** Network that the services reach it by. */
  readonly network: pulumi.Input<string>;
  readonly secrets: Secrets;
  /** What is deployed. The roles are brought in order on every deploy, whatever was changed by hand in between. */
  readonly release: string;
  /** How it is backed up; undefined when it isn't. */
  readonly backups: { readonly pitr: boolean } | undefined;
  /** Seconds until it must be ready. */
  readonly readyTimeout: number;
}

const port = 5432;
const user = "999:999";
const adminPasswordFile = "/run/secrets/postgres/admin-password";
const alias = "postgres";
/** What nobody has fetched is kept so far: a backup service that is down must not fill the disk of the database. */
const largestBacklog = "4GB";
/** Extensions that count from the server's start on, or not at all. */
const preloaded = ["pg_stat_statements"];
const authenticationFile = "/etc/slipway/pg_hba.conf";

/**
 * A Postgres server with one database: its volume, its container, tuned to the memory limit, and the step that brings
 * roles, passwords, the database and its extensions to what the spec says, on every change of any of them.
 *
 * @example new Postgres("postgres", { identity, host, spec: app.postgres, resources, image, network, secrets, backups: undefined, readyTimeout: 120 })
 */
export class Postgres extends pulumi.ComponentResource implements MonitoredDatabase {
  readonly host: pulumi.Output<string>;
  readonly port = pulumi.output(port);
  readonly name: pulumi.Output<string>;
  readonly sslmode = pulumi.output("disable");
  readonly owner: Credentials;
  readonly app: Credentials;
  readonly monitor: Credentials;
  readonly roles: Readonly<Record<string, Credentials>>;
  /** How the backup service reaches it; undefined when it isn't backed up. */
  readonly backedUp: DatabaseSettings | undefined;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:data:Postgres", name, {}, opts);
    const volume = new Volume(
      `${name}-data`,
      { identity: args.identity, part: "postgres" },
      { parent: this },
    );
    const container = this.createContainer(name, args, volume);
    const roles = {
      usual: usualRoles(args.spec, args.secrets),
      logins: loginRoles(args.spec, args.secrets),
    };
    const reconciled = this.reconcile(name, args, container, volume, roles);

    // What uses the database must wait until its role exists.
    const ready = <T>(value: pulumi.Input<T>) =>
      pulumi.all([value, reconciled.id]).apply(([inner]) => inner as T);
    this.host = ready(alias);
    this.name = ready(args.spec.database);
    const usable = ({ user, password }: Credentials) => ({ user: ready(user), password: ready(password) });
    this.owner = usable(roles.usual.owner);
    this.app = usable(roles.usual.app);
    this.monitor = usable(roles.usual.monitor);
    this.roles = mapValues(roles.logins, usable);
    this.backedUp = args.backups === undefined ? undefined : backedUpDatabase(args.spec);
    this.registerOutputs({ host: this.host, port: this.port, name: this.name });
  }

  private createContainer(name: string, args: PostgresArgs, volume: Volume): HardenedContainer {
    return new HardenedContainer(
      `${name}-server`,
      {
        identity: args.identity,
        service: "postgres",
        // A fixed name: two servers on one volume would destroy it, and so can't exist.
        fixedName: physicalName(args.identity, "postgres"),
        image: args.image.name,
        release: args.image.release,
        user,
        command: [
          "postgres",
          ...Object.entries(settings(args)).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
        ],
        environment: {
          POSTGRES_PASSWORD_FILE: adminPasswordFile,
          POSTGRES_INITDB_ARGS: "--data-checksums --auth-host=scram-sha-256 --auth-local=peer",
        },
        files: {
          [adminPasswordFile]: args.secrets.get("databaseAdminPassword"),
          ...(streamsLog(args)
            ? { [authenticationFile]: hostBasedAuthentication(users(args.spec).backup) }
            : {}),
        },
        networks: [{ network: args.network, aliases: [alias] }],
        volumes: { [dataFolder(args.image.release)]: volume.name },
        temporary: { "/tmp": 64, "/var/run/postgresql": 16 },
        resources: args.resources,
        sharedMemory: 256,
        health: ["pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"],
        // "Fast" shutdown: sessions end, the checkpoint is written.
        stopSignal: "SIGINT",
        stopGrace: 120,
      },
      { parent: this },
    );
  }

  private reconcile(
    name: string,
    args: PostgresArgs,
    container: HardenedContainer,
    volume: Volume,
    roles: Pick<WantedRoles, "usual" | "logins">,
  ): Step<ReconcileDatabaseInput> {
    const { spec } = args;
    const { database, extensions, schemas = [] } = spec;
    const backups = args.backups && { replication: streamsLog(args) };
    return new Step<ReconcileDatabaseInput>(
      `${name}-roles`,
      {
        script: "reconcileDatabase",
        host: args.host,
        input: {
          container: container.startable,
          volume: volume.name,
          release: args.release,
          sql: pulumi
            .all([databaseRoles({ ...roles, spec, backups }), args.secrets.get("databaseAdminPassword")])
            .apply(([roles, adminPassword]) =>
              databaseRolesSql({ database, extensions, schemas, roles, adminPassword }),
            ),
          timeout: args.readyTimeout,
        },
      },
      { parent: this },
    );
  }
}

function backedUpDatabase(spec: PostgresSpec): DatabaseSettings {
  const { app, monitor, backup } = users(spec);
  return {
    host: alias,
    port,
    name: spec.database,
    user: backup,
    roles: [app, monitor, backup, ...logins(spec)],
  };
}

function streamsLog({ backups }: PostgresArgs): boolean {
  return backups?.pitr === true;
}

function settings(args: PostgresArgs) {
  const { connections } = args.spec;
  const extensions = extensionNames(args.spec.extensions);
  const libraries = preloaded.filter((extension) => extensions.includes(extension));
  return {
    ...pgtune({ ...args.resources, maxConnections: connections }),
    listen_addresses: "*",
    ...(libraries.length > 0 ? { shared_preload_libraries: libraries.join(",") } : {}),
    ...(streamsLog(args) ? { hba_file: authenticationFile, max_slot_wal_keep_size: largestBacklog } : {}),
  };
}

/** The official image keeps its data in another folder from version 18 on. */
function dataFolder(release: string): string {
  const version = majorVersion(release);
  if (version === undefined) throw new RangeError(`postgres image: "${release}" must be ${postgresPinForm}`);
  return version >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data";
}
