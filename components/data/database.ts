import type * as pulumi from "@pulumi/pulumi";

/** A role to connect as. */
export interface Credentials {
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/** A Postgres database, wherever it runs, once it can be used. */
export interface Database {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly name: pulumi.Output<string>;
  readonly sslmode: pulumi.Output<string>;
  /** Owns the schema: for migrations. */
  readonly owner: Credentials;
  /** For the services. */
  readonly app: Credentials;
  /** Those of the spec that can log in, by their names there. */
  readonly roles: Readonly<Record<string, Credentials>>;
}

/** One that this program runs, and so has a role that reads statistics. */
export interface MonitoredDatabase extends Database {
  readonly monitor: Credentials;
}
