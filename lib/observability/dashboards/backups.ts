import { walAge } from "../alerts/backups";
import type { Observed, ObservedBackups } from "../observed";
import { ago, hour, lastBackup, lastDrill, recoveryPoint, walLag } from "./backupStats";
import { type Block, words } from "./fields";
import type { Section } from "./grid";
import type { Dashboard, MappingJson } from "./model";
import { dashboard } from "./page";
import { stat, timeSeries } from "./panels";
import { table } from "./table";

const succeeded = words("succeeded", "failed");

/** Whether backups are there, and whether they can be relied on. */
export function backups(observed: Observed, { database, pitr }: ObservedBackups): Dashboard {
  return dashboard(observed, {
    uid: "slipway-backups",
    title: "Backups",
    description: "Backups, and the drills that restore them for proof.",
    // They come once a day.
    hours: 168,
    sections: [
      { title: "Now", blocks: now(observed, { database, pitr }) },
      runs(observed, { database, pitr }),
      repositories(observed),
      ...(database ? [proof(pitr)] : []),
      ...(pitr ? [log] : []),
    ],
  });
}

type What = Pick<ObservedBackups, "database" | "pitr">;

function now({ thresholds: { backupAge } }: Observed, { database, pitr }: What): Block[] {
  return [
    lastBackup(backupAge),
    stat({
      title: "Last run",
      unit: "none",
      mappings: succeeded,
      limit: { under: 1 },
      queries: [
        {
          expr: "min(slipway_backup_last_run_success and on (reason) topk(1, slipway_backup_last_run_timestamp_seconds))",
          legend: "run",
        },
      ],
    }),
    ...(database ? [lastDrill(backupAge), recoveryPoint(backupAge)] : []),
    stat({
      title: "Size",
      description: "Of all dumps and files of the last backup, before they are deduplicated.",
      unit: "bytes",
      queries: [{ expr: "max(slipway_backup_size_bytes)", legend: "backup" }],
    }),
    ...(pitr ? [walLag()] : []),
  ];
}

function runs({ thresholds: { backupAge } }: Observed, { database, pitr }: What): Section {
  const ages = [
    named("backup", ago("slipway_backup_last_success_timestamp_seconds")),
    // There is none before the first release that migrates.
    named("restore point", ago("slipway_restore_point_last_success_timestamp_seconds")),
    ...(database ? [named("drill", ago("slipway_drill_last_success_timestamp_seconds"))] : []),
    ...(pitr ? [named("base backup", ago("slipway_base_backup_timestamp_seconds"))] : []),
  ];
  return {
    title: "Runs",
    blocks: [
      timeSeries({
        title: "Age of the last one",
        unit: "s",
        least: 0,
        limit: { over: backupAge * hour },
        queries: [{ expr: ages.join(" or "), legend: "{{of}}" }],
      }),
      timeSeries({
        title: "Success by reason",
        description: "Of the last run of each kind.",
        unit: "none",
        least: 0,
        most: 1,
        mappings: succeeded,
        limit: { under: 1 },
        queries: [{ expr: "min by (reason) (slipway_backup_last_run_success)", legend: "{{reason}}" }],
      }),
      timeSeries({
        title: "Duration",
        unit: "s",
        least: 0,
        queries: [
          { expr: "max(slipway_backup_duration_seconds)", legend: "backup" },
          ...(database ? [{ expr: "max(slipway_drill_duration_seconds)", legend: "drill" }] : []),
        ],
      }),
      timeSeries({
        title: "Size and growth",
        description:
          "All dumps and files of a backup; what the first repository grew by, as the rest was in it.",
        unit: "bytes",
        least: 0,
        queries: [
          { expr: "max(slipway_backup_size_bytes)", legend: "size" },
          { expr: "max(slipway_backup_added_bytes)", legend: "new" },
        ],
      }),
    ],
  };
}

/** The first repository is checked after each scheduled run. */
const checked: readonly MappingJson[] = [
  {
    type: "value",
    options: {
      "1": { text: "sound", color: "green", index: 0 },
      "0": { text: "damaged", color: "red", index: 1 },
      "-1": { text: "none", color: "text", index: 2 },
    },
  },
];

function repositories({ thresholds: { backupAge } }: Observed): Section {
  const up = "min by (repository) (slipway_backup_repository_up)";
  return {
    title: "Repositories",
    blocks: [
      table({
        title: "By repository",
        description:
          "The first one is checked after each scheduled backup; the others get copies of what is in it.",
        height: 6,
        columns: [
          {
            expr: "time() - max by (repository) (slipway_backup_repository_last_success_timestamp_seconds)",
            legend: "newest backup, ago",
            unit: "s",
            limit: { over: backupAge * hour },
          },
          {
            expr: "max by (repository) (slipway_backup_repository_backups)",
            legend: "backups",
            unit: "none",
          },
          { expr: "max by (repository) (slipway_backup_repository_bytes)", legend: "size", unit: "bytes" },
          { expr: up, legend: "last write", unit: "none", mappings: succeeded },
          {
            expr: `min by (repository) (slipway_backup_repository_check_success) or 0 * ${up} - 1`,
            legend: "last check",
            unit: "none",
            mappings: checked,
          },
        ],
      }),
      timeSeries({
        title: "Size by repository",
        unit: "bytes",
        least: 0,
        queries: [
          { expr: "max by (repository) (slipway_backup_repository_bytes)", legend: "{{repository}}" },
        ],
      }),
      timeSeries({
        title: "Backups by repository",
        unit: "none",
        least: 0,
        queries: [
          { expr: "max by (repository) (slipway_backup_repository_backups)", legend: "{{repository}}" },
        ],
      }),
    ],
  };
}

function proof(pitr: boolean): Section {
  const byLog = {
    expr: ago("slipway_drill_pitr_recovery_point_timestamp_seconds"),
    legend: "by the write-ahead log",
  };
  return {
    title: "Proof",
    blocks: [
      timeSeries({
        title: "Recovery point over time",
        description: "How long ago the newest thing was written that the last drill had back.",
        unit: "s",
        least: 0,
        queries: [
          { expr: ago("slipway_drill_recovery_point_timestamp_seconds"), legend: "by the dump" },
          ...(pitr ? [byLog] : []),
        ],
      }),
      timeSeries({
        title: "Rows restored",
        description: "And compared with those of the database at the moment of the dump.",
        unit: "short",
        least: 0,
        queries: [{ expr: "max(slipway_drill_rows)", legend: "rows" }],
      }),
      timeSeries({
        title: "Success of the drill",
        unit: "none",
        least: 0,
        most: 1,
        mappings: succeeded,
        limit: { under: 1 },
        queries: [{ expr: "min(slipway_drill_last_run_success)", legend: "drill" }],
      }),
    ],
  };
}

const log: Section = {
  title: "Write-ahead log",
  blocks: [
    timeSeries({
      title: "WAL lag over time",
      unit: "s",
      least: 0,
      limit: { over: walAge },
      queries: [{ expr: ago("slipway_wal_shipped_timestamp_seconds"), legend: "not shipped" }],
    }),
    timeSeries({
      title: "Shipping",
      unit: "none",
      least: 0,
      most: 1,
      mappings: words("works", "fails"),
      limit: { under: 1 },
      queries: [{ expr: "min(slipway_wal_shipping_success)", legend: "shipping" }],
    }),
  ],
};

function named(of: string, expression: string): string {
  return `label_replace(${expression}, "of", "${of}", "", "")`;
}
