import * as pulumi from "@pulumi/pulumi";
import type { RedisSpec, Resources } from "../../apps/spec";
import { redisConfiguration } from "../../lib/redisConfiguration";
import type { AwaitReadyInput } from "../../operations/steps/awaitReady";
import { HardenedContainer } from "../container";
import type { Host } from "../host/host";
import { type Identity, physicalName } from "../identity";
import type { PulledImage } from "../images";
import { Step } from "../step";
import type { Secrets } from "./secrets";
import { Volume } from "./volume";

export interface RedisArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly spec: RedisSpec;
  readonly resources: Resources;
  readonly image: PulledImage;
  /** Network that the services reach it by. */
  readonly network: pulumi.Input<string>;
  readonly secrets: Secrets;
  /** Seconds until it must be ready. */
  readonly readyTimeout: number;
}

const port = 6379;
const alias = "redis";
const configurationFile = "/run/secrets/redis/redis.conf";
const passwordFile = "/run/secrets/redis/password";

/**
 * A Redis server with a password, kept on disk: its volume, its container, and the wait until it answers.
 *
 * @example new Redis("redis", { identity, host, spec: app.redis, resources, image, network, secrets, readyTimeout: 120 })
 */
export class Redis extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly port = pulumi.output(port);
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:data:Redis", name, {}, opts);
    const volume = new Volume(`${name}-data`, { identity: args.identity, part: "redis" }, { parent: this });
    const password = args.secrets.get("redisPassword");
    const container = new HardenedContainer(`${name}-server`, containerArgs(args, volume, password), {
      parent: this,
    });
    const ready = new Step<AwaitReadyInput>(
      `${name}-ready`,
      {
        script: "awaitReady",
        host: args.host,
        input: { what: "Redis", containers: pulumi.all([container.startable]), timeout: args.readyTimeout },
      },
      { parent: this },
    );
    // What uses it must wait until it answers.
    this.host = ready.id.apply(() => alias);
    this.password = pulumi.all([password, ready.id]).apply(([known]) => known);
    this.registerOutputs({ host: this.host, port: this.port });
  }
}

function containerArgs(args: RedisArgs, volume: Volume, password: pulumi.Output<string>) {
  return {
    identity: args.identity,
    service: "redis",
    // A fixed name: two servers on one volume would destroy it, and so can't exist.
    fixedName: physicalName(args.identity, "redis"),
    image: args.image.name,
    release: args.image.release,
    user: "999:999",
    command: ["redis-server", configurationFile],
    files: {
      [configurationFile]: password.apply((known) =>
        redisConfiguration({
          password: known,
          eviction: args.spec.eviction,
          memory: args.resources.memory,
          maxMemory: args.spec.maxMemory,
        }),
      ),
      [passwordFile]: password,
    },
    networks: [{ network: args.network, aliases: [alias] }],
    volumes: { "/data": volume.name },
    resources: args.resources,
    // The password by a file: neither the command line nor `docker inspect` shows it.
    health: ["sh", "-c", `REDISCLI_AUTH="$(cat ${passwordFile})" redis-cli ping | grep -q PONG`],
    stopGrace: 60,
  };
}
