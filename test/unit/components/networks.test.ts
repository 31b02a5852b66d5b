import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { Networks, type NetworksArgs } from "../../../components/network/networks";
import { identity, identityLabels, testHost, types } from "../fixtures";
import { record, revealed, urn } from "../mocks";

const type = "slipway:network:Networks";

function networks(change: Partial<NetworksArgs> = {}) {
  const args = { identity, observed: true, backedUpElsewhere: false, ...change };
  return record(() => new Networks("networks", args));
}

it("is one network that reaches the internet and two that don't", async () => {
  const recording = await networks();
  expect(recording.list).toEqual([
    `${types.network} networks-data`,
    `${types.network} networks-edge`,
    `${types.network} networks-observability`,
    `${type} networks`,
  ]);
  for (const [part, internal] of [
    ["edge", false],
    ["data", true],
    ["observability", true],
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
  const recording = await networks();
  const { edge, data, observability } = recording.made;
  expect(await revealed(edge)).toBe("shop-test-edge");
  expect(await revealed(data)).toBe("shop-test-data");
  expect(await revealed(pulumi.output(observability))).toBe("shop-test-observability");
  expect(recording.get("networks").outputs).toEqual({
    edge: "shop-test-edge",
    data: "shop-test-data",
    observability: "shop-test-observability",
  });
});

it("has none for observability where nothing observes", async () => {
  const recording = await networks({ observed: false });
  expect(recording.made.observability).toBeUndefined();
  expect(recording.ofType(types.network).map(({ name }) => name)).toEqual(["networks-edge", "networks-data"]);
});

it("has one that takes backups to their store, where they go to one", async () => {
  const recording = await networks({ observed: false, backedUpElsewhere: true });
  expect(recording.get("networks-backup")).toMatchObject({
    type: types.network,
    inputs: { name: "shop-test-backup", driver: "bridge", internal: false, labels: identityLabels },
  });
  expect(await revealed(pulumi.output(recording.made.backup))).toBe("shop-test-backup");
  expect(recording.get("networks").outputs).toEqual({
    edge: "shop-test-edge",
    data: "shop-test-data",
    backup: "shop-test-backup",
  });
  expect((await networks()).made.backup).toBeUndefined();
});

it("has an internal one for each service that reaches the internet through a gateway", async () => {
  const recording = await networks({ observed: false, egress: ["payments"] });
  expect(recording.ofType(types.network)).toHaveLength(3);
  expect(recording.get("networks-egress-payments")).toMatchObject({
    type: types.network,
    inputs: { name: "shop-test-egress-payments", driver: "bridge", internal: true, labels: identityLabels },
  });
  expect(Object.keys(recording.made.egress)).toEqual(["payments"]);
  expect(await revealed(pulumi.output(recording.made.egress))).toEqual({
    payments: "shop-test-egress-payments",
  });
  expect(recording.get("networks").outputs).toMatchObject({
    egress: { payments: "shop-test-egress-payments" },
  });
  expect((await networks()).made.egress).toEqual({});
});

it("uses the provider of its parent", async () => {
  const recording = await record(
    () =>
      new Networks(
        "networks",
        { identity, observed: false, backedUpElsewhere: false },
        { providers: [testHost().provider] },
      ),
  );
  expect(recording.get("networks-edge").options).toEqual({ provider: "host-engine" });
  expect(recording.get("networks-data").options).toEqual({ provider: "host-engine" });
});
