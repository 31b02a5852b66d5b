import { expect, it } from "vitest";
import { Job } from "../../../components/app/job";
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
import { record, revealed, unknown, urn } from "../mocks";

const type = "slipway:app:Job";
const what = "Import of the catalogue";

function job(preview = false) {
  return record(
    () =>
      new Job("import", {
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
      }),
    { preview },
  );
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
    options: replaced,
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

it("is not done in a preview", async () => {
  const recording = await job(true);
  expect(recording.get("import").outputs).toEqual({ done: unknown });
  expect(recording.get("import-run").inputs.stdin).toBe(unknown);
});
