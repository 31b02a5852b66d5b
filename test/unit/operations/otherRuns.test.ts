import { beforeEach, expect, it, vi } from "vitest";

const { docker, inspect } = vi.hoisted(() => ({ docker: vi.fn(), inspect: vi.fn() }));
vi.mock("../../../operations/steps/engine", () => ({ docker, inspect }));

import { refuseOtherRuns } from "../../../operations/steps/otherRuns";
import { StepError } from "../../../operations/steps/step";

const own = "id-own";
const labels = {
  "slipway.system": "shop",
  "slipway.stack": "test",
  "slipway.service": "migration",
};
let running: string[];
let told: string;

beforeEach(() => {
  running = [];
  told = "";
  docker
    .mockReset()
    .mockImplementation(async ([command]: string[]) => (command === "ps" ? running.join("\n") : ""));
  inspect.mockReset().mockImplementation(async (id: string) => ({
    Id: id,
    Name: `/name-of-${id}`,
    Config: { Labels: labels },
    State: { StartedAt: "2026-11-22T10:00:00Z" },
  }));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    told += String(text);
    return true;
  });
});

const run = (force = false) => refuseOtherRuns("Migration, release 1.2.0,", own, force);
const stops = () => docker.mock.calls.map(([args]) => args).filter(([command]) => command === "stop");

it("asks for what runs of the same system and stack", async () => {
  await run();
  expect(docker.mock.calls).toEqual([
    [
      [
        ...[
          "ps",
          "--no-trunc",
          "--filter",
          "label=slipway.system=shop",
          "--filter",
          "label=slipway.stack=test",
        ],
        ...["--format", '{{.ID}}\t{{.Label "slipway.service"}}'],
      ],
    ],
  ]);
});

it.each([false, true])(
  "lets the job begin when nothing but services and itself runs, force %s",
  async (force) => {
    running = [`${own}\tmigration`, "id-a\tbackend", "id-b\tbootstrap-admin"];
    await run(force);
    expect(stops()).toEqual([]);
    expect(told).toBe("");
  },
);

it.each(["migration", "migration-revert"])(
  "refuses beside another %s, and says what to do",
  async (service) => {
    running = [`id-other\t${service}`];
    const failure = await run().catch((error) => error);
    expect(failure).toBeInstanceOf(StepError);
    expect(failure.message).toContain(
      "Migration, release 1.2.0, was not begun, as another deployment's is still running (container name-of-id-other, since 2026-11-22T10:00:00Z)",
    );
    expect(failure.message).toContain("setting slipway:migrations.force to true");
    expect(stops()).toEqual([]);
  },
);

it("stops all others where that is what the stack says, and tells it", async () => {
  running = [`${own}\tmigration`, "id-1\tmigration", "id-2\tmigration-revert"];
  await run(true);
  expect(stops()).toEqual([
    ["stop", "--time", "60", "id-1"],
    ["stop", "--time", "60", "id-2"],
  ]);
  expect(told).toContain(
    "Stopped what was still running (container name-of-id-1, since 2026-11-22T10:00:00Z)",
  );
  expect(told).toContain("name-of-id-2");
});
