import type * as pulumi from "@pulumi/pulumi";
import type { AppSpec } from "../../apps/spec";
import { backsUp } from "../../lib/backup/settings";
import { dataArgs, type Foundation } from "../foundation";
import type { Database } from "./database";
import { ExternalPostgres } from "./externalPostgres";
import { ObjectStore } from "./objectStore";
import { Postgres } from "./postgres";
import { Redis } from "./redis";
import { Volume } from "./volume";

/** What keeps the data of a system. */
export interface Stores {
  readonly database: Database;
  readonly redis: Redis | undefined;
  readonly objectStore: ObjectStore | undefined;
  /** Those that the spec names, for its services. */
  readonly volumes: Readonly<Record<string, Volume>>;
}

/** Creates what the spec has of each kind. */
export function createStores(foundation: Foundation, opts: { readonly parent: pulumi.Resource }): Stores {
  const { redis, objectStore, volumes = {} } = foundation.config.app;
  const { identity } = foundation;
  return {
    database: createDatabase(foundation, opts),
    redis: redis && new Redis("redis", { ...dataArgs(foundation, "redis", redis), spec: redis }, opts),
    objectStore:
      objectStore &&
      new ObjectStore(
        "object-store",
        { ...dataArgs(foundation, "object-store", objectStore), spec: objectStore },
        opts,
      ),
    volumes: Object.fromEntries(
      Object.keys(volumes).map((volume) => {
        // Its own beginning: a volume of the spec may be called as one of ours.
        const part = `volume-${volume}`;
        return [volume, new Volume(part, { identity, part }, opts)];
      }),
    ),
  };
}

/** Names of the volumes to back up besides the database, by what they hold. */
export function backedUpVolumes(
  { volumes: specs = {} }: AppSpec,
  { objectStore, volumes }: Stores,
): Record<string, pulumi.Output<string>> {
  const own = Object.entries(volumes).filter(([volume]) => specs[volume]?.backedUp === true);
  return {
    ...Object.fromEntries(own.map(([volume, { name }]) => [volume, name])),
    ...(objectStore === undefined ? {} : { "object-store": objectStore.data }),
  };
}

function createDatabase(foundation: Foundation, opts: { readonly parent: pulumi.Resource }): Database {
  const { config, images, secrets } = foundation;
  const { app, postgres: settings } = config;
  if (settings !== undefined) {
    return new ExternalPostgres("postgres", { settings, spec: app.postgres, secrets }, opts);
  }
  return new Postgres(
    "postgres",
    {
      ...dataArgs(foundation, "postgres", app.postgres),
      spec: app.postgres,
      release: images.release,
      backups: backsUp(config) ? config.backups : undefined,
    },
    opts,
  );
}
