import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { HardenedContainer, type HardenedContainerArgs } from "../../../components/container";
import { filesLabel, hardened, healthcheck, identity, labels, replaced, types } from "../fixtures";
import { record, revealed, secret, urn } from "../mocks";

const least: HardenedContainerArgs = {
  identity,
  service: "worker",
  image: "shop/worker:1.2.0",
  release: "1.2.0",
  user: "1000:1001",
  resources: { memory: 256, cpus: 0.5 },
};

const leastInputs = {
  ...hardened,
  image: "shop/worker:1.2.0",
  user: "1000:1001",
  labels: labels("worker", "1.2.0"),
  tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1001" },
  memory: 256,
  memorySwap: 256,
  cpus: "0.5",
  networkMode: "none",
  networksAdvanced: [],
};

async function container(change: Partial<HardenedContainerArgs> = {}, opts?: pulumi.CustomResourceOptions) {
  const recording = await record(() => new HardenedContainer("worker", { ...least, ...change }, opts));
  return recording.get("worker");
}

it("has no privilege, limits on everything, rotated logs and labels by default", async () => {
  expect(await container()).toEqual({
    type: types.container,
    name: "worker",
    urn: urn(types.container, "worker"),
    parent: "",
    custom: true,
    inputs: leastInputs,
    options: replaced,
    dependencies: [],
    outputs: undefined,
  });
});

it("has no name of its own unless it is fixed", async () => {
  expect((await container()).inputs).not.toHaveProperty("name");
  expect((await container({ fixedName: "shop-test-worker" })).inputs).toEqual({
    ...leastInputs,
    name: "shop-test-worker",
  });
});

it("runs the command and entrypoint that are given, in their order", async () => {
  const { inputs } = await container({ entrypoint: ["tini", "--"], command: ["node", "b.js", "a"] });
  expect(inputs).toEqual({ ...leastInputs, entrypoints: ["tini", "--"], command: ["node", "b.js", "a"] });
});

it("sorts the environment, and keeps what is secret in it secret", async () => {
  const environment = { ZONE: "UTC", KEY: pulumi.secret("canary"), ALPHA: "1" };
  const { inputs } = await container({ environment });
  expect(inputs).toEqual({ ...leastInputs, envs: ["ALPHA=1", secret("KEY=canary"), "ZONE=UTC"] });
});

it("has its files written by the step that starts it, into volumes that go with it", async () => {
  const files = {
    "/run/secrets/worker/token": pulumi.secret("canary"),
    "/etc/worker/settings.json": "{}",
    "/run/secrets/worker/key": pulumi.secret("canary 2"),
  };
  const recording = await record(() => new HardenedContainer("worker", { ...least, files }));
  expect(recording.get("worker").inputs).toEqual({
    ...leastInputs,
    labels: [filesLabel, ...labels("worker", "1.2.0")],
    volumes: [{ containerPath: "/etc/worker" }, { containerPath: "/run/secrets/worker" }],
  });
  expect(await revealed(recording.made.startable)).toEqual(
    secret({
      id: "worker-id",
      files: {
        "/run/secrets/worker/token": "canary",
        "/etc/worker/settings.json": "{}",
        "/run/secrets/worker/key": "canary 2",
      },
      owner: "1000:1001",
    }),
  );
});

it("is replaced when the content of a file changes, and not by the order of the files", async () => {
  const digest = async (files: Readonly<Record<string, pulumi.Input<string>>>) => {
    const { inputs } = await container({ files });
    return (inputs.labels as { label: string; value: string }[]).find(
      ({ label }) => label === "slipway.files",
    )?.value;
  };
  const before = await digest({ "/a/one": pulumi.secret("canary"), "/a/two": "2" });
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  expect(await digest({ "/a/two": "2", "/a/one": "canary" })).toBe(before);
  expect(await digest({ "/a/one": "canary.", "/a/two": "2" })).not.toBe(before);
  expect(await digest({ "/a/one": "canary", "/a/three": "2" })).not.toBe(before);
});

it("mounts named volumes, sorted, before the folders of files", async () => {
  const { inputs } = await container({
    volumes: { "/var/b": "shop-test-b", "/var/a": "shop-test-a" },
    files: { "/a/file": "text" },
  });
  expect(inputs.volumes).toEqual([
    { containerPath: "/var/a", volumeName: "shop-test-a" },
    { containerPath: "/var/b", volumeName: "shop-test-b" },
    { containerPath: "/a" },
  ]);
});

it("mounts volumes that it can't write to, after those that it can", async () => {
  const { inputs } = await container({
    volumes: { "/var/z": "shop-test-z" },
    readOnlyVolumes: { "/var/b": "shop-test-b", "/var/a": "shop-test-a" },
  });
  expect(inputs.volumes).toEqual([
    { containerPath: "/var/z", volumeName: "shop-test-z" },
    { containerPath: "/var/a", volumeName: "shop-test-a", readOnly: true },
    { containerPath: "/var/b", volumeName: "shop-test-b", readOnly: true },
  ]);
});

