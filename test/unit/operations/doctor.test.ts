import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Finding, failed, ok, warning } from "../../../lib/doctor/finding";

const world = vi.hoisted(() => ({
  outside: [] as Finding[],
  inside: [] as Finding[],
  machine: [] as Finding[],
  stacks: ["production"],
}));

vi.mock("../../../operations/doctor/subject", () => ({
  subjectOf: async (stack: string) => {
    const { OperationError } = await import("../../../operations/pulumi");
    if (!world.stacks.includes(stack)) throw new OperationError(`stack ${stack} isn't up`);
    return { stack };
  },
}));
vi.mock("../../../operations/doctor/outside", () => ({ outside: async () => world.outside }));
vi.mock("../../../operations/doctor/inside", () => ({ inside: async () => world.inside }));
vi.mock("../../../operations/doctor/machine", () => ({ machine: async () => world.machine }));

const { argv } = process;

// The command ends the process when something still waits for an answer, also a while after a test.
vi.spyOn(process, "exit").mockReturnValue(undefined as never);
const printed = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];

beforeEach(() => {
  Object.assign(world, { outside: [ok("page", "200")], inside: [ok("containers", "3")], machine: [] });
});

afterEach(() => {
  process.argv = argv;
  process.exitCode = undefined;
});

/** What the command prints, and its exit code. */
async function run(...options: readonly string[]) {
  const lines: string[] = [];
  for (const spy of printed) spy.mockImplementation((line) => lines.push(line));
  process.argv = ["node", "doctor.ts", ...options];
  vi.resetModules();
  await import("../../../operations/doctor");
  await vi.waitFor(() => expect(lines).not.toEqual([]), { interval: 5 });
  return { said: lines.join("\n"), code: process.exitCode };
}

it("prints what is outside, inside and on the machine, in this order", async () => {
  world.machine = [warning("reboot", "needed", "sudo reboot")];
  const { said, code } = await run("--stack", "production");
  expect(said.split("\n")).toEqual([
    "ok       page        200",
    "ok       containers  3",
    "warning  reboot      needed → sudo reboot",
    "2 ok, 1 warning, 0 failed. Warnings keep the exit code 0.",
  ]);
  expect(code).toBe(0);
});

it("ends with exit code 1 when anything has failed", async () => {
  world.inside = [failed("containers", "web is exited", "docker start web")];
  const { said, code } = await run("--stack", "production");
  expect(said).toContain("failed   containers  web is exited → docker start web");
  expect(code).toBe(1);
});

it("prints JSON for scripts", async () => {
  world.inside = [failed("containers", "web is exited", "docker start web")];
  const { said, code } = await run("--stack", "production", "--json");
  expect(JSON.parse(said)).toEqual({
    stack: "production",
    exitCode: 1,
    findings: [
      { what: "page", verdict: "ok", value: "200" },
      { what: "containers", verdict: "failed", value: "web is exited", advice: "docker start web" },
    ],
  });
  expect(code).toBe(1);
});

it.each([
  ["no stack", [], "--stack is missing\nusage: npm run doctor -- --stack S [--json]"],
  ["an option that it doesn't have", ["--stack", "production", "--fix"], "usage: npm run doctor"],
  ["a stack that isn't up", ["--stack", "other"], "error: stack other isn't up"],
])("refuses %s", async (_, options, message) => {
  const { said, code } = await run(...options);
  expect(said).toContain(message);
  expect(code).toBe(1);
});
