import { expect, it } from "vitest";
import { Networks } from "../../../components/network/networks";
import { identity, identityLabels, testHost, types } from "../fixtures";
import { record, revealed, urn } from "../mocks";

const type = "slipway:network:Networks";

it("is one network that reaches the internet and one that doesn't", async () => {
  const recording = await record(() => new Networks("networks", { identity }));
  expect(recording.list).toEqual([
    `${types.network} networks-data`,
    `${types.network} networks-edge`,
    `${type} networks`,
  ]);
  for (const [part, internal] of [
    ["edge", false],
    ["data", true],
  ] as const) {
    expect(recording.get(`networks-${part}`)).toEqual({
      type: types.network,
      name: `networks-${part}`,
      urn: urn(types.network, `networks-${part}`, type),
      parent: urn(type, "networks"),
      custom: true,
      inputs: { name: `shop-test-${part}`, driver: "bridge", internal, labels: identityLabels },
      options: {},
      // Side by side: the provider waits 2 s for each.
      dependencies: [],
      outputs: undefined,
    });
  }
});

it("gives the names, known when the networks are there", async () => {
  const recording = await record(() => new Networks("networks", { identity }));
  const { edge, data } = recording.made;
  expect(await revealed(edge)).toBe("shop-test-edge");
  expect(await revealed(data)).toBe("shop-test-data");
  expect(recording.get("networks").outputs).toEqual({ edge: "shop-test-edge", data: "shop-test-data" });
});

it("uses the provider of its parent", async () => {
  const recording = await record(
    () => new Networks("networks", { identity }, { providers: [testHost().provider] }),
  );
  expect(recording.get("networks-edge").options).toEqual({ provider: "host-engine" });
  expect(recording.get("networks-data").options).toEqual({ provider: "host-engine" });
});
