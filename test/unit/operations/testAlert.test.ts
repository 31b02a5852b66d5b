import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { alertmanagerFiles } from "../../../lib/observability/alertmanager";
import { OperationError } from "../../../operations/pulumi";
import { email, noReceivers, observedSystem } from "../lib/observability/alertingObserved";

const world = vi.hoisted(() => ({
  containers: [] as string[],
  settings: {} as unknown,
  configuration: "",
  stacks: ["production"],
  commands: [] as string[][],
}));

vi.mock("../../../operations/pulumi", async (original) => ({
  ...(await original<typeof import("../../../operations/pulumi")>()),
  readPulumi: async (stack: string, args: readonly string[]) => {
    if (!world.stacks.includes(stack)) throw new OperationError(`no stack named '${stack}' found`);
    return args.includes("get") ? "clubhouse\n" : JSON.stringify(world.settings);
  },
}));

vi.mock("../../../operations/reachStack", () => ({ reachStack: async () => {} }));

vi.mock("../../../lib/execa", () => ({
  loadExeca: async () => ({
    execa: async (program: string, args: readonly string[]) => {
      world.commands.push([program, ...args]);
      return { failed: false, stdout: answered(args), stderr: "" };
    },
  }),
}));

function answered(args: readonly string[]): string {
  if (args[0] === "ps") return world.containers.join("\n");
  if (args.includes("routes")) return args.includes("severity=critical") ? "people" : "none";
  return args.includes("show") ? world.configuration : "";
}

/** What the command prints, and its exit code. */
async function run(...options: readonly string[]) {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line) => lines.push(line));
  vi.spyOn(console, "error").mockImplementation((line) => lines.push(line));
  process.argv = ["node", "testAlert.ts", ...options];
  vi.resetModules();
  await import("../../../operations/testAlert");
  await vi.waitFor(() => expect(lines).not.toEqual([]));
  return { said: lines.join("\n"), code: process.exitCode };
}

const argv = process.argv;

beforeEach(() => {
  const receivers = { ...noReceivers, email, slack: true };
  world.configuration = alertmanagerFiles(observedSystem({ receivers }))["alertmanager.yml"] ?? "";
  world.containers = ["clubhouse-production-alertmanager running"];
  world.settings = {};
  world.commands.length = 0;
});

afterEach(() => {
  vi.restoreAllMocks();
  process.argv = argv;
  process.exitCode = undefined;
});

it("adds an alert that ends after 5 minutes, and says who is told", async () => {
  const before = Date.now();
  const { said, code } = await run("--stack", "production", "--severity", "critical");
  expect(code).toBeUndefined();
  expect(said).toContain("Sent TestAlert (critical)");
  expect(said).toContain("goes to: email to ops@example.com, Slack.");
  const added = world.commands.find((command) => command.includes("add")) ?? [];
  expect(added.slice(0, 8)).toEqual([
    ...["docker", "exec", "clubhouse-production-alertmanager", "amtool"],
    ...["--alertmanager.url=http://127.0.0.1:9093", "alert", "add", "alertname=TestAlert"],
  ]);
  expect(added).toContain("severity=critical");
  const end = Date.parse(added.find((word) => word.startsWith("--end="))?.slice(6) ?? "");
  expect(end).toBeGreaterThanOrEqual(before + 300_000);
  expect(end).toBeLessThanOrEqual(Date.now() + 300_000);
});

it("looks for the stack's own Alertmanager", async () => {
  await run("--stack", "production", "--severity", "critical");
  expect(world.commands[0]).toEqual([
    ...["docker", "ps", "--all"],
    ...["--filter", "label=slipway.stack=production", "--filter", "label=slipway.system=clubhouse"],
    ...["--filter", "label=slipway.service=alertmanager", "--format", "{{.Names}} {{.State}}"],
  ]);
});

it.each([
  ["no stack", [], "--stack is missing\nusage: npm run alert"],
  [
    "a severity that isn't one",
    ["--stack", "production", "--severity", "none"],
    "--severity none is neither",
  ],
  ["a stack that isn't there", ["--stack", "other"], "no stack named 'other' found\n`pulumi stack ls`"],
  ["a way that leads nowhere", ["--stack", "production"], "stack production has no receiver: set"],
])("refuses %s, and adds nothing", async (_, options, message) => {
  const { said, code } = await run(...options);
  expect(said).toContain(`error: ${message}`);
  expect(code).toBe(1);
  expect(world.commands.filter((command) => command.includes("add"))).toEqual([]);
});

it.each([
  ["that isn't there", [], {}, "stack production has no Alertmanager on this engine: `pulumi up"],
  ["that has ended", ["am exited"], {}, "container am is exited: `docker logs am` says why, `pulumi up"],
  [
    "that isn't wanted",
    [],
    { "slipway:observability": { objectValue: { profile: "off" } } },
    "slipway:observability.profile of stack production is off",
  ],
])("says what to do about an Alertmanager %s", async (_, containers, settings, message) => {
  Object.assign(world, { containers, settings });
  const { said, code } = await run("--stack", "production");
  expect(said).toContain(`error: ${message}`);
  expect(code).toBe(1);
});
