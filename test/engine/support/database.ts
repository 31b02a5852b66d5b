import { loadExeca } from "../../../lib/execa";
import type { TestStack } from "../harness/stack";

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Reply {
  readonly succeeded: boolean;
  /** What was printed; the error when it failed. */
  readonly output: string;
}

/** Runs SQL as a role that connects over the network, with its password. */
export function sqlAs(stack: TestStack, { user, password }: Login, sql: string): Promise<Reply> {
  const psql = ["psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-U", user, "-d", "clubhouse", "-c", sql];
  return execIn(stack, "postgres", { PGPASSWORD: password }, psql);
}

/** Runs a command of Redis, with the password if there is one. */
export function redis(stack: TestStack, password: string | undefined, ...command: string[]): Promise<Reply> {
  const environment = password === undefined ? {} : { REDISCLI_AUTH: password };
  return execIn(stack, "redis", environment, ["redis-cli", "-e", ...command]);
}

/** @param environment handed on without a trace on the command line. */
async function execIn(
  stack: TestStack,
  service: string,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
): Promise<Reply> {
  const { execa } = await loadExeca();
  const { Id } = await stack.container(service);
  const variables = Object.keys(environment).flatMap((name) => ["--env", name]);
  const { failed, all } = await execa("docker", ["exec", ...variables, Id, ...command], {
    env: environment,
    reject: false,
    all: true,
  });
  return { succeeded: !failed, output: all.trim() };
}

/** Where the value of a Postgres setting comes from, and the value as {@link inUnits} has it. */
export async function postgresSetting(stack: TestStack, name: string) {
  const sql = `SELECT source, setting, coalesce(unit, '') FROM pg_settings WHERE name = '${name}'`;
  const [source, setting = "", unit = ""] = (await stack.query(sql))[0]?.split("|") ?? [];
  return { source, value: unit.endsWith("B") ? inUnits(`${Number(setting) * sizeOf(unit)}B`) : setting };
}

/** A size in the blocks of 8 kB that Postgres counts many of its settings in; what is no size stays. */
export function inUnits(value: string): string {
  return value.endsWith("B") ? `${Math.floor(sizeOf(value) / 8192)} blocks` : value;
}

function sizeOf(size: string): number {
  const [, count = "", unit = ""] = /^([0-9]*)([kMGT]?B)$/.exec(size) ?? [];
  return Number(count === "" ? 1 : count) * 1024 ** ["B", "kB", "MB", "GB", "TB"].indexOf(unit);
}
