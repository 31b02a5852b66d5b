import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const repository = join(__dirname, "../..");
const folder = join(repository, ".github");

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly uses?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly "runs-on"?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly env?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Action {
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export const workflowNames = readdirSync(join(folder, "workflows")).sort();
export const actionNames = readdirSync(join(folder, "actions")).sort();

const text = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
export const workflow = (name: string) => parse(text("workflows", name)) as Workflow;
export const action = (name: string) => parse(text("actions", name, "action.yaml")) as Action;

/** Files of workflows and actions, by name. */
export const texts = [
  ...workflowNames.map((name) => [name, text("workflows", name)] as const),
  ...actionNames.map((name) => [name, text("actions", name, "action.yaml")] as const),
];

/** Every job as `workflow job`. */
export const jobs: ReadonlyMap<string, Job> = new Map(
  workflowNames.flatMap((name) =>
    Object.entries(workflow(name).jobs).map(([id, job]) => [`${name} ${id}`, job] as const),
  ),
);

export function job(name: string): Job {
  const found = jobs.get(name);
  if (found === undefined) throw new Error(`there is no job ${name}, of ${[...jobs.keys()].join(", ")}`);
  return found;
}

/** Of all jobs and actions. */
export const steps = [
  ...[...jobs.values()].flatMap(({ steps = [] }) => steps),
  ...actionNames.flatMap((name) => action(name).runs.steps),
];
