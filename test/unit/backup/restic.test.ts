import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { CommandError } from "../../../images/backup/process.mjs";
import { isOver } from "../../../images/backup/resticLock.mjs";
import {
  commandProblem,
  isComplete,
  repositoryError,
  summaryOf,
} from "../../../images/backup/resticOutput.mjs";
import { labelsOf, tagFilter, tagsOf } from "../../../images/backup/resticTags.mjs";
import { temporaryFolder } from "./folder";

const settings = { name: "s3", location: "s3:http://store/backups", appendOnly: false } as const;
const lines = (...messages: unknown[]) => messages.map((message) => `${JSON.stringify(message)}\n`).join("");
const fileError = (message: string) => ({
  message_type: "error",
  error: { message },
  during: "archival",
  item: "/x",
});

describe("tags", () => {
  test("come back as they were given, though restic splits them at commas", () => {
    const names = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: "binary" }), { noNullPrototype: true }), (tags) => {
        const options = tagsOf(tags);
        const stored = options.filter((_, index) => index % 2 === 1).flatMap((tag) => tag.split(","));
        expect(stored.length).toBe(Object.keys(tags).length);
        expect(labelsOf(stored)).toEqual(tags);
      }),
    );
  });

  test("are asked for all together or any of several", () => {
    expect(tagFilter([{ kind: "files", reason: "manual" }, { kind: "wal" }])).toEqual([
      ...["--tag", "kind=files,reason=manual"],
      ...["--tag", "kind=wal"],
    ]);
    expect(tagFilter([{}])).toEqual([]);
    expect(tagsOf({ database: "a,b" })).toEqual(["--tag", "database=a%2Cb"]);
  });

  test("of others are taken as they are", () => {
    expect(labelsOf(["mine", "run=1=2"])).toEqual({ mine: "", run: "1=2" });
  });
});

describe("a program that is stored", () => {
  const ending = (message: string) =>
    lines(fileError(`failed to save /x: ${message}`), { message_type: "exit_error", code: 1, message });

  test.each(["exit status 2", "signal: killed"])("is what failed: %s", (problem) => {
    const message = `Fatal: unable to save snapshot: failed to save /x: Fatal: command failed: ${problem}`;
    expect(commandProblem(ending(message))).toBe(problem);
  });

  test.each(["Fatal: unable to save snapshot: write: no space left on device", ""])(
    "isn't what failed: %s",
    (message) => {
      expect(commandProblem(ending(message))).toBeUndefined();
    },
  );
});

describe("an error", () => {
  const errorOf = (
    exitCode: number | undefined,
    stderr: string,
    stdout = "",
    problem = `exit code ${exitCode}`,
  ) => repositoryError(settings, new CommandError("restic", exitCode, problem, { stderr, stdout }));

  test.each([
    [10, "there is none"],
    [11, "somebody else works in it"],
    [12, "the key does not fit"],
    [1, "exit code 1"],
  ])("with exit code %i says what it means and which repository it is", (exitCode, meaning) => {
    const error = errorOf(exitCode, lines({ message_type: "exit_error", message: "Fatal: no" }));
    expect(error.message).toContain(`The repository s3 (s3:http://store/backups): ${meaning}`);
    expect(error.message).toMatch(/: Fatal: no$/);
    expect([error.exitCode, error.damaged]).toEqual([exitCode, false]);
  });

  test("of a store that doesn't answer has the reason once", () => {
    const again = (seconds: number) =>
      `Stat(<config/>) returned error, retrying after ${seconds}s: Stat: connection refused\n`;
    const stderr = `${again(1)}${again(2)}\u001b[2Ksignal terminated received, cleaning up\nFatal: unable to open config file: context canceled\n`;
    expect(errorOf(130, stderr, "", "stopped after 60 s").message).toBe(
      "The repository s3 (s3:http://store/backups): stopped after 60 s: Stat: connection refused",
    );
  });

  test("of a check tells of the damage, and has the first and the last of much", () => {
    const blobs = Array.from({ length: 50 }, (_, n) => `blob ${n} not found\n`).join("");
    const stderr = `${blobs}restic repair packs b5d4\nFatal: repository contains errors\n`;
    const error = errorOf(
      1,
      stderr,
      lines({ message_type: "summary", num_errors: 3, broken_packs: ["b5d4"] }),
    );
    expect(error.damaged).toBe(true);
    expect(error.message).toContain("it is damaged: blob 0 not found\n");
    expect(error.message).toMatch(/\n…\n(?:.*\n)*blob 49 not found\nFatal: repository contains errors$/);
    expect(error.message).not.toContain("restic repair");
  });
});

describe("a backup", () => {
  test("has its figures in the last message", () => {
    const summary = { message_type: "summary", total_bytes_processed: 100, data_added_packed: 10 };
    const stdout = lines({ message_type: "status" }, { ...summary, snapshot_id: "ab" });
    expect(summaryOf(stdout)).toEqual({ snapshot: "ab", bytes: 100, added: 10 });
    expect(summaryOf(lines(summary)).snapshot).toBeUndefined();
    expect(() => summaryOf(lines({ message_type: "status" }))).toThrow("nothing of the backup");
  });

  test("is complete when files went away meanwhile, and isn't when one can't be read", () => {
    const vanished = fileError("lstat /volumes/x: no such file or directory");
    const healed = fileError("parts of /x not found in the repository index; storing the file again");
    const lost = fileError(
      "tree f590e7f2911e is not known; the repository could be damaged, run `repair index`",
    );
    expect(isComplete(lines(vanished, healed, lost))).toBe(true);
    expect(isComplete(lines(vanished, fileError("open /x: permission denied")))).toBe(false);
    expect(isComplete("Fatal: something else\n")).toBe(false);
  });
});

describe("a lock", () => {
  const now = Date.now();
  const lock = (changes: object) => ({
    time: new Date(now).toISOString(),
    hostname: hostname(),
    pid: 1,
    ...changes,
  });

  test("of this host is over when whoever has the number now isn't restic", async () => {
    expect(await isOver(lock({ pid: process.pid }), hostname(), now)).toBe(true);
    expect(await isOver(lock({ pid: 4_194_305 }), hostname(), now)).toBe(true);
  });

  test("of this host isn't over while restic runs", async () => {
    const program = join(await temporaryFolder(), "restic");
    await copyFile("/bin/sleep", program);
    const child = spawn(program, ["60"]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child, "spawn");
    expect(await isOver(lock({ pid: child.pid }), hostname(), now)).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await isOver(lock({ pid: child.pid }), hostname(), now)).toBe(true);
  });

  test("of another host is over half an hour after it was last renewed", async () => {
    const other = (ago: number) => lock({ hostname: "elsewhere", time: new Date(now - ago).toISOString() });
    expect(await isOver(other(29 * 60_000), hostname(), now)).toBe(false);
    expect(await isOver(other(31 * 60_000), hostname(), now)).toBe(true);
  });
});
