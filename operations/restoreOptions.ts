import type { RepositoryName } from "../images/backup/contract";
import type { Choice } from "../lib/backup/choice";
import { readOptions } from "./options";
import { OperationError } from "./pulumi";

const usage =
  "npm run restore -- --stack S [--list] [--from ID|latest | --before RELEASE | --to-time T] [--repository local|s3]\n" +
  "         [--database D] [--to-new-database] [--volume NAME] [--dry-run] [--yes]";

/** What somebody wants to have restored. */
export interface RestoreOptions {
  readonly stack: string;
  readonly list: boolean;
  readonly repository: RepositoryName | undefined;
  /** A backup, or a moment in ISO 8601, UTC. */
  readonly source: Choice | { readonly time: string };
  /** The system's own unless given. */
  readonly database: string | undefined;
  /** Leaves the database that serves alone. */
  readonly toNewDatabase: boolean;
  /** A volume instead of a database. */
  readonly volume: string | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** @throws {OperationError} for options that don't go together, or that make no sense. */
export function readRestoreOptions(now = new Date()): RestoreOptions {
  const given = readOptions(usage, {
    stack: { type: "string" },
    list: { type: "boolean", default: false },
    from: { type: "string" },
    before: { type: "string" },
    "to-time": { type: "string" },
    repository: { type: "string" },
    database: { type: "string" },
    "to-new-database": { type: "boolean", default: false },
    volume: { type: "string" },
    "dry-run": { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
  });
  const { stack, from, before, "to-time": toTime, database, volume } = given;
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  refuseTogether({ "--from": from, "--before": before, "--to-time": toTime });
  refuseTogether({ "--volume": volume, "--database": database });
  refuseTogether({ "--volume": volume, "--to-new-database": given["to-new-database"] || undefined });
  if (volume !== undefined && (before ?? toTime) !== undefined) {
    throw new OperationError(
      "--volume goes with --from alone: restore points and the write-ahead log have no volumes",
    );
  }
  return {
    stack,
    list: given.list,
    repository: given.repository === undefined ? undefined : repositoryName(given.repository),
    source:
      toTime !== undefined
        ? { time: moment(toTime, now) }
        : before !== undefined
          ? { before }
          : { from: from ?? "latest" },
    database,
    toNewDatabase: given["to-new-database"],
    volume,
    dryRun: given["dry-run"],
    yes: given.yes,
  };
}

/** @throws {OperationError} */
export function repositoryName(text: string): RepositoryName {
  if (text === "local" || text === "s3") return text;
  throw new OperationError(`--repository ${text} is neither local nor s3`);
}

function refuseTogether(options: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given.length > 1)
    throw new OperationError(`${given.join(" and ")} exclude each other\nusage: ${usage}`);
}

function moment(text: string, now: Date): string {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z$/;
  const time = Date.parse(text);
  if (!form.test(text) || Number.isNaN(time)) {
    throw new OperationError(`--to-time ${text} is no time in UTC such as 2026-11-21T14:05:00Z`);
  }
  if (time > now.getTime())
    throw new OperationError(`--to-time ${text} is not in the past: it is ${now.toISOString()}`);
  return text;
}
