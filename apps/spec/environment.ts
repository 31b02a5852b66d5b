/** A value of an environment variable: itself, or what the stack has for it. */
export type EnvironmentValue =
  | string
  /** `url`: `postgresql://user:password@host:port/name?sslmode=…`. */
  | { readonly database: "host" | "port" | "name" | "user" | "password" | "sslmode" | "url" }
  /** `url`: `redis://:password@host:port/0`. */
  | { readonly redis: "host" | "port" | "password" | "url" }
  | { readonly objectStore: "endpoint" | "region" | "accessKey" | "secretKey" }
  | { readonly secret: string }
  | { readonly setting: string }
  /** The public origin of a domain: `https://clubhouse.example.com`. */
  | { readonly origin: string }
  /** Left out while the stack sets no `bootstrapAdmin`. */
  | { readonly admin: "username" | "password" | "email" }
  /** Where to send traces by OTLP over gRPC, `host:port`. Left out when nothing takes them. */
  | { readonly telemetry: "traces" }
  /** How the service is sized: see `SizingSpec`. */
  | { readonly size: "workers" | "connections" }
  /** The release of the process' own image: `1.2.0`. */
  | { readonly image: "release" }
  /** One text of several. Left out when one of them is. */
  | { readonly text: readonly EnvironmentValue[] }
  /** The path of a file with the value in it, readable by the process alone: for variables such as `PASSWORD_FILE`. */
  | { readonly file: EnvironmentValue };

export type Environment = Readonly<Record<string, EnvironmentValue>>;
