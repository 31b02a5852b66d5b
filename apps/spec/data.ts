import type { Resources } from "./process";

export interface PostgresSpec {
  /** Key in `images`. */
  readonly image: string;
  readonly database: string;
  /** Extensions that the database must have: by name, in `public`, or in a schema of their own. */
  readonly extensions: readonly (string | ExtensionSpec)[];
  /** Schemas besides `public` that the migrations keep and the services use. */
  readonly schemas?: readonly string[];
  /** Roles besides those that every system has, by name. */
  readonly roles?: Readonly<Record<string, DatabaseRoleSpec>>;
  /**
   * Whether the migrations may put the roles without a password into others and change their settings, as by
   * `ALTER ROLE … SET search_path`. From Postgres 16 on. @default false
   */
  readonly ownerManagesRoles?: boolean;
  /** Connections at most. @default 100 */
  readonly connections?: number;
  readonly resources: Resources;
}

export interface ExtensionSpec {
  readonly name: string;
  /** Where it is: made for it, the migrations keep it, and all roles find what is in it. */
  readonly schema: string;
}

/** A role of the database. It can do nothing but what the migrations grant it, and what is said here. */
export interface DatabaseRoleSpec {
  /** Key in `secrets`: its password. A role without one can't log in, and is there to be granted to others. */
  readonly secret?: string;
  /** Roles whose rights it may take on. */
  readonly memberOf?: readonly string[];
  /** Whether it has these rights without asking for them by SET ROLE. @default true */
  readonly inherit?: boolean;
  /** A schema that it owns, for a program that keeps its own tables. */
  readonly schema?: string;
  /** Whether it has the rights of the role that all services have in common. @default false */
  readonly commonRights?: boolean;
  /** Why it must see and change all rows, whatever the policies of their tables say. @default they hold for it */
  readonly bypassRowSecurity?: string;
}

export interface RedisSpec {
  /** Key in `images`. */
  readonly image: string;
  /** What happens when memory runs out. `noeviction` for queues and sessions, `allkeys-lru` for caches. */
  readonly eviction: "noeviction" | "allkeys-lru";
  /** MiB for its data. @default as much as the limit of its container allows */
  readonly maxMemory?: number;
  readonly resources: Resources;
}

/** A store of objects by the protocol of S3 (MinIO), backed up with the rest. */
export interface ObjectStoreSpec {
  /** Key in `images`. */
  readonly image: string;
  /** Made if they aren't there. */
  readonly buckets: readonly string[];
  readonly resources: Resources;
}

export interface VolumeSpec {
  readonly description: string;
  /** Whether the backups have it. What can be made anew needs none. */
  readonly backedUp: boolean;
}
