import type { Environment } from "./environment";

/** What a process may use at most. The stack can set others under `resources`. */
export interface Resources {
  /** MiB. Past it, the process is killed. */
  readonly memory: number;
  /** Cores, fractions allowed. Past it, the process is slowed down. */
  readonly cpus: number;
}

/** What a process runs in. */
export interface ProcessSpec {
  /** Key in `images`. */
  readonly image: string;
  /** Numeric `uid:gid` that the process runs as. Never root. */
  readonly user: string;
  /** The program, with the arguments that it always has. @default the entry point of its image */
  readonly entrypoint?: readonly string[];
  /** Instead of the image's own: the arguments of its entry point. */
  readonly command?: readonly string[];
  readonly environment?: Environment;
  readonly resources: Resources;
  /** Whether it talks to Postgres, Redis or the object store. What doesn't is kept off their network. */
  readonly usesData: boolean;
  /** Key in `postgres.roles`: whom it connects as. @default the role that all services have in common; a migration's owns the schema */
  readonly databaseRole?: string;
  /** Key in `volumes` by the path that it is mounted at. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Writable folders in memory, MiB each; everything else is read-only. @default /tmp with 64 MiB */
  readonly temporary?: Readonly<Record<string, number>>;
  /** Folders of its image that it changes: each container has a copy of its own, which belongs to `user` and goes with it. */
  readonly copies?: readonly string[];
  /** Why it must be able to write to the root of its file system. @default it can't */
  readonly writableRoot?: string;
  /** Kernel capabilities that it keeps, with their CAP_ prefix, each with the reason. @default none */
  readonly capabilities?: Readonly<Record<string, string>>;
}

export interface ServiceSpec extends ProcessSpec {
  /** Port that it listens on, plain HTTP. None: it serves no requests, as a worker. */
  readonly port?: number;
  readonly health: HealthSpec;
  /** How many run side by side. @default 1 */
  readonly replicas?: number;
  /** How its memory, cores and connections follow from what it does at a time. Its resources are then the stack's or these. */
  readonly sizing?: SizingSpec;
  /** HTTP path, on its port, of its metrics in Prometheus' format. None when left out. */
  readonly metrics?: string;
  /** Seconds from the stop signal to the kill: time to close WebSockets and finish work. @default 30 */
  readonly stopGrace?: number;
  /** Host names that it may reach on the internet, through a proxy that its `HTTPS_PROXY` names. @default all, and directly */
  readonly egress?: readonly string[];
  /** Keys in `services` that must be ready before it starts, and that it reaches by these names: `http://api:3000`. */
  readonly after?: readonly string[];
  /** Whether it runs only in stacks that name it under `services`. @default false */
  readonly optional?: boolean;
}

/** How a service says that it can serve. */
export interface HealthSpec {
  /** HTTP path that answers 200 while it can: what the proxy asks. A service without a port has none. */
  readonly path?: string;
  /** Run inside the container; exit code 0 means healthy. The program and its arguments: no shell is needed, nor curl. */
  readonly command: readonly string[];
  /** Seconds between two checks. @default 10 */
  readonly interval?: number;
  /** What a new container must answer besides, before it gets a request. */
  readonly startup?: StartupSpec;
}

export interface StartupSpec {
  /** HTTP path that must answer 200. */
  readonly path: string;
  /** Fields of the JSON that it answers with, by their names, with the values they must have. */
  readonly expect?: Readonly<Record<string, string>>;
}

/** A formula, and sizes that are known to be good. The stack sets one of both under `sizes`. */
export interface SizingSpec {
  /** What it needs for so many jobs at a time: MiB, cores and database connections. */
  readonly formula: {
    readonly memory: { readonly base: number; readonly perWorker: number };
    readonly cpus: { readonly perWorker: number };
    readonly connections: { readonly base: number; readonly perWorker: number };
  };
  readonly tiers: Readonly<Record<string, SizeSpec>>;
  /** Key in `tiers`: the size of a stack that sets none. */
  readonly default: string;
}

export interface SizeSpec extends Resources {
  /** Jobs at a time. */
  readonly workers: number;
  /** To the database, at most. */
  readonly connections: number;
  /** @default 1 */
  readonly replicas?: number;
}

/** A process that runs once to its end; exit code 0 is success. It runs as the service does. */
export interface ServiceJobSpec {
  /** Key in `services`: its image, user and environment are the job's. */
  readonly service: string;
  readonly command: readonly string[];
  /** Added to the environment of the service, which it overrides. */
  readonly environment?: Environment;
}

/** A process that runs once to its end, in an image of its own or as a service does. */
export type JobSpec = ServiceJobSpec | ProcessSpec;

export type MigrationSpec = JobSpec & {
  /** Arguments with which the same container takes the last release's changes back: `npm run rollback -- --revert-migration`. */
  readonly revert?: readonly string[];
};
