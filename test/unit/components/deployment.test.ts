import { expect, it } from "vitest";
import { Deployment } from "../../../components/deployment";
import { Step } from "../../../components/step";
import { identity, pins, shop, stepInputs, testHost, types } from "../fixtures";
import { holdAt } from "../holding";
import { type RecordOptions, record, revealed, unknown } from "../mocks";

const type = "slipway:components:Deployment";

function create(): Deployment {
  const host = testHost();
  const serving = new Step("proxy-apply", { script: "applyProxyConfiguration", host, input: { a: "1" } });
  const config = { app: shop, version: undefined, images: pins };
  return new Deployment("deployment", { identity, host, config, pins: { page: "p", api: "a" }, serving });
}

const deployment = (options: RecordOptions = {}) => record(create, options);

it("is a step that is told nothing but what is deployed, so that it runs again for nothing else", async () => {
  const recording = await deployment();
  expect(recording.list).toContain(`${type} deployment`);
  expect(recording.get("deployment-note").inputs).toEqual({
    ...stepInputs("noteDeployment"),
    stdin: JSON.stringify({
      proxy: "shop-test-proxy",
      release: { system: "shop", stack: "test", version: "1.2.0", images: { api: "a", page: "p" } },
    }),
  });
  expect(
    recording
      .ofType(types.command)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["deployment-note", "proxy-apply"]);
});

it("is deployed once it serves", async () => {
  const { reached } = await holdAt("proxy-apply", create);
  expect(reached).not.toContain("deployment-note");
  const replacing = await deployment({ ids: { "proxy-apply": "another" } });
  expect(replacing.get("deployment-note").inputs).toEqual((await deployment()).get("deployment-note").inputs);
});

it("gives the record that the step has written", async () => {
  const told = { deploymentId: "20261122_143022_1.2.0", version: "1.2.0" };
  const recording = await deployment({ printed: { "deployment-note": JSON.stringify(told) } });
  expect(await revealed(recording.made.record)).toEqual(told);
});

it("has none yet in a preview", async () => {
  const recording = await deployment({ preview: true });
  expect(recording.get("deployment").outputs).toEqual({ record: unknown });
});
