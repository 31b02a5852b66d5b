import { type Details, serviceOf } from "./inspection";

/** One check of a container's settings. */
export interface HardeningCheck {
  /** Number in the section "Container Runtime" of the CIS Docker Benchmark (docker-bench-security), where it has one. */
  readonly number?: string;
  readonly title: string;
  /** What is wrong with the container; undefined when nothing is. */
  readonly problem: (container: Details, engine: Engine) => string | undefined;
}

/** What the engine has that a container could be given. */
export interface Engine {
  readonly appArmor: boolean;
}

/** Containers that run once to their end. */
export const jobs: readonly string[] = ["migration", "bootstrap-admin"];

export function isJob(container: Details): boolean {
  return jobs.includes(serviceOf(container));
}

/** Its security option of this name, which it has by default when there is none. */
export function option({ HostConfig }: Details, name: string): string | undefined {
  return (HostConfig.SecurityOpt ?? []).find((text) => text.split(/[=:]/)[0] === name);
}

/** Its published ports. */
export function bindings({ HostConfig }: Details) {
  return Object.values(HostConfig.PortBindings ?? {}).flat();
}

/** The problem to tell, if it is wrong. */
export function bad(wrong: boolean, told: unknown): string | undefined {
  if (!wrong) return undefined;
  return typeof told === "string" ? told : JSON.stringify(told);
}

export function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}