it("has copies of folders of its image in volumes that go with it, and the step that starts it knows them", async () => {
  const copies = ["/usr/share/pages"];
  const recording = await record(() => new HardenedContainer("worker", { ...least, copies }));
  expect(recording.get("worker").inputs.volumes).toEqual([{ containerPath: "/usr/share/pages" }]);
  expect(await revealed(recording.made.startable)).toEqual({
    id: "worker-id",
    files: {},
    owner: "1000:1001",
    copies,
  });
});

it("has scratch space on disk in volumes that go with it, as its files are", async () => {
  const { inputs } = await container({ scratch: ["/work", "/cache"], files: { "/etc/worker/a": "text" } });
  expect(inputs.volumes).toEqual([
    { containerPath: "/cache" },
    { containerPath: "/etc/worker" },
    { containerPath: "/work" },
  ]);
});

it("calls itself by its id unless it is given a name for that", async () => {
  expect((await container()).inputs).not.toHaveProperty("hostname");
  expect((await container({ hostname: "shop-test-worker" })).inputs).toEqual({
    ...leastInputs,
    hostname: "shop-test-worker",
  });
});

it("has the writable folders that are given, and no other", async () => {
  const { inputs } = await container({ temporary: { "/run/worker": 1, "/cache": 512 }, user: "999:1000" });
  expect(inputs.tmpfs).toEqual({
    "/run/worker": "rw,noexec,nosuid,nodev,size=1m,uid=999,gid=1000",
    "/cache": "rw,noexec,nosuid,nodev,size=512m,uid=999,gid=1000",
  });
});

it("gets no swap beside its memory", async () => {
  const { inputs } = await container({ resources: { memory: 2048, cpus: 2 }, sharedMemory: 256 });
  expect(inputs).toEqual({ ...leastInputs, memory: 2048, memorySwap: 2048, cpus: "2.0", shmSize: 256 });
});

it("joins the networks that are given, with sorted aliases", async () => {
  const networks = [{ network: "shop-test-edge" }, { network: "shop-test-data", aliases: ["z", "a"] }];
  const { inputs } = await container({ networks });
  expect(inputs).toEqual({
    ...leastInputs,
    networkMode: "bridge",
    networksAdvanced: [
      { name: "shop-test-edge", aliases: [] },
      { name: "shop-test-data", aliases: ["a", "z"] },
    ],
  });
});

it("publishes ports by number, TCP before UDP, since another order would replace it", async () => {
  const { inputs } = await container({
    ports: [
      { port: 8443, protocol: "udp" },
      { port: 8443, protocol: "tcp" },
      { port: 80, protocol: "tcp" },
    ],
  });
  expect(inputs.ports).toEqual([
    { internal: 80, external: 80, protocol: "tcp", ip: "0.0.0.0" },
    { internal: 8443, external: 8443, protocol: "tcp", ip: "0.0.0.0" },
    { internal: 8443, external: 8443, protocol: "udp", ip: "0.0.0.0" },
  ]);
});

it("keeps the capabilities that are given, sorted, and drops the others", async () => {
  const { inputs } = await container({ capabilities: ["CAP_SETUID", "CAP_CHOWN"] });
  expect(inputs.capabilities).toEqual({ drops: ["ALL"], adds: ["CAP_CHOWN", "CAP_SETUID"] });
});

it("has its health asked without a shell", async () => {
  const { inputs } = await container({ health: ["node", "healthcheck.js"] });
  expect(inputs).toEqual({ ...leastInputs, healthcheck: healthcheck("node", "healthcheck.js") });
});

it("does not start again as a one-shot", async () => {
  expect((await container({ oneShot: true })).inputs).toEqual({ ...leastInputs, restart: "no" });
});

it("stops by the signal and in the time that are given", async () => {
  const { inputs } = await container({ stopSignal: "SIGINT", stopGrace: 120 });
  expect(inputs).toEqual({
    ...leastInputs,
    stopSignal: "SIGINT",
    stopTimeout: 120,
    destroyGraceSeconds: 120,
  });
});

it("takes the options of its place", async () => {
  const { options } = await container({}, { deleteBeforeReplace: false, protect: true });
  expect(options).toEqual({ ...replaced, deleteBeforeReplace: false, protect: true });
});

it("labels a release that is known only later", async () => {
  const { inputs } = await container({ release: pulumi.output("2.0.0") });
  expect(inputs.labels).toEqual(labels("worker", "2.0.0"));
});

it("may write anywhere only where it is said to", async () => {
  expect((await container({ writableRoot: true })).inputs).toEqual({ ...leastInputs, readOnly: false });
  expect((await container({ writableRoot: false })).inputs).toEqual(leastInputs);
});

it("has its health asked as often as it is said to", async () => {
  const { inputs } = await container({ health: ["check"], healthInterval: 2 });
  expect(inputs.healthcheck).toEqual({ ...healthcheck("check"), interval: "2s" });
});
