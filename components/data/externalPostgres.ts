import * as pulumi from "@pulumi/pulumi";
import type { ExternalPostgresSettings } from "../../lib/stackSchema";
import type { Credentials, Database } from "./database";
import type { Secrets } from "./secrets";

export interface ExternalPostgresArgs {
  readonly settings: ExternalPostgresSettings;
  readonly secrets: Secrets;
}

/**
 * A Postgres server that somebody else runs, such as a managed one. Nothing is created or changed there: the database
 * and the role must exist, and the one role serves both the migrations and the services.
 *
 * @example new ExternalPostgres("postgres", { settings: config.postgres, secrets })
 */
export class ExternalPostgres extends pulumi.ComponentResource implements Database {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly name: pulumi.Output<string>;
  readonly sslmode: pulumi.Output<string>;
  readonly owner: Credentials;
  readonly app: Credentials;

  constructor(
    name: string,
    { settings, secrets }: ExternalPostgresArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:data:ExternalPostgres", name, {}, opts);
    this.host = pulumi.output(settings.host);
    this.port = pulumi.output(settings.port);
    this.name = pulumi.output(settings.database);
    this.sslmode = pulumi.output<string>(settings.sslmode);
    this.app = { user: pulumi.output(settings.user), password: secrets.get("databaseAppPassword") };
    this.owner = this.app;
    this.registerOutputs({ host: this.host, port: this.port, name: this.name });
  }
}
