import * as pulumi from "@pulumi/pulumi";
import type { PostgresSpec } from "../../apps/spec";
import type { ExternalPostgresSettings } from "../../lib/stackSchema";
import type { Credentials, Database } from "./database";
import { loginRoles } from "./postgresRoles";
import type { Secrets } from "./secrets";

export interface ExternalPostgresArgs {
  readonly settings: ExternalPostgresSettings;
  readonly spec: PostgresSpec;
  readonly secrets: Secrets;
}

/**
 * A Postgres server that somebody else runs, such as a managed one. Nothing is created or changed there: the database
 * and the roles must exist. The one of the settings serves both the migrations and the services; those of the spec have its
 * names and the passwords in its secrets.
 *
 * @example new ExternalPostgres("postgres", { settings: config.postgres, spec: app.postgres, secrets })
 */
export class ExternalPostgres extends pulumi.ComponentResource implements Database {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly name: pulumi.Output<string>;
  readonly sslmode: pulumi.Output<string>;
  readonly owner: Credentials;
  readonly app: Credentials;
  readonly roles: Readonly<Record<string, Credentials>>;

  constructor(
    name: string,
    { settings, spec, secrets }: ExternalPostgresArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:data:ExternalPostgres", name, {}, opts);
    this.host = pulumi.output(settings.host);
    this.port = pulumi.output(settings.port);
    this.name = pulumi.output(settings.database);
    this.sslmode = pulumi.output<string>(settings.sslmode);
    this.app = { user: pulumi.output(settings.user), password: secrets.get("databaseAppPassword") };
    this.owner = this.app;
    this.roles = loginRoles(spec, secrets);
    this.registerOutputs({ host: this.host, port: this.port, name: this.name });
  }
}
