import type { BackupStatus, DrillStatus, RepositoryStatus } from "../../images/backup/contract";
import { age } from "../backup/choice";
import { type Finding, failed, ok, unlessProduction, warning } from "./finding";

export interface BackupTerms {
  readonly stack: string;
  readonly production: boolean;
  readonly now: Date;
  /** Hours that the newest backup may be old: `observability.thresholds.backupAge`. */
  readonly hours: number;
}

const hour = 3_600_000;
/** Minutes that the write-ahead log may be behind; it is shipped all the time. */
const logMinutes = 15;

/** @param since when the service was started, ISO 8601: before its first night it has nothing to show. */
export function judgeBackups(status: BackupStatus, since: string, terms: BackupTerms): Finding[] {
  return [
    judgeNewest(status, since, terms),
    ...Object.entries(status.repositories).map(([name, repository]) => judgeRepository(name, repository)),
    ...judgeElsewhere(status, terms),
    ...judgeLog(status, terms),
  ];
}

function judgeNewest({ last, lastSuccess }: BackupStatus, since: string, terms: BackupTerms): Finding {
  const what = "newest backup";
  const { stack, now, hours } = terms;
  const advice = `\`npm run backup -- --stack ${stack}\` makes one and says what goes wrong`;
  const error = last.scheduled?.error ?? last.manual?.error;
  if (lastSuccess === undefined) {
    if (error !== undefined) return failed(what, `none; the last one failed: ${firstLine(error)}`, advice);
    if (older(since, hours, now)) return failed(what, `none within ${hours} hours`, advice);
    return warning(what, "none yet", `\`npm run backup -- --stack ${stack}\` makes the first one now`);
  }
  const value = `${lastSuccess.run}, ${age(lastSuccess.time, now)} old`;
  if (older(lastSuccess.time, hours, now)) return failed(what, `${value}, more than ${hours} hours`, advice);
  const failure = last.scheduled;
  if (failure?.error !== undefined && Date.parse(failure.finishedAt) > Date.parse(lastSuccess.time)) {
    return warning(what, `${value}; the one after it failed: ${firstLine(failure.error)}`, advice);
  }
  return ok(what, value);
}

function judgeRepository(name: string, { backups, error, check }: RepositoryStatus): Finding {
  const what = `repository ${name}`;
  const count = `${backups} complete`;
  if (error !== undefined) {
    return failed(
      what,
      `${count}; not written last time: ${firstLine(error)}`,
      "mend what the message names",
    );
  }
  if (check?.error !== undefined) {
    return failed(
      what,
      `${count}; its check failed: ${firstLine(check.error)}`,
      "restore from another repository; docs/backups.md",
    );
  }
  return ok(
    what,
    check === undefined ? `${count}, not checked yet` : `${count}, checked ${check.finishedAt}`,
  );
}

function judgeElsewhere({ repositories }: BackupStatus, { production }: BackupTerms): Finding[] {
  if (repositories.s3 !== undefined) return [];
  const value = "none off the machine: who loses it loses them too";
  return [unlessProduction(production, "backups elsewhere", value, "set slipway:backups.s3")];
}

function judgeLog({ wal }: BackupStatus, { now }: BackupTerms): Finding[] {
  if (wal === undefined) return [];
  const what = "write-ahead log";
  const advice = "`docker logs` of the backup service says why";
  if (wal.error !== undefined) return [failed(what, `not shipped: ${firstLine(wal.error)}`, advice)];
  if (wal.shippedUntil === undefined)
    return [warning(what, "nothing shipped yet", "ask again in some minutes")];
  const value = `shipped until ${age(wal.shippedUntil, now)} ago`;
  return [older(wal.shippedUntil, logMinutes / 60, now) ? failed(what, value, advice) : ok(what, value)];
}

export function judgeDrill({ last, lastSuccess }: DrillStatus, since: string, terms: BackupTerms): Finding {
  const what = "last drill";
  const { stack, now } = terms;
  // As the alert has it: one night may be missed.
  const hours = 2 * terms.hours;
  const advice = `\`npm run drill -- --stack ${stack}\` restores one and says what goes wrong`;
  if (last?.error !== undefined) return failed(what, `failed: ${firstLine(last.error)}`, advice);
  if (lastSuccess === undefined) {
    return older(since, hours, now)
      ? failed(what, `none within ${hours} hours`, advice)
      : warning(what, "none yet", `\`npm run drill -- --stack ${stack}\` makes the first one now`);
  }
  const value = `restored ${lastSuccess.run}, ${lastSuccess.rows} rows, ${age(lastSuccess.finishedAt, now)} ago`;
  if (older(lastSuccess.finishedAt, hours, now))
    return failed(what, `${value}; more than ${hours} hours`, advice);
  return ok(what, value);
}

/** Whether the key has been written down that is in use. */
export function judgeKey(stack: string, fingerprint: string, exported: string | undefined): Finding {
  const what = "key of the backups";
  if (exported === fingerprint) return ok(what, `${fingerprint} is exported`);
  const value =
    exported === undefined
      ? `${fingerprint} is in the stack's state alone`
      : `${exported} is exported, ${fingerprint} is in use`;
  return warning(what, value, `\`npm run key -- --stack ${stack} --to FILE\`, and keep the file elsewhere`);
}

function older(time: string, hours: number, now: Date): boolean {
  return now.getTime() - Date.parse(time) > hours * hour;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
