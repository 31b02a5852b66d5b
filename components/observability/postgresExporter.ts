import * as pulumi from "@pulumi/pulumi";
import { httpHealth } from "../../lib/httpHealth";
import type { MonitoredDatabase } from "../data/database";
import { Part, type PartPlatform } from "./part";

export interface PostgresExporterArgs {
  readonly database: MonitoredDatabase;
  /** Network that it is reached by. */
  readonly data: pulumi.Input<string>;
}

/**
 * The Postgres exporter: what the server's statistics say, read by a role that can read nothing else.
 *
 * @example new PostgresExporter("postgresExporter", platform, { database, data: networks.data }, { parent: this })
 */
export class PostgresExporter extends Part {
  constructor(
    name: string,
    platform: PartPlatform,
    { database, data }: PostgresExporterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(
      "PostgresExporter",
      name,
      platform,
      {
        part: "postgresExporter",
        user: "65534:65534",
        environment: {
          DATA_SOURCE_URI: pulumi.interpolate`${database.host}:${database.port}/${database.name}?sslmode=${database.sslmode}`,
          DATA_SOURCE_USER: database.monitor.user,
          DATA_SOURCE_PASS_FILE: passwordFile,
        },
        files: { [passwordFile]: database.monitor.password },
        networks: [data],
        health: httpHealth(9187, "/"),
      },
      opts,
    );
  }
}

const passwordFile = "/run/secrets/postgres-exporter/password";
