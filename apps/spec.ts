/**
 * What a system is made of, in plain data: not a word about where it runs, nor one that only Docker knows.
 * `apps/<name>.ts` holds one of these; the components turn it into resources.
 */
export interface AppSpec {
  /** Name of the system; a part of every physical name and label. Lower case letters, digits, hyphens. */
  readonly name: string;
  /** The public host names that the routes use, by a short name: `app: "Where people use it"`. */
  readonly domains: Readonly<Record<string, string>>;
  /** Every image of the system by a short name. What has no default must be pinned in the stack. */
  readonly images: Readonly<Record<string, ImageSpec>>;
  readonly secrets: Readonly<Record<string, SecretSpec>>;
  readonly postgres: PostgresSpec;
  readonly redis: RedisSpec;
  readonly proxy: ProxySpec;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Brings the database to the release's schema, before any container of the release starts. */
  readonly migration?: JobSpec;
  /** Creates the first administrator. Runs only while the stack sets `bootstrapAdmin`. */
  readonly bootstrapAdmin?: JobSpec;
  /** In order: of two that match a request, the first one serves it. */
  readonly routes: readonly RouteSpec[];
  /** Where people look at how it does. */
  readonly monitoring: MonitoringSpec;
}

export interface ImageSpec {
  /** What runs in it, for error messages. */
  readonly description: string;
  /** The pin unless the stack sets another. */
  readonly default?: string;
}

export interface SecretSpec {
  readonly description: string;
  /**
   * `generate`: made once and kept in the state, unless the stack sets it. `optional`: left out unless the stack sets
   * it. `required`: the stack must set it.
   */
  readonly origin: "generate" | "optional" | "required";
  /** `password`: 32 letters and digits. `base64-32`: 32 random bytes in base64. `url`: an address that is never generated. */
  readonly form: "password" | "base64-32" | "url";
}

/** What a process may use at most. The stack can set others under `resources`. */
export interface Resources {
  /** MiB. Past it, the process is killed. */
  readonly memory: number;
  /** Cores, fractions allowed. Past it, the process is slowed down. */
  readonly cpus: number;
}

export interface PostgresSpec {
  /** Key in `images`. */
  readonly image: string;
  readonly database: string;
  /** Extensions that the database must have. */
  readonly extensions: readonly string[];
  readonly resources: Resources;
}

export interface RedisSpec {
  /** Key in `images`. */
  readonly image: string;
  /** What happens when memory runs out. `noeviction` for queues and sessions, `allkeys-lru` for caches. */
  readonly eviction: "noeviction" | "allkeys-lru";
  readonly resources: Resources;
}

export interface ProxySpec {
  /** Key in `images`. */
  readonly image: string;
  readonly resources: Resources;
}

/** A value of an environment variable: itself, or what the stack has for it. */
export type EnvironmentValue =
  | string
  | { readonly database: "host" | "port" | "name" | "user" | "password" | "sslmode" }
  | { readonly redis: "host" | "port" | "password" }
  | { readonly secret: string }
  /** The public origin of a domain: `https://clubhouse.example.com`. */
  | { readonly origin: string }
  | { readonly admin: "username" | "password" | "email" }
  /** Where to send traces by OTLP over gRPC, `host:port`. Left out when nothing takes them. */
  | { readonly telemetry: "traces" };

export type Environment = Readonly<Record<string, EnvironmentValue>>;

/** How a service says that it can serve. */
export interface HealthSpec {
  /** HTTP path that answers 200 while it can: what the proxy asks. */
  readonly path: string;
  /** Run inside the container; exit code 0 means healthy. The program and its arguments: no shell is needed, nor curl. */
  readonly command: readonly string[];
}

export interface ServiceSpec {
  /** Key in `images`. */
  readonly image: string;
  /** Port that it listens on, plain HTTP. */
  readonly port: number;
  /** Numeric `uid:gid` that the process runs as. Never root. */
  readonly user: string;
  readonly environment?: Environment;
  readonly health: HealthSpec;
  /** How many run side by side. @default 1 */
  readonly replicas?: number;
  readonly resources: Resources;
  /** HTTP path, on its port, of its metrics in Prometheus' format. None when left out. */
  readonly metrics?: string;
  /** Whether it talks to Postgres or Redis. What doesn't is kept off their network. */
  readonly usesData: boolean;
  /** Seconds from the stop signal to the kill: time to close WebSockets and finish work. @default 30 */
  readonly stopGrace?: number;
}

/** A process that runs once to its end; exit code 0 is success. It runs as the service of the same image does. */
export interface JobSpec {
  /** Key in `services`: its image, user and environment are the job's. */
  readonly service: string;
  readonly command: readonly string[];
  /** Added to the environment of the service, which it overrides. */
  readonly environment?: Environment;
}

export interface RouteSpec {
  /** Key in `domains`. */
  readonly domain: string;
  /** Paths as Caddy matches them: `/health` exactly, or `/api/*` with all below. All when left out. */
  readonly paths?: readonly string[];
  /** Key in `services`. */
  readonly service: string;
  /** Largest request body, MB. @default 10 */
  readonly bodyLimit?: number;
}

export interface MonitoringSpec {
  /** Key in `domains`: where Grafana is. */
  readonly domain: string;
  /** Key in `domains`: where Uptime Kuma is, which people set up by hand. It doesn't run when left out. */
  readonly statusDomain?: string;
  /** A login that the proxy asks for before Grafana's own. None when left out. */
  readonly basicAuth?: BasicAuthSpec;
}

export interface BasicAuthSpec {
  readonly username: string;
  /** Key in `secrets`. */
  readonly secret: string;
}
