import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { ask, type Handler, serve } from "../../../images/backup/socket.mjs";
import { temporaryFolder } from "./folder";

const source = join(__dirname, "../../../images/backup");

async function service(handlers: Record<string, Handler>) {
  const folder = await temporaryFolder();
  const path = join(folder, "service.sock");
  const server = await serve(handlers, path);
  onTestFinished(() => {
    server.close();
  });
  return { folder, path, server };
}

/** The program as it is, but for the place of the socket. */
async function commandLine(folder: string, path: string) {
  const program = join(folder, "program");
  await cp(source, program, { recursive: true });
  const constants = join(program, "paths.mjs");
  await writeFile(constants, (await readFile(constants, "utf8")).replace("/tmp/service.sock", path));
  return async (args: readonly string[], input: string) => {
    const child = spawn(process.execPath, [join(program, "cli.mjs"), ...args]);
    child.stdin.on("error", () => undefined).end(input);
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    return { code: child.exitCode, stdout, stderr };
  };
}

const backup: Handler = async ({ reason }, log) => {
  log(`a backup, ${reason}`);
  await sleep(20);
  log("two\nlines");
  return { run: "20261121T020000Z" };
};
const failing: Handler = async () => {
  throw new Error("no space left");
};

describe("the command line", () => {
  test("has the log on standard error and the result on standard output", async () => {
    const { folder, path } = await service({ backup });
    const cli = await commandLine(folder, path);
    expect(await cli(["backup"], '{"reason":"manual"}')).toEqual({
      code: 0,
      stdout: '{"run":"20261121T020000Z"}\n',
      stderr: "a backup, manual\ntwo\nlines\n",
    });
  });

  test("takes no input for an empty one, and nothing for an empty result", async () => {
    const { folder, path } = await service({ echo: async (input) => input, nothing: async () => undefined });
    const cli = await commandLine(folder, path);
    expect((await cli(["echo"], "")).stdout).toBe("{}\n");
    expect((await cli(["nothing"], "{}")).stdout).toBe("{}\n");
  });

  test("ends with 1 when the command fails, with the reason alone", async () => {
    const { folder, path } = await service({ failing });
    const cli = await commandLine(folder, path);
    expect(await cli(["failing"], "{}")).toEqual({ code: 1, stdout: "", stderr: "error: no space left\n" });
  });

  test.each([
    [
      "a command that isn't there",
      ["constructor"],
      "{}",
      'no command "constructor": allowed is backup, failing',
    ],
    ["no command", [], "{}", "Usage: node cli.mjs <command>"],
    ["two commands", ["backup", "failing"], "{}", "Usage: node cli.mjs <command>"],
    ["input that is no JSON", ["backup"], '{"adminPassword":"hunter2', "The input is no JSON, 25 characters"],
  ])("ends with 1 for %s", async (_, args, input, reason) => {
    const { folder, path } = await service({ backup, failing });
    const { code, stdout, stderr } = await (await commandLine(folder, path))(args, input);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain("hunter2");
  });

  test("ends with 1 when the service isn't there, or ends before it answers", async () => {
    const { folder, path, server } = await service({
      die: async () => {
        connection?.destroy();
        await sleep(50);
      },
    });
    let connection: import("node:net").Socket | undefined;
    server.on("connection", (each) => {
      connection = each;
    });
    const cli = await commandLine(folder, path);
    const died = await cli(["die"], "{}");
    expect([died.code, died.stderr]).toEqual([1, expect.stringContaining("ended before it answered")]);
    server.close();
    const gone = await cli(["die"], "{}");
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining("The service can't be asked")]);
  });
});

describe("the service", () => {
  test("answers several at a time", async () => {
    const { path } = await service({
      slow: async (input) => {
        await sleep(input.milliseconds);
        return input;
      },
    });
    const order: number[] = [];
    await Promise.all(
      [60, 5, 30].map(async (milliseconds) => {
        expect(await ask("slow", { milliseconds }, () => undefined, path)).toEqual({ milliseconds });
        order.push(milliseconds);
      }),
    );
    expect(order).toEqual([5, 30, 60]);
  });

  test("goes on with the work when who asked is gone", async () => {
    let done: (() => void) | undefined;
    const finished = new Promise<void>((resolve) => {
      done = resolve;
    });
    const { path } = await service({
      long: async (_, log) => {
        for (let n = 0; n < 20; n++) {
          log("x".repeat(100_000));
          await sleep(5);
        }
        done?.();
      },
      backup,
    });
    const connection = connect(path);
    connection.write('{"command":"long"}\n');
    await once(connection, "data");
    connection.destroy();
    await finished;
    expect(await ask("backup", {}, () => undefined, path)).toEqual({ run: "20261121T020000Z" });
  });

  test.each([["no JSON"], ['{"input":{}}'], ["null"], ["3"]])("answers %s with an error", async (line) => {
    const { path } = await service({ backup });
    const connection = connect(path);
    connection.write(`${line}\n`);
    expect(JSON.parse(await text(connection))).toEqual({ error: expect.any(String) });
  });

  test("refuses a request without end, and forgets one that is broken off", async () => {
    const { path } = await service({ backup });
    const endless = connect(path);
    endless.on("error", () => undefined).write("x".repeat(1_100_000));
    expect(await text(endless)).toContain("at most");
    connect(path).end('{"command":');
    expect(await ask("backup", {}, () => undefined, path)).toEqual({ run: "20261121T020000Z" });
  });

  test("replaces the socket of one that was killed, and lets in nobody else", async () => {
    const { path, folder } = await service({ backup });
    const second = await serve({ backup }, path);
    onTestFinished(() => {
      second.close();
    });
    expect(await ask("backup", {}, () => undefined, path)).toEqual({ run: "20261121T020000Z" });
    expect((await stat(join(folder, "service.sock"))).mode & 0o777).toBe(0o600);
  });
});
