import * as pulumi from "@pulumi/pulumi";
import type { PartName } from "../../lib/observability/parts";
import type { ConfigurePartsInput } from "../../operations/steps/configureParts";
import type { MonitoredDatabase } from "../data/database";
import type { Redis } from "../data/redis";
import type { Host } from "../host/host";
import { Step } from "../step";
import { Alertmanager } from "./alertmanager";
import { BlackboxExporter } from "./blackboxExporter";
import { Collector } from "./collector";
import { Grafana } from "./grafana";
import { Guardian } from "./guardian";
import { Loki } from "./loki";
import { NodeExporter } from "./nodeExporter";
import type { Part, PartPlatform } from "./part";
import { PostgresExporter } from "./postgresExporter";
import { Prometheus } from "./prometheus";
import { RedisExporter } from "./redisExporter";
import { Tempo } from "./tempo";
import { UptimeKuma } from "./uptimeKuma";

export interface ObservabilityArgs extends PartPlatform {
  readonly host: Host;
  /** Undefined when somebody else runs the server. */
  readonly database: MonitoredDatabase | undefined;
  /** Undefined when the system has none. */
  readonly redis: Redis | undefined;
  /** Network of the databases. */
  readonly data: pulumi.Input<string>;
  /** Seconds until all of it must be ready. */
  readonly readyTimeout: number;
}

/**
 * What watches a system: the parts of the stack's profile, each a container, and one step that gives all of them their
 * configuration. A change of a threshold, a rule or a dashboard runs the step, and replaces no container.
 *
 * @example new Observability("observability", { ...platform, host, database, redis, data, readyTimeout: 120 })
 */
export class Observability extends pulumi.ComponentResource {
  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:observability:Observability", name, {}, opts);
    const parts = args.observed.parts.map((part) => this.create(part, `${name}-${part}`, args));
    new Step<ConfigurePartsInput>(
      `${name}-configure`,
      {
        script: "configureParts",
        host: args.host,
        input: {
          parts: pulumi.all(parts.map(({ configurable }) => configurable)),
          timeout: args.readyTimeout,
        },
      },
      { parent: this },
    );
    this.registerOutputs({ parts: args.observed.parts });
  }

  private create(part: PartName, name: string, args: ObservabilityArgs): Part {
    const { database, redis, data } = args;
    const parent = { parent: this };
    switch (part) {
      case "prometheus":
        return new Prometheus(name, args, parent);
      case "alertmanager":
        return new Alertmanager(name, args, parent);
      case "grafana":
        return new Grafana(name, args, parent);
      case "loki":
        return new Loki(name, args, parent);
      case "tempo":
        return new Tempo(name, args, parent);
      case "collector":
        return new Collector(name, args, parent);
      case "guardian":
        return new Guardian(name, args, parent);
      case "nodeExporter":
        return new NodeExporter(name, args, parent);
      case "blackboxExporter":
        return new BlackboxExporter(name, args, parent);
      case "postgresExporter":
        if (database === undefined)
          throw new RangeError("part postgresExporter: there is no role to read by");
        return new PostgresExporter(name, args, { database, data }, parent);
      case "redisExporter":
        if (redis === undefined) throw new RangeError("part redisExporter: there is no Redis server");
        return new RedisExporter(name, args, { redis, data }, parent);
      case "uptimeKuma":
        return new UptimeKuma(name, args, parent);
    }
  }
}
