import type { z } from "zod";
import type { DefaultsSpec } from "../../apps/spec";
import { flag, group, section, text, whole } from "../schemaForms";

const timeOfDay = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const endpoint = /^https?:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[1-9][0-9]{0,4})?$/;
// Amazon's rules for names of buckets, which the other stores share.
const bucketName = /^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;
const keyPrefix = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,199}[A-Za-z0-9])?$/;

const store = group({
  /** Address of the store, without the bucket. */
  endpoint: text(endpoint, "the store's address, such as https://nyc3.digitaloceanspaces.com"),
  bucket: text(bucketName, "a bucket's name: 3 to 63 lower case letters, digits, dots, hyphens"),
  /** Folder in the bucket. The system's name and the stack's unless set. */
  prefix: text(keyPrefix, "a folder in the bucket, such as clubhouse/production").optional(),
  region: text(/^[a-z0-9-]{1,40}$/, "a region such as us-east-1").default("us-east-1"),
  /**
   * Whether the credentials can't delete what is there. Then nobody who takes over the server can, and what is too old
   * is removed by `npm run prune`, with other credentials.
   */
  appendOnly: flag.default(true),
});

/**
 * What is backed up when, where to, and for how long: the key `backups` of a stack.
 *
 * @param kept how many, where the system wants others than are usual.
 */
export function backupSettingsOf(kept: DefaultsSpec["keep"] = {}) {
  return section({
    enabled: flag.default(true),
    /** UTC. All guides have their backups at 02:00. */
    at: text(timeOfDay, "a time of day in UTC, such as 02:00").default("02:00"),
    /** Seven days (FreshTrack, HomeRack) that thin out to four weeks and six months; seven dumps before migrations (Togather). */
    keep: section({
      daily: whole(1, 3650).default(kept.daily ?? 7),
      weekly: whole(0, 520).default(kept.weekly ?? 4),
      monthly: whole(0, 120).default(kept.monthly ?? 6),
      restorePoints: whole(1, 1000).default(kept.restorePoints ?? 7),
    }),
    /** A repository on the same machine: quick to restore from, and gone with it. */
    local: flag.default(true),
    s3: store.optional(),
    /** Recovery to any moment: ships the write-ahead log all the time, besides the dumps. */
    pitr: flag.default(false),
    /** What `npm run key` notes when it has exported the repositories' key. */
    keyExported: text(/^[0-9a-f]{12}$/, "the fingerprint that `npm run key` writes").optional(),
  }).refine(({ enabled, local, s3 }) => !enabled || local || s3 !== undefined, {
    path: ["s3"],
    error: () => "where backups go when backups.local is false, or set slipway:backups.enabled to false",
  });
}

/** Of a system that wants nothing unusual. */
export const backupSettings = backupSettingsOf();

export type BackupSettings = z.output<typeof backupSettings>;
export type StoreSettings = NonNullable<BackupSettings["s3"]>;

/** Whether there are backups. A database that somebody else runs is theirs to back up. */
export function backsUp({
  backups,
  postgres,
}: {
  readonly backups: BackupSettings;
  readonly postgres?: unknown;
}): boolean {
  return backups.enabled && postgres === undefined;
}
