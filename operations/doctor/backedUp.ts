import { backsUp } from "../../lib/backup/settings";
import { judgeBackups, judgeDrill, judgeKey } from "../../lib/doctor/backups";
import type { InspectedContainer } from "../../lib/doctor/containers";
import { type Finding, failed, ok, unlessProduction } from "../../lib/doctor/finding";
import { callBackup, callDrill } from "../steps/backupService";
import type { Subject } from "./subject";

/** Seconds. While a backup is being made, the service answers only afterwards. */
const timeout = 40;

/** What the backup service knows of its backups. */
export async function backedUp(
  subject: Subject,
  service: InspectedContainer | undefined,
): Promise<Finding[]> {
  const { stack, production, settings, fingerprint } = subject;
  if (settings.postgres !== undefined) return [ok("newest backup", "whoever runs the database backs it up")];
  if (!backsUp(settings)) {
    return [
      unlessProduction(production, "newest backup", "none are made", "set slipway:backups.enabled to true"),
    ];
  }
  const key = fingerprint === undefined ? [] : [judgeKey(stack, fingerprint, settings.backups.keyExported)];
  if (service === undefined) return [notRunning("newest backup", "backup", stack), ...key];
  const status = await callBackup(service.Id, "status", {}, { timeout });
  return [...judgeBackups(status, service.State.StartedAt, termsOf(subject)), ...key];
}

/** What the last rehearsal of a restore has shown. */
export async function drilled(subject: Subject, service: InspectedContainer | undefined): Promise<Finding[]> {
  if (!backsUp(subject.settings)) return [];
  if (service === undefined) return [notRunning("last drill", "drill", subject.stack)];
  const status = await callDrill(service.Id, "status", {}, { timeout });
  return [judgeDrill(status, service.State.StartedAt, termsOf(subject))];
}

function termsOf({ stack, production, settings }: Subject) {
  return { stack, production, now: new Date(), hours: settings.observability.thresholds.backupAge };
}

function notRunning(what: string, service: string, stack: string): Finding {
  return failed(what, `the container of ${service} doesn't run`, `\`pulumi up --refresh --stack ${stack}\``);
}
