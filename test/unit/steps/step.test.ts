import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { indented } from "../../../operations/steps/engine";
import { StepError, stepMain } from "../../../operations/steps/step";

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: typeof process.exitCode;
}

let exitCode: typeof process.exitCode;
beforeEach(() => {
  exitCode = process.exitCode;
  process.exitCode = undefined;
});
afterEach(() => {
  process.exitCode = exitCode;
  vi.restoreAllMocks();
});

async function ended(input: string, step: (input: unknown) => Promise<unknown>): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  vi.spyOn(process, "stdin", "get").mockReturnValue(
    Readable.from([input.slice(0, 3), input.slice(3)].map((text) => Buffer.from(text))) as never,
  );
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  }
  await stepMain(step);
  return { ...said, exitCode: process.exitCode };
}

describe("a step", () => {
  it("reads its input as JSON and says its result as JSON, and nothing else", async () => {
    const seen: unknown[] = [];
    const result = await ended('{"what":"Redis","containers":["ä"]}', async (input) => {
      seen.push(input);
      return { ready: 1 };
    });
    expect(seen).toEqual([{ what: "Redis", containers: ["ä"] }]);
    expect(result).toEqual({ stdout: '{"ready":1}', stderr: "", exitCode: undefined });
  });

  it("that can't be done says what to do, without a stack trace, and fails", async () => {
    const result = await ended("{}", async () => {
      throw new StepError("Proxy did not start\n  What to do: look at its log.");
    });
    expect(result).toEqual({
      stdout: "",
      stderr: "Proxy did not start\n  What to do: look at its log.\n",
      exitCode: 1,
    });
  });

  it("that breaks shows where, and fails", async () => {
    const result = await ended("{}", async () => {
      throw new TypeError("a mistake of ours");
    });
    expect(result.stderr).toMatch(/^TypeError: a mistake of ours\n\s+at /);
    expect({ ...result, stderr: "" }).toEqual({ stdout: "", stderr: "", exitCode: 1 });
  });

  it("that breaks with what is no error says that", async () => {
    const result = await ended("{}", () => Promise.reject("no docker"));
    expect(result).toEqual({ stdout: "", stderr: "no docker\n", exitCode: 1 });
  });

  it.each(["", "{", "no JSON"])("is not run on %j", async (input) => {
    const step = vi.fn();
    const result = await ended(input, step);
    expect(step).not.toHaveBeenCalled();
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe("");
  });
});

describe("indented", () => {
  it("sets lines off from the message that they stand in", () => {
    expect(indented("one\ntwo")).toBe("    | one\n    | two");
    expect(indented("")).toBe("    | ");
    expect(indented("  a\n\nb")).toBe("    |   a\n    | \n    | b");
  });
});
