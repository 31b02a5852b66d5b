import { setTimeout as sleep } from "node:timers/promises";
import { loadExeca } from "../../lib/execa";
import { docker } from "../engine/harness/engine";
import type { Blueprint } from "./blueprint";
import { type CreateOptions, createArguments, prefix } from "./createArguments";
import { seconds } from "./stopwatch";

/** What a release takes by itself, in seconds. */
export interface ReleaseFloor {
  /** From the creation of its container to its end. */
  readonly migration: number;
  /** From the creation of the new container to its first good health check. */
  readonly start: number;
  /** From the stop signal to the end of the old one. */
  readonly stop: number;
}

const probePause = 50;
const patience = 120_000;

/**
 * The same containers with nothing around them: docker create, docker start, and the health check until it is good. What
 * this takes, no tool can save.
 */
export class ByHand {
  constructor(private readonly blueprints: readonly Blueprint[]) {}

  /** From nothing to the proxy being ready: each as soon as what it needs is there. */
  up(): Promise<number> {
    const networks = new Set(this.blueprints.flatMap((one) => networksOf(one)));
    const volumes = new Set(this.blueprints.flatMap(({ volumes }) => Object.values(volumes)));
    return seconds(async () => {
      await Promise.all([
        ...[...networks].map((name) =>
          docker("network", "create", ...(name.endsWith("-data") ? ["--internal"] : []), prefix + name),
        ),
        ...[...volumes].map((name) => docker("volume", "create", prefix + name)),
      ]);
      const done = new Map<string, Promise<void>>();
      const finished = (service: string): Promise<void> => {
        const known = done.get(service) ?? this.run(service, finished);
        done.set(service, known);
        return known;
      };
      await Promise.all(this.blueprints.map(({ service }) => finished(service)));
    });
  }

  /**
   * A release of the backend beside the one of the stack, on the stack's networks: it migrates the stack's database,
   * starts, gets healthy and stops.
   */
  async release(image: string): Promise<ReleaseFloor> {
    const options = { image, networks: (network: string) => network };
    const migration = await seconds(async () => {
      const id = await this.create("migration", options);
      await docker("container", "start", "--attach", id);
    });
    let backend = "";
    const start = await seconds(async () => {
      backend = await this.create("backend", options);
      await docker("container", "start", backend);
      await healthy(backend, this.blueprint("backend"));
    });
    const stop = await seconds(() => docker("container", "stop", backend));
    await ByHand.removeAll();
    return { migration, start, stop };
  }

  /** Removes all that was made by hand, also by an earlier run. */
  static async removeAll(): Promise<void> {
    const filter = ["--quiet", "--filter", `name=${prefix}`];
    for (const [kind, ...options] of [["container", "--all"], ["network"], ["volume"]] as const) {
      const found = (await docker(kind, "ls", ...options, ...filter)).split("\n").filter((id) => id !== "");
      const force = kind === "container" ? ["--force", "--volumes"] : [];
      if (found.length > 0) await docker(kind, "rm", ...force, ...found);
    }
  }

  private async run(service: string, finished: (service: string) => Promise<void>): Promise<void> {
    const blueprint = this.blueprint(service);
    const [id] = await Promise.all([
      this.create(service, { networks: (network) => prefix + network }),
      ...blueprint.after.map(finished),
    ]);
    if (runsOnce(blueprint)) {
      await docker("container", "start", "--attach", id);
    } else {
      await docker("container", "start", id);
      await healthy(id, blueprint);
    }
  }

  private async create(service: string, options: CreateOptions): Promise<string> {
    const blueprint = this.blueprint(service);
    const id = await docker("container", "create", ...createArguments(blueprint, options));
    const [, ...others] = networksOf(blueprint);
    for (const network of others) {
      await docker("network", "connect", "--alias", service, options.networks(network), id);
    }
    return id;
  }

  private blueprint(service: string): Blueprint {
    const found = this.blueprints.find((one) => one.service === service);
    if (found === undefined) throw new Error(`the stack has no ${service}`);
    return found;
  }
}

function networksOf({ details }: Blueprint): string[] {
  return Object.keys(details.NetworkSettings.Networks).filter((name) => name !== "none");
}

function runsOnce({ details }: Blueprint): boolean {
  return details.HostConfig.RestartPolicy.Name === "no";
}

async function healthy(container: string, { details }: Blueprint): Promise<void> {
  const [kind, ...command] = details.Config.Healthcheck?.Test ?? [];
  if (kind !== "CMD") throw new Error(`${details.Name} has no health check that is a command`);
  const { execa } = await loadExeca();
  const deadline = Date.now() + patience;
  for (;;) {
    const { failed } = await execa("docker", ["exec", container, ...command], { reject: false });
    if (!failed) return;
    if (Date.now() > deadline) throw new Error(`${details.Name} did not get healthy`);
    await sleep(probePause);
  }
}
