import type { DefaultsSpec, ImageSpec, SecretSpec, SettingSpec } from "./configuration";
import type { ObjectStoreSpec, PostgresSpec, RedisSpec, VolumeSpec } from "./data";
import type { MonitoringSpec, ProxySpec, RouteSpec } from "./edge";
import type { JobSpec, MigrationSpec, ServiceSpec } from "./process";

export type * from "./configuration";
export type * from "./data";
export type * from "./edge";
export type * from "./environment";
export type * from "./process";

/**
 * What a system is made of, in plain data: not a word about where it runs, nor one that only Docker knows.
 * `apps/<name>.ts` holds one of these; the components turn it into resources. `lib/specProblems.ts` says what is wrong
 * with one.
 */
export interface AppSpec {
  /** Name of the system; a part of every physical name and label. Lower case letters, digits, hyphens. */
  readonly name: string;
  /** The public host names that the routes use, by a short name: `app: "Where people use it"`. */
  readonly domains: Readonly<Record<string, string>>;
  /** Every image of the system by a short name. What has no default must be pinned in the stack. */
  readonly images: Readonly<Record<string, ImageSpec>>;
  /** Images that must be of the same release, by their keys in `images`. */
  readonly lockstep?: readonly string[];
  readonly secrets: Readonly<Record<string, SecretSpec>>;
  /** What differs from stack to stack and isn't secret, by the name that it is set by under `settings`. */
  readonly settings?: Readonly<Record<string, SettingSpec>>;
  readonly postgres: PostgresSpec;
  /** None when left out. */
  readonly redis?: RedisSpec;
  /** None when left out. */
  readonly objectStore?: ObjectStoreSpec;
  readonly proxy: ProxySpec;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Folders that outlive the containers, by a short name. */
  readonly volumes?: Readonly<Record<string, VolumeSpec>>;
  /** Brings the database to the release's schema, before any container of the release starts. */
  readonly migration?: MigrationSpec;
  /**
   * Creates the first administrator. Runs only while the stack sets `bootstrapAdmin`. None for a service that does it as
   * it starts: its environment refers to `admin`.
   */
  readonly bootstrapAdmin?: JobSpec;
  /** In order: of two that match a request, the first one serves it. */
  readonly routes: readonly RouteSpec[];
  /** Headers of every answer of the routes, instead of the proxy's own or besides them. An application that sets its own keeps it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where people look at how it does. */
  readonly monitoring: MonitoringSpec;
  /** What a stack of this system has unless it sets something else. */
  readonly defaults?: DefaultsSpec;
}
