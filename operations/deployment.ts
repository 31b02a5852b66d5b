import { catalog } from "../apps/catalog";
import type { AppSpec } from "../apps/spec";
import { isGroup } from "../lib/rawSettings";
import { toolVariables } from "../setup/environment";
import { docker, filtersOf, systemOf } from "./belongings";
import { OperationError } from "./pulumi";
import { reachStack } from "./reachStack";
import { stackSettings } from "./stackFile";

/** A container of a stack. */
export interface OwnContainer {
  readonly id: string;
  readonly name: string;
  /** What runs in it: `backend`, `postgres`, `backup`. */
  readonly service: string;
  readonly release: string;
  readonly running: boolean;
}

/** What of a stack is on its engine. */
export class Deployment {
  private constructor(
    readonly stack: string,
    readonly app: AppSpec,
    /** Seconds until a container must be ready. */
    readonly readyTimeout: number,
  ) {}

  static async find(stack: string): Promise<Deployment> {
    // The steps of an update, some of which the operations take too, find docker in the environment.
    Object.assign(process.env, toolVariables());
    const app = await appOf(stack);
    await reachStack(stack);
    const { timeouts } = await stackSettings(stack);
    const ready =
      isGroup(timeouts) && typeof timeouts.ready === "number" ? timeouts.ready : (app.defaults?.ready ?? 120);
    return new Deployment(stack, app, ready);
  }

  /** All its containers, also those that don't run. */
  async containers(...more: readonly string[]): Promise<OwnContainer[]> {
    const format =
      '{{.ID}}\t{{.Names}}\t{{.Label "slipway.service"}}\t{{.Label "slipway.release"}}\t{{.State}}';
    const lines = await docker(
      ...["ps", "--all", "--no-trunc", ...filtersOf(this.stack, this.app.name), ...more, "--format", format],
    );
    return lines.map((line) => {
      const [id = "", name = "", service = "", release = "", state] = line.split("\t");
      return { id, name, service, release, running: state === "running" };
    });
  }

  /** The one container of a part, running or not; undefined where the stack doesn't have the part. */
  async part(service: string): Promise<OwnContainer | undefined> {
    const [container] = await this.containers("--filter", `label=slipway.service=${service}`);
    return container;
  }

  /**
   * Name of the running container of a part.
   *
   * @throws {OperationError} with what to do when there is none.
   */
  async running(service: string, what: string): Promise<string> {
    const container = await this.part(service);
    if (container === undefined) {
      throw new OperationError(
        `stack ${this.stack} has no ${what} on this engine: \`pulumi up --stack ${this.stack}\` brings it up, where the stack's file has one`,
      );
    }
    if (container.running) return container.name;
    throw new OperationError(
      `container ${container.name}, the ${what}, doesn't run: \`docker logs ${container.name}\` says why, \`docker start ${container.name}\` starts it`,
    );
  }

  /** Name of the container of the backup service. */
  backupService(): Promise<string> {
    return this.running("backup", "backup service");
  }

  /** Services that reach the databases. */
  get writers(): readonly string[] {
    const { services } = this.app;
    return Object.keys(services).filter((service) => services[service]?.usesData === true);
  }
}

/** What runs on a stack, by its configuration. */
export async function appOf(stack: string): Promise<AppSpec> {
  const system = await systemOf(stack);
  const app = Object.hasOwn(catalog, system) ? catalog[system] : undefined;
  if (app !== undefined) return app;
  throw new OperationError(
    `slipway:app of stack ${stack} is "${system}": it must be one of ${Object.keys(catalog).join(", ")}`,
  );
}
