import { describe, expect, it } from "vitest";
import type { BackupStatus, DrillResult } from "../../../../images/backup/contract";
import { judgeBackups, judgeDrill, judgeKey } from "../../../../lib/doctor/backups";

const now = new Date("2026-11-21T12:00:00Z");
const terms = { stack: "production", production: true, now, hours: 26 };
const longAgo = "2026-11-01T00:00:00Z";
const justNow = "2026-11-21T11:00:00Z";

const repository = { backups: 3, bytes: 1, lastSuccess: "2026-11-21T02:00:05Z" };
const checked = { startedAt: "2026-11-21T02:00:06Z", finishedAt: "2026-11-21T02:00:07Z" };
const good: BackupStatus = {
  last: {},
  lastSuccess: { run: "20261121T020000Z", time: "2026-11-21T02:00:00Z", seconds: 2, bytes: 1, addedBytes: 1 },
  repositories: { local: { ...repository, check: checked }, s3: repository },
};

const shown = (status: BackupStatus, since = longAgo, production = true) =>
  judgeBackups(status, since, { ...terms, production }).map(
    ({ what, verdict, value }) => `${verdict} ${what}: ${value}`,
  );

describe("backups", () => {
  it("are well that are new, and where they should be", () => {
    expect(shown(good)).toEqual([
      "ok newest backup: 20261121T020000Z, 10 hours old",
      "ok repository local: 3 complete, checked 2026-11-21T02:00:07Z",
      "ok repository s3: 3 complete, not checked yet",
    ]);
  });

  it("are too old after the hours of the alert", () => {
    const old = {
      ...good,
      lastSuccess: { ...good.lastSuccess, time: "2026-11-20T09:00:00Z" } as typeof good.lastSuccess,
    };
    expect(shown(old as BackupStatus)[0]).toBe(
      "failed newest backup: 20261121T020000Z, 1 day 3 hours old, more than 26 hours",
    );
  });

  it("that failed since are told of", () => {
    const outcome = {
      run: "r",
      startedAt: justNow,
      finishedAt: justNow,
      error: "no space left\non the disk",
    };
    expect(shown({ ...good, last: { scheduled: outcome } })[0]).toBe(
      "warning newest backup: 20261121T020000Z, 10 hours old; the one after it failed: no space left",
    );
    const { lastSuccess: _, ...never } = good;
    expect(shown({ ...never, last: { scheduled: outcome } })[0]).toBe(
      "failed newest backup: none; the last one failed: no space left",
    );
  });

  it("may be missing on the first day only", () => {
    const { lastSuccess: _, ...none } = good;
    expect(shown(none, justNow)[0]).toBe("warning newest backup: none yet");
    expect(shown(none, longAgo)[0]).toBe("failed newest backup: none within 26 hours");
  });

  it("fail with their repositories", () => {
    const repositories = {
      local: { ...repository, error: "no space left" },
      s3: { ...repository, check: { ...checked, error: "pack abc is damaged" } },
    };
    expect(shown({ ...good, repositories }).slice(1)).toEqual([
      "failed repository local: 3 complete; not written last time: no space left",
      "failed repository s3: 3 complete; its check failed: pack abc is damaged",
    ]);
  });

  it("on the machine alone are a warning in production", () => {
    const status = { ...good, repositories: { local: repository } };
    const value = "backups elsewhere: none off the machine: who loses it loses them too";
    expect(shown(status).at(-1)).toBe(`warning ${value}`);
    expect(shown(status, longAgo, false).at(-1)).toBe(`ok ${value}`);
  });

  it.each([
    [{ shippedUntil: "2026-11-21T11:59:00Z" }, "ok write-ahead log: shipped until 1 minute ago"],
    [{ shippedUntil: "2026-11-21T11:00:00Z" }, "failed write-ahead log: shipped until 1 hour ago"],
    [{ shippedUntil: justNow, error: "refused" }, "failed write-ahead log: not shipped: refused"],
    [{}, "warning write-ahead log: nothing shipped yet"],
  ])("with the write-ahead log %j", (wal, line) => {
    expect(shown({ ...good, wal }).at(-1)).toBe(line);
  });
});

describe("the last drill", () => {
  const result: DrillResult = {
    ...{ run: "20261121T020000Z", repository: "local", seconds: 3, rows: 42, checks: [] },
    ...{ startedAt: "2026-11-21T03:00:00Z", finishedAt: "2026-11-21T03:00:03Z" },
  };
  const old = { ...result, finishedAt: "2026-11-19T00:00:00Z" };

  it.each([
    [
      { last: result, lastSuccess: result },
      longAgo,
      "ok",
      "restored 20261121T020000Z, 42 rows, 8 hours 59 minutes ago",
    ],
    [
      { last: { ...result, error: "rows differ" }, lastSuccess: result },
      longAgo,
      "failed",
      "failed: rows differ",
    ],
    [
      { last: old, lastSuccess: old },
      longAgo,
      "failed",
      "restored 20261121T020000Z, 42 rows, 2 days 12 hours ago; more than 52 hours",
    ],
    [{}, longAgo, "failed", "none within 52 hours"],
    [{}, justNow, "warning", "none yet"],
  ])("%#", (status, since, verdict, value) => {
    expect(judgeDrill(status, since, terms)).toMatchObject({ what: "last drill", verdict, value });
  });
});

it("the key is exported that is in use", () => {
  expect(judgeKey("s", "abcdef012345", "abcdef012345").verdict).toBe("ok");
  expect(judgeKey("s", "abcdef012345", undefined).value).toBe("abcdef012345 is in the stack's state alone");
  expect(judgeKey("s", "abcdef012345", "000000000000")).toMatchObject({
    verdict: "warning",
    value: "000000000000 is exported, abcdef012345 is in use",
  });
});
