import { loadExeca } from "../../lib/execa";
import { indented } from "./engine";
import { awaitReadiness } from "./readiness";
import type { StartableContainer } from "./start";
import { StepError, stepMain } from "./step";

export interface ReconcileDatabaseInput {
  /** The Postgres server. */
  readonly container: StartableContainer;
  /** Name of its data volume, for messages. */
  readonly volume: string;
  /** What is deployed. */
  readonly release: string;
  /** Statements that may be run any number of times. */
  readonly sql: string;
  /** Seconds until the server must be ready. */
  readonly timeout: number;
}

interface Result {
  /** What the server drew when its data folder was made; another one means other data. */
  readonly cluster: string;
}

/**
 * Runs the statements as the superuser, over the socket inside the container: the server trusts the operating system's
 * user there, so no password is needed to set the passwords.
 */
async function reconcile(input: ReconcileDatabaseInput): Promise<Result> {
  const { container, volume, sql, timeout } = input;
  await awaitReadiness("Postgres", [container], timeout);
  const cluster = await psql(container.id, "SELECT system_identifier FROM pg_control_system();\n");
  refuseOtherData(cluster, volume);
  await psql(container.id, sql);
  return { cluster };
}

function refuseOtherData(cluster: string, volume: string): void {
  const before = process.env.PULUMI_COMMAND_STDOUT;
  if (before === undefined || before === "") return;
  const known = (JSON.parse(before) as Result).cluster;
  if (known === cluster) return;
  throw new StepError(
    [
      `Postgres started on other data than before: volume ${volume} now holds cluster ${cluster}, the stack made ${known}.`,
      "  The volume was emptied or exchanged. Nothing was written to it but an empty database.",
      "  What to do: put the right volume back, or restore a backup. To go on with this data instead, take the",
      "  resource ending in postgres-roles out of the state (`pulumi state delete <urn>`) and run `pulumi up`.",
    ].join("\n"),
  );
}

async function psql(container: string, sql: string): Promise<string> {
  const { execa } = await loadExeca();
  const { stdout, stderr, failed } = await execa(
    "docker",
    [
      "exec",
      "-i",
      container,
      "psql",
      "-X",
      "-q",
      "-A",
      "-t",
      "-v",
      "ON_ERROR_STOP=1",
      "-v",
      // Without the text of the statement, in which a password may stand.
      "VERBOSITY=terse",
      "-d",
      "postgres",
      "-f",
      "-",
    ],
    { input: sql, reject: false },
  );
  if (failed) {
    throw new StepError(
      [
        "The database's roles could not be set: the update stops here, and what served before still serves.",
        indented(stderr),
        "  What to do: mend what the lines name and run `pulumi up` again.",
      ].join("\n"),
    );
  }
  return stdout.trim();
}

if (require.main === module) void stepMain(reconcile);
