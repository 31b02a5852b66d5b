import { expect, it } from "vitest";
import { Job, type JobArgs } from "../../../components/app/job";
import { Step } from "../../../components/step";
import type { RestorePointInput } from "../../../operations/steps/restorePoint";
import {
  hardened,
  identity,
  labels,
  replaced,
  startable,
  stepInputs,
  stepOptions,
  testHost,
  types,
} from "../fixtures";
import { holdAt } from "../holding";
import { type RecordOptions, record, revealed, unknown, urn } from "../mocks";

const type = "slipway:app:Job";
const what = "Import of the catalogue";

const restorePoint: RestorePointInput = {
  service: "shop-test-backup",
  server: "shop-test-postgres",
  database: "shop",
  before: "1.2.0",
};

function createJob(change: Partial<JobArgs> = {}): Job {
  return new Job("import", {
    host: testHost(),
    what,
    container: {
      identity,
      service: "import",
      image: "shop/api:1.2.0",
      release: "1.2.0",
      user: "1000:1001",
      command: ["node", "import.js"],
      resources: { memory: 128, cpus: 1 },
    },
    timeout: 300,
    ...change,
  });
}

/** With a restore point, which is made after the step `backups-ready`. */
function createBackedUp(): Job {
  const step = { script: "awaitReady", host: testHost(), input: { a: "1" } } as const;
  return createJob({ restorePoint: { input: restorePoint, ready: new Step("backups-ready", step) } });
}

function job(options: RecordOptions = {}) {
  return record(() => createJob(), options);
}

it("is a container, and the step that starts it and checks how it ends", async () => {
  const recording = await job();
  expect(recording.list).toEqual([
    `${types.command} import-run`,
    `${types.container} import-container`,
    "pulumi:providers:docker host-engine",
    `${type} import`,
  ]);
  expect(recording.get("import-container")).toEqual({
    type: types.container,
    name: "import-container",
    urn: urn(types.container, "import-container", type),
    parent: urn(type, "import"),
    custom: true,
    inputs: {
      ...hardened,
      restart: "no",
      image: "shop/api:1.2.0",
      user: "1000:1001",
      command: ["node", "import.js"],
      labels: labels("import", "1.2.0"),
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1001" },
      memory: 128,
      memorySwap: 128,
      cpus: "1.0",
      networkMode: "none",
      networksAdvanced: [],
    },
    // The one before is seen by the step while it still runs.
    options: { ...replaced, deleteBeforeReplace: false },
    dependencies: [],
    outputs: undefined,
  });
  expect(recording.get("import-run")).toEqual({
    type: types.command,
    name: "import-run",
    urn: urn(types.command, "import-run", type),
    parent: urn(type, "import"),
    custom: true,
    inputs: {
      ...stepInputs("runJob"),
      stdin: JSON.stringify({ what, container: startable("import-container", "1000:1001"), timeout: 300 }),
    },
    options: stepOptions,
    dependencies: ["import-container"],
    outputs: undefined,
  });
});

it("is done when its step is", async () => {
  const recording = await job();
  expect(await revealed(recording.made.done)).toBe("import-run-id");
  expect(recording.get("import").outputs).toEqual({ done: "import-run-id" });
});

it("has the restore point made by the step, right before it runs", async () => {
  const recording = await record(createBackedUp);
  const container = startable("import-container", "1000:1001");
  expect(recording.get("import-run").inputs.stdin).toBe(
    JSON.stringify({ what, container, timeout: 300, restorePoint }),
  );
  expect(recording.get("import-run").dependencies).toEqual(["backups-ready", "import-container"]);
});

it("takes the place of a run that hasn't ended only where it is told to", async () => {
  const inputs = async (change: Partial<JobArgs>) =>
    (await record(() => createJob(change))).get("import-run").inputs.stdin;
  const container = startable("import-container", "1000:1001");
  expect(await inputs({ force: true })).toBe(JSON.stringify({ what, container, timeout: 300, force: true }));
  expect(await inputs({ force: false })).toBe(await inputs({}));
});

it("waits until the restore point can be asked for, and is not another job for it", async () => {
  const { reached, recording } = await holdAt("backups-ready", createBackedUp);
  expect(reached).toContain("import-container");
  expect(reached).not.toContain("import-run");
  const replacing = await record(createBackedUp, { ids: { "backups-ready": "another" } });
  expect(replacing.get("import-run").inputs).toEqual(recording.get("import-run").inputs);
});

it("gives what was dumped before it ran, as the step told it", async () => {
  const dumped = { run: "20261121T020000Z", before: "1.2.0" };
  const said = (result: object) => job({ printed: { "import-run": JSON.stringify(result) } });
  expect(await revealed((await said({ seconds: 1.5, restorePoint: dumped })).made.restorePoint)).toEqual(
    dumped,
  );
  expect(await revealed((await said({ seconds: 1.5 })).made.restorePoint)).toBeUndefined();
});

it("is not done in a preview", async () => {
  const recording = await job({ preview: true });
  expect(recording.get("import").outputs).toEqual({ done: unknown });
  expect(recording.get("import-run").inputs.stdin).toBe(unknown);
});
