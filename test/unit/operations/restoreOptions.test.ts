import { afterEach, describe, expect, it } from "vitest";
import { OperationError } from "../../../operations/pulumi";
import { readRestoreOptions } from "../../../operations/restoreOptions";

const { argv } = process;
const now = new Date("2026-11-21T12:00:00Z");

function read(...options: readonly string[]) {
  process.argv = ["node", "restore.ts", ...options];
  return readRestoreOptions(now);
}

afterEach(() => {
  process.argv = argv;
});

const usual = {
  stack: "production",
  list: false,
  repository: undefined,
  source: { from: "latest" },
  database: undefined,
  toNewDatabase: false,
  volume: undefined,
  dryRun: false,
  yes: false,
};

describe("what is restored", () => {
  it.each([
    ["", {}],
    ["--list", { list: true }],
    ["--from 20261121T020000Z --repository s3", { source: { from: "20261121T020000Z" }, repository: "s3" }],
    ["--before 1.1.0 --yes", { source: { before: "1.1.0" }, yes: true }],
    ["--to-time 2026-11-21T11:59:59.5Z", { source: { time: "2026-11-21T11:59:59.5Z" } }],
    [
      "--database other --to-new-database --dry-run",
      { database: "other", toNewDatabase: true, dryRun: true },
    ],
    ["--volume uploads --repository local", { volume: "uploads", repository: "local" }],
  ])("%s", (options, expected) => {
    const words = options.split(" ").filter((word) => word !== "");
    expect(read("--stack", "production", ...words)).toEqual({ ...usual, ...expected });
  });
});

describe("is refused:", () => {
  it.each([
    ["--from a --before b", "--from and --before exclude each other\nusage: npm run restore"],
    ["--before b --to-time 2026-11-21T11:00:00Z", "--before and --to-time exclude each other"],
    ["--volume v --database d", "--volume and --database exclude each other"],
    ["--volume v --to-new-database", "--volume and --to-new-database exclude each other"],
    ["--volume v --before 1.0.0", "--volume goes with --from alone"],
    ["--volume v --to-time 2026-11-21T11:00:00Z", "--volume goes with --from alone"],
    ["--repository tape", "--repository tape is neither local nor s3"],
    ["--to-time yesterday", "--to-time yesterday is no time in UTC such as 2026-11-21T14:05:00Z"],
    ["--to-time 2026-11-21T11:00:00+01:00", "is no time in UTC"],
    ["--to-time 2026-11-31T25:00:00Z", "is no time in UTC"],
    ["--to-time 2026-11-21T12:00:01Z", "is not in the past: it is 2026-11-21T12:00:00.000Z"],
    ["--fast", "--fast"],
  ])("%s", (options, message) => {
    const words = options.split(" ");
    expect(() => read("--stack", "production", ...words)).toThrow(OperationError);
    expect(() => read("--stack", "production", ...words)).toThrow(message);
  });

  it("no stack", () => {
    expect(() => read("--list")).toThrow("--stack is missing\nusage: npm run restore");
  });
});
