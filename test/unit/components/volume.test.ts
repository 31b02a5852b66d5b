import { expect, it } from "vitest";
import { Volume } from "../../../components/data/volume";
import { identity, identityLabels, kept, types } from "../fixtures";
import { record, urn } from "../mocks";

it("is a named volume that nothing takes away", async () => {
  const recording = await record(() => new Volume("postgres-data", { identity, part: "postgres" }));
  expect(recording.all).toEqual([
    {
      type: types.volume,
      name: "postgres-data",
      urn: urn(types.volume, "postgres-data"),
      parent: "",
      custom: true,
      inputs: { name: "shop-test-postgres", labels: identityLabels },
      options: kept,
      dependencies: [],
      outputs: undefined,
    },
  ]);
});

it("may leave the stack when it is dispensable, and stays on the engine even so", async () => {
  const recording = await record(
    () => new Volume("state", { identity, part: "backup-state", dispensable: true }),
  );
  expect(recording.get("state").options).toEqual({ ...kept, protect: false });
});

it("can't be made less safe by its options", async () => {
  const recording = await record(
    () =>
      new Volume(
        "data",
        { identity, part: "postgres" },
        { protect: false, retainOnDelete: false, ignoreChanges: [] },
      ),
  );
  expect(recording.get("data").options).toEqual(kept);
});

it("has another name on another stack", async () => {
  const recording = await record(() => {
    const [test, production] = ["test", "production"].map(
      (stack) => new Volume(stack, { identity: { system: "shop", stack }, part: "redis" }),
    );
    return { test, production };
  });
  expect(recording.get("test").inputs.name).toBe("shop-test-redis");
  expect(recording.get("production").inputs.name).toBe("shop-production-redis");
});
