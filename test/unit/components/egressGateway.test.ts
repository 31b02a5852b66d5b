import { expect, it } from "vitest";
import { Images } from "../../../components/images";
import { EgressGateway } from "../../../components/network/egressGateway";
import { gatewayHealth, squidConfiguration } from "../../../lib/squidConfiguration";
import {
  filesLabel,
  hardened,
  healthcheck,
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
import { record, revealed, unknown, urn } from "../mocks";

const type = "slipway:network:EgressGateway";
const hosts = ["api.stripe.com"];
const files = { "/etc/egress/squid.conf": squidConfiguration(hosts) };

function create(): EgressGateway {
  const pins = { egress: "ubuntu/squid:6.6-24.04_beta" };
  return new EgressGateway("egress-payments", {
    identity,
    host: testHost(),
    image: new Images("images", { pins, registries: {}, mirror: undefined }).get("egress"),
    service: "payments",
    hosts,
    network: "shop-test-egress-payments",
    internet: "shop-test-edge",
    readyTimeout: 90,
  });
}

it("is a container between the service's network and the internet", async () => {
  const recording = await record(create);
  expect(recording.get("egress-payments-server")).toEqual({
    type: types.container,
    name: "egress-payments-server",
    urn: urn(types.container, "egress-payments-server", type),
    parent: urn(type, "egress-payments"),
    custom: true,
    inputs: {
      ...hardened,
      name: "shop-test-egress-payments",
      image: "ubuntu/squid:6.6-24.04_beta",
      user: "13:13",
      entrypoints: ["squid"],
      command: ["-N", "-f", "/etc/egress/squid.conf"],
      labels: [filesLabel, ...labels("egress-payments", "6.6-24.04_beta")],
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=13,gid=13" },
      volumes: [{ containerPath: "/etc/egress" }],
      memory: 64,
      memorySwap: 64,
      cpus: "0.25",
      networksAdvanced: [
        { name: "shop-test-egress-payments", aliases: ["egress-payments"] },
        { name: "shop-test-edge", aliases: [] },
      ],
      healthcheck: healthcheck(...gatewayHealth),
    },
    options: replaced,
    dependencies: ["images-egress"],
    outputs: undefined,
  });
});

it("is started by its step, with the hosts in a file", async () => {
  const recording = await record(create);
  const step = recording.get("egress-payments-ready");
  expect({ ...step.inputs, stdin: undefined }).toEqual({ ...stepInputs("awaitReady"), stdin: undefined });
  expect(JSON.parse(String(step.inputs.stdin))).toEqual({
    what: "the way of payments to the internet",
    containers: [startable("egress-payments-server", "13:13", files)],
    timeout: 90,
  });
  expect(step.options).toEqual(stepOptions);
  expect(step.parent).toBe(urn(type, "egress-payments"));
});

it("gives what the service's HTTPS_PROXY is, known once it answers", async () => {
  const { made, all } = await record(create);
  expect(await revealed(made.url)).toBe("http://egress-payments:3128");
  expect(all.find(({ name }) => name === "egress-payments")?.outputs).toEqual({
    url: "http://egress-payments:3128",
  });
  const preview = await record(create, { preview: true });
  expect(preview.get("egress-payments").outputs).toEqual({ url: unknown });
});

it("lets nobody have it before it answers", async () => {
  const { reached } = await holdAt("egress-payments-ready", (note) =>
    create().url.apply(() => note("known")),
  );
  expect(reached).toContain("egress-payments-ready");
  expect(reached).not.toContain("known");
});
