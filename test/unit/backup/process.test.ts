import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { CommandError, pipe, run, runToFile } from "../../../images/backup/process.mjs";
import { temporaryFolder } from "./folder";

const password = "s3cr3t-of-the-database";
const sh = (script: string, env?: Record<string, string>) => ["sh", ["-c", script], env] as const;

async function failureOf(work: Promise<unknown>): Promise<CommandError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CommandError)) throw new Error(`expected a CommandError, not ${error}`);
  return error;
}

describe("a program", () => {
  test("gets its input and environment, and its output comes back", async () => {
    const { stdout, stderr } = await run("sh", ["-c", 'cat; echo "$A" >&2'], {
      input: "ünï",
      env: { A: "b" },
    });
    expect([stdout, stderr]).toEqual(["ünï", "b\n"]);
  });

  test("that doesn't read its input isn't a failure by that", async () => {
    await run("true", [], { input: "x".repeat(1_000_000) });
  });

  test("that fails tells its exit code and the end of what it said", async () => {
    const error = await failureOf(run("sh", ["-c", "seq 100000; seq 100000 >&2; echo last >&2; exit 7"]));
    expect([error.program, error.exitCode]).toEqual(["sh", 7]);
    expect(error.message).toMatch(/^sh: exit code 7: 99982\n[\d\n]*100000\nlast$/);
    expect(error.stderr.length).toBeLessThanOrEqual(64 * 1024);
    expect(error.stdout).toContain("100000");
  });

  test("that isn't there can't be run", async () => {
    expect((await failureOf(run("no-such-program", []))).message).toMatch(
      /^no-such-program: can't be run: .*ENOENT/,
    );
  });

  test("that a signal ends has no exit code", async () => {
    const error = await failureOf(run("sh", ["-c", "kill -9 $$"]));
    expect([error.exitCode, error.message]).toEqual([undefined, "sh: ended by SIGKILL"]);
  });

  test("has no secret of its environment in an error", async () => {
    const env = { PGPASSWORD: password, AWS_SECRET_ACCESS_KEY: "store-secret", PGHOST: "postgres" };
    const script = 'echo "$PGPASSWORD $AWS_SECRET_ACCESS_KEY $PGHOST" >&2; echo "$PGPASSWORD"; exit 1';
    for (const error of [
      await failureOf(run("sh", ["-c", script], { env })),
      await failureOf(pipe(sh(script, env), sh("cat >/dev/null; sleep 0.1"))),
      await failureOf(pipe(sh("exec cat /dev/zero"), sh(script, env))),
      await failureOf(runToFile("sh", ["-c", script], join(await temporaryFolder(), "x"), { env })),
    ]) {
      const all = [error.message, error.stack, error.stderr, error.stdout, JSON.stringify(error)].join("\n");
      expect(all).not.toContain(password);
      expect(all).not.toContain("store-secret");
      expect(error.message).toContain("<PGPASSWORD> <AWS_SECRET_ACCESS_KEY> postgres");
    }
  });

  test("ends with all that it has started when its time is over", async () => {
    const file = join(await temporaryFolder(), "alive");
    const script = `(while :; do date +%N > ${file}; sleep 0.05; done) & wait`;
    const begin = Date.now();
    const error = await failureOf(run("sh", ["-c", script], { timeout: 500 }));
    expect(error.message).toBe("sh: stopped after 0.5 s");
    expect(Date.now() - begin).toBeLessThan(5_000);
    const last = await readFile(file, "utf8");
    await sleep(300);
    expect(await readFile(file, "utf8")).toBe(last);
  });

  test("that doesn't want to end is killed", async () => {
    const error = await failureOf(
      run("sh", ["-c", "trap '' TERM; while :; do sleep 1; done"], { timeout: 200 }),
    );
    expect(error.message).toBe("sh: stopped after 0.2 s");
  }, 20_000);

  test("ends when nobody wants it any more, also before it has begun", async () => {
    const controller = new AbortController();
    const work = failureOf(run("sleep", ["60"], { signal: controller.signal }));
    controller.abort();
    expect((await work).message).toBe("sleep: stopped");
    expect((await failureOf(run("sleep", ["60"], { signal: controller.signal }))).message).toBe(
      "sleep: stopped",
    );
  });
});

describe("two programs", () => {
  test("have all that the first says in the second", async () => {
    const { stdout } = await pipe(["head", ["-c", "20000000", "/dev/zero"]], ["wc", ["-c"]]);
    expect(stdout.trim()).toBe("20000000");
  });

  test("fail with the first, though the second takes what came for all", async () => {
    const error = await failureOf(pipe(sh("echo part; echo broken >&2; exit 3"), sh("cat; sleep 0.2")));
    expect(error.message).toBe("sh: exit code 3: broken");
  });

  test("fail with the second, not with the first that it stops", async () => {
    const error = await failureOf(
      pipe(["cat", ["/dev/zero"]], sh("head -c 1 >/dev/null; echo full >&2; exit 4")),
    );
    expect(error.message).toBe("sh: exit code 4: full");
  });

  test("fail with a second that ends while the first has nothing to say", async () => {
    const error = await failureOf(pipe(sh("sleep 0.3; while :; do echo x; sleep 0.1; done"), sh("exit 5")));
    expect(error.exitCode).toBe(5);
  });

  test.each([
    ["first", ["no-such-program", []] as const, sh("cat")],
    ["second", sh("cat /dev/zero"), ["no-such-program", []] as const],
  ])("fail with a %s one that isn't there", async (_, first, second) => {
    expect((await failureOf(pipe(first, second))).message).toContain("no-such-program: can't be run");
  });

  test("must both succeed unless the second may stop reading", async () => {
    const commands = [["cat", ["/dev/zero"]] as const, ["head", ["-c", "3"]] as const] as const;
    expect((await failureOf(pipe(...commands))).program).toBe("cat");
    expect((await pipe(...commands, { mayStopReading: true })).stdout).toBe("\0\0\0");
  });

  test("fail with the first when the second read to its end, though it might have stopped", async () => {
    const error = await failureOf(pipe(sh("echo part; exit 3"), ["cat", []], { mayStopReading: true }));
    expect(error.exitCode).toBe(3);
  });

  test("end when their time is over", async () => {
    const error = await failureOf(pipe(["sleep", ["60"]], ["cat", []], { timeout: 300 }));
    expect(error.message).toContain("stopped after 0.3 s");
  });
});

describe("a program with a file", () => {
  test("has its output there", async () => {
    const file = join(await temporaryFolder(), "out");
    await runToFile("cat", [], file, { input: "all of it" });
    expect(await readFile(file, "utf8")).toBe("all of it");
  });

  test("leaves none when it fails", async () => {
    const folder = await temporaryFolder();
    const error = await failureOf(runToFile("sh", ["-c", "echo part; exit 2"], join(folder, "out")));
    expect(error.exitCode).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });
});
