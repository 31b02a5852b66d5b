import { counted, type Finding, failed, ok, warning } from "./finding";

/** What `docker inspect` says of a container, as far as the doctor reads it. */
export interface InspectedContainer {
  readonly Id: string;
  /** With a slash in front. */
  readonly Name: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    /** ISO 8601. */
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly Memory: number;
    readonly RestartPolicy: { readonly Name: string };
    readonly PortBindings?: Readonly<Record<string, unknown>> | null;
  };
}

/** A container as the stack's state has it. */
export interface KnownContainer {
  readonly id: string;
  readonly name: string;
}

export function nameOf({ Name }: Pick<InspectedContainer, "Name">): string {
  return Name.replace(/^\//, "");
}

export function serviceOf({ Config }: Pick<InspectedContainer, "Config">): string {
  return Config.Labels["slipway.service"] ?? "";
}

/** Jobs run once to their end, and have no restart policy. */
export function isPermanent({ HostConfig }: InspectedContainer): boolean {
  return !["", "no"].includes(HostConfig.RestartPolicy.Name);
}

export function judgeContainers(
  stack: string,
  containers: readonly InspectedContainer[],
  known: readonly KnownContainer[],
): Finding[] {
  return [judgeRunning(stack, containers, known), judgeJobs(stack, containers)];
}

function judgeRunning(
  stack: string,
  containers: readonly InspectedContainer[],
  known: readonly KnownContainer[],
): Finding {
  const what = "containers";
  const permanent = containers.filter(isPermanent);
  const missing = known.filter(({ id }) => containers.every(({ Id }) => Id !== id)).map(({ name }) => name);
  const stopped = permanent.filter(({ State }) => !State.Running);
  const ill = permanent.filter(({ State }) => State.Running && State.Health?.Status === "unhealthy");
  const starting = permanent.filter(({ State }) => State.Running && State.Health?.Status === "starting");
  if (permanent.length + missing.length === 0) {
    return failed(what, "there are none", `\`pulumi up --stack ${stack}\` brings them up`);
  }
  if (missing.length + stopped.length + ill.length > 0) {
    const value = [
      ...missing.map((name) => `${name} isn't there`),
      ...stopped.map((one) => `${nameOf(one)} is ${one.State.Status}, exit code ${one.State.ExitCode}`),
      ...ill.map((one) => `${nameOf(one)} is unhealthy`),
    ].join(", ");
    return failed(what, value, whatToDo(stack, missing, stopped, ill));
  }
  if (starting.length > 0) {
    const names = starting.map(nameOf).join(", ");
    return warning(what, `${names} not healthy yet`, "ask again in a minute");
  }
  return ok(what, `${counted(permanent.length, "container")}, all running, none unhealthy`);
}

function whatToDo(
  stack: string,
  missing: readonly string[],
  stopped: readonly InspectedContainer[],
  ill: readonly InspectedContainer[],
): string {
  const [troubled] = [...stopped, ...ill];
  return [
    ...(troubled === undefined ? [] : [`\`docker logs ${nameOf(troubled)}\` says why`]),
    ...(stopped.length === 0 ? [] : [`\`docker start ${stopped.map(nameOf).join(" ")}\``]),
    ...(missing.length === 0 ? [] : [`\`pulumi up --refresh --stack ${stack}\` makes them anew`]),
  ].join("; ");
}

function judgeJobs(stack: string, containers: readonly InspectedContainer[]): Finding {
  const what = "jobs";
  const jobs = containers.filter((container) => !isPermanent(container));
  const bad = jobs.filter(({ State }) => !State.Running && State.ExitCode !== 0);
  const [first] = bad;
  if (first === undefined) return ok(what, `${jobs.length}, none has failed`);
  const value = bad.map((job) => `${nameOf(job)} has ended with exit code ${job.State.ExitCode}`).join(", ");
  return failed(
    what,
    value,
    `\`docker logs ${nameOf(first)}\` says why; \`pulumi up --stack ${stack}\` runs it again`,
  );
}

const day = 86_400_000;

/** Restarts by the engine, and containers that ended for want of memory. */
export function judgeRestarts(containers: readonly InspectedContainer[], now: Date): Finding[] {
  const permanent = containers.filter(isPermanent);
  const restarted = permanent.filter(({ RestartCount }) => RestartCount > 0);
  const lately = restarted.filter(({ State }) => now.getTime() - Date.parse(State.StartedAt) < day);
  const shown = (some: readonly InspectedContainer[]) =>
    some
      .map((one) => `${nameOf(one)} ${one.RestartCount} times, last ${one.State.StartedAt.slice(0, 19)}Z`)
      .join(", ");
  const [latest] = lately;
  const restarts =
    latest === undefined
      ? ok("restarts", restarted.length === 0 ? "none" : shown(restarted))
      : warning("restarts", shown(lately), `\`docker logs ${nameOf(latest)}\` says why it had ended`);
  const killed = permanent.filter(({ State }) => State.OOMKilled);
  const [starved] = killed;
  const memory =
    starved === undefined
      ? ok("killed for memory", "none")
      : failed(
          "killed for memory",
          killed.map(nameOf).join(", "),
          `raise slipway:resources.${serviceOf(starved)}.memory`,
        );
  return [restarts, memory];
}

/** Sum of the limits, percent of the machine's memory, that leaves the machine something for itself. */
const mostMemory = 85;

export function judgeMemory(containers: readonly InspectedContainer[], machineBytes: number): Finding {
  const what = "memory limits";
  const running = containers.filter((container) => isPermanent(container) && container.State.Running);
  const unlimited = running.filter(({ HostConfig }) => HostConfig.Memory === 0);
  if (unlimited.length > 0) {
    return failed(what, `${unlimited.map(nameOf).join(", ")} without one`, "`pulumi up` sets one");
  }
  const sum = running.reduce((total, { HostConfig }) => total + HostConfig.Memory, 0);
  const percent = Math.round((100 * sum) / machineBytes);
  const value = `${mebibytes(sum)} of ${mebibytes(machineBytes)} MiB, ${percent} %`;
  if (percent <= mostMemory) return ok(what, value);
  return warning(what, `${value}; over ${mostMemory} %`, "lower slipway:resources, or take a larger machine");
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

/** Only the proxy is reached from outside. */
export function judgePublished(containers: readonly InspectedContainer[]): Finding {
  const what = "published ports";
  const open = containers.filter(
    (container) =>
      serviceOf(container) !== "proxy" && Object.keys(container.HostConfig.PortBindings ?? {}).length > 0,
  );
  if (open.length === 0) return ok(what, "of the proxy only");
  const value = open
    .map((one) => `${nameOf(one)} ${Object.keys(one.HostConfig.PortBindings ?? {}).join(", ")}`)
    .join("; ");
  return failed(what, value, "`pulumi up --refresh` replaces it by one that publishes none");
}
