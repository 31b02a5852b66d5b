import { beforeEach, expect, it, vi } from "vitest";

const world = vi.hoisted(() => ({
  settings: {} as Record<string, unknown>,
  state: {} as unknown,
  asked: [] as string[],
  reached: [] as unknown[],
}));

vi.mock("../../../operations/stackFile", () => ({ stackSettings: async () => world.settings }));
vi.mock("../../../operations/ssh/reachMachine", () => ({
  reachMachine: async (connection: unknown) => {
    world.reached.push(connection);
  },
}));
vi.mock("../../../operations/pulumi", async (original) => ({
  ...(await original<typeof import("../../../operations/pulumi")>()),
  readPulumi: async (stack: string, args: readonly string[]) => {
    world.asked.push([...args, stack].join(" "));
    return JSON.stringify(world.state);
  },
}));

const connection = { address: "203.0.113.7", port: 22, user: "deploy", hostKey: "ssh-ed25519 AAAA" };
const engine = { type: "slipway:host:RemoteEngine", outputs: { connection } };

async function reach(stack: string) {
  const { reachStack } = await import("../../../operations/reachStack");
  return reachStack(stack);
}

beforeEach(() => {
  vi.resetModules();
  Object.assign(world, { settings: { host: "ssh" }, state: {}, asked: [], reached: [] });
});

it.each([{}, { host: "local" }])("leaves docker as it is where the settings are %j", async (settings) => {
  world.settings = settings;
  await reach("local");
  expect(world).toMatchObject({ asked: [], reached: [] });
});

it("reaches the machine that the state knows, once", async () => {
  world.state = { deployment: { resources: [{ type: "pulumi:pulumi:Stack" }, engine] } };
  await reach("production");
  await reach("production");
  expect(world).toMatchObject({ asked: ["stack export production"], reached: [connection] });
});

const unprepared: readonly unknown[] = [
  { deployment: {} },
  { deployment: { resources: [{ type: "pulumi:pulumi:Stack" }] } },
  { deployment: { resources: [{ type: "slipway:host:RemoteEngine", outputs: {} }] } },
];

it.each(unprepared)("says what to do where the state is %j", async (state) => {
  world.state = state;
  await expect(reach("production")).rejects.toThrow(
    "stack production has no prepared machine yet: `pulumi up --stack production` prepares it",
  );
});
