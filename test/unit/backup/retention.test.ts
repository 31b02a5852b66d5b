import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { incomplete, removals } from "../../../images/backup/retention.mjs";

interface Run {
  readonly reason: "scheduled" | "manual" | "restore-point";
  readonly databases: number;
  readonly isComplete: boolean;
  readonly isTooOld: boolean;
}

const anyRun: fc.Arbitrary<Run> = fc.record({
  reason: fc.constantFrom("scheduled", "manual", "restore-point"),
  databases: fc.nat(3),
  isComplete: fc.boolean(),
  isTooOld: fc.boolean(),
});

/** Their snapshots in the order in which runs make them, with those of the write-ahead log between. */
function repositoryOf(runs: readonly Run[]) {
  const snapshots = runs.flatMap(({ reason, databases, isComplete }, number) => {
    const tags = { run: `run-${number}`, reason };
    return [
      ...Array.from({ length: databases }, (_, database) => ({
        id: `dump-${number}-${database}`,
        tags: { ...tags, kind: "database" },
      })),
      { id: `wal-${number}`, tags: { kind: "wal" } },
      ...(isComplete ? [{ id: `files-${number}`, tags: { ...tags, kind: "files" } }] : []),
    ];
  });
  const tooOld = new Set(runs.flatMap(({ isTooOld }, number) => (isTooOld ? [`files-${number}`] : [])));
  return { snapshots, tooOld };
}

describe("retention", () => {
  test("leaves the newest backup and the newest restore point, whatever the policy says", () => {
    fc.assert(
      fc.property(fc.array(anyRun), (runs) => {
        const { snapshots, tooOld } = repositoryOf(runs);
        const removed = new Set(removals(snapshots, tooOld).files);
        for (const ofClass of [isRestorePoint, (run: Run) => !isRestorePoint(run)]) {
          const newest = runs.findLastIndex((run) => run.isComplete && ofClass(run));
          expect(removed.has(`files-${newest}`)).toBe(false);
        }
      }),
    );
  });

  test("removes all of a backup or nothing of it, and what completes it before the rest", () => {
    fc.assert(
      fc.property(fc.array(anyRun), (runs) => {
        const { snapshots, tooOld } = repositoryOf(runs);
        const { files, rest, runs: removed } = removals(snapshots, tooOld);
        expect(files).toEqual(files.filter((id) => tooOld.has(id)));
        expect(removed).toHaveLength(files.length);
        const ofRemoved = snapshots.filter(({ tags }) => "run" in tags && removed.includes(tags.run));
        expect([...files, ...rest].sort()).toEqual(ofRemoved.map(({ id }) => id).sort());
        const left = snapshots.filter(({ id }) => !files.includes(id) && !rest.includes(id));
        // Whatever was incomplete before still is, and nothing else.
        expect(incomplete(left)).toEqual(incomplete(snapshots));
      }),
    );
  });

  test("takes every dump without a backup away, but for those of runs that are left alone", () => {
    fc.assert(
      fc.property(fc.array(anyRun), (runs) => {
        const { snapshots } = repositoryOf(runs);
        const dumps = runs.flatMap(({ databases, isComplete }, number) =>
          isComplete ? [] : Array.from({ length: databases }, (_, database) => `dump-${number}-${database}`),
        );
        expect(incomplete(snapshots)).toEqual(dumps);
        expect(incomplete(snapshots, new Set(["run-0"]))).toEqual(
          dumps.filter((id) => !id.startsWith("dump-0-")),
        );
      }),
    );
  });
});

function isRestorePoint({ reason }: Run): boolean {
  return reason === "restore-point";
}
