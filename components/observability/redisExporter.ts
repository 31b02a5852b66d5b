import * as pulumi from "@pulumi/pulumi";
import { httpHealth } from "../../lib/httpHealth";
import type { Redis } from "../data/redis";
import { Part, type PartPlatform } from "./part";

export interface RedisExporterArgs {
  readonly redis: Redis;
  /** Network that it is reached by. */
  readonly data: pulumi.Input<string>;
}

/**
 * The Redis exporter: what `INFO` says.
 *
 * @example new RedisExporter("redisExporter", platform, { redis, data: networks.data }, { parent: this })
 */
export class RedisExporter extends Part {
  constructor(
    name: string,
    platform: PartPlatform,
    { redis, data }: RedisExporterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const address = pulumi.interpolate`redis://${redis.host}:${redis.port}`;
    super(
      "RedisExporter",
      name,
      platform,
      {
        part: "redisExporter",
        user: "59000:59000",
        environment: { REDIS_ADDR: address, REDIS_PASSWORD_FILE: passwordFile },
        // A password by address: the form that the exporter reads from a file.
        files: {
          [passwordFile]: pulumi
            .all([address, redis.password])
            .apply(([known, password]) => JSON.stringify({ [known]: password })),
        },
        networks: [data],
        health: httpHealth(9121, "/health"),
      },
      opts,
    );
  }
}

const passwordFile = "/run/secrets/redis-exporter/passwords.json";
