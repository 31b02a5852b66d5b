import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ObjectStore } from "../../../components/data/objectStore";
import { Secrets } from "../../../components/data/secrets";
import { Images } from "../../../components/images";
import {
  filesLabel,
  hardened,
  healthcheck,
  identity,
  kept,
  labels,
  replaced,
  startable,
  stepInputs,
  stepOptions,
  testHost,
  types,
} from "../fixtures";
import { holdAt } from "../holding";
import { record, revealed, secret, unknown, urn } from "../mocks";

const type = "slipway:data:ObjectStore";
const release = "RELEASE.2025-09-07T16-13-09Z";
const files = {
  "/run/secrets/object-store/access-key": "the access key",
  "/run/secrets/object-store/secret-key": "the secret key",
};
const resources = { memory: 512, cpus: 1 };

function create(): ObjectStore {
  const key = { description: "", origin: "generate", form: "password" } as const;
  return new ObjectStore("object-store", {
    identity,
    host: testHost(),
    spec: { image: "store", buckets: ["uploads", "exports"], resources },
    resources,
    image: new Images("images", {
      pins: { store: `minio/minio:${release}` },
      registries: {},
      mirror: undefined,
    }).get("store"),
    network: "shop-test-data",
    secrets: new Secrets("secrets", {
      specs: { objectStoreAccessKey: key, objectStoreSecretKey: key },
      given: {
        objectStoreAccessKey: pulumi.secret("the access key"),
        objectStoreSecretKey: pulumi.secret("the secret key"),
      },
    }),
    readyTimeout: 120,
  });
}

const store = (preview = false) => record(create, { preview });

it("is a volume, a container and the step that makes its buckets", async () => {
  const recording = await store();
  const children = recording.all.filter(({ parent }) => parent === urn(type, "object-store"));
  expect(children.map((child) => `${child.type} ${child.name}`).sort()).toEqual([
    `${types.command} object-store-buckets`,
    `${types.container} object-store-server`,
    `${types.volume} object-store-data`,
  ]);
  expect(recording.get("object-store-data").inputs.name).toBe("shop-test-object-store");
  expect(recording.get("object-store-data").options).toEqual(kept);
});

it("keeps its data on the volume and its keys in files, and has no console", async () => {
  const recording = await store();
  expect(recording.get("object-store-server")).toEqual({
    type: types.container,
    name: "object-store-server",
    urn: urn(types.container, "object-store-server", type),
    parent: urn(type, "object-store"),
    custom: true,
    inputs: {
      ...hardened,
      name: "shop-test-object-store",
      image: `minio/minio:${release}`,
      user: "1000:1000",
      command: ["minio", "server", "/data", "--address", ":9000"],
      envs: [
        "MINIO_BROWSER=off",
        "MINIO_ROOT_PASSWORD_FILE=/run/secrets/object-store/secret-key",
        "MINIO_ROOT_USER_FILE=/run/secrets/object-store/access-key",
        "MINIO_UPDATE=off",
      ],
      labels: [filesLabel, ...labels("object-store", release)],
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1000" },
      volumes: [
        { containerPath: "/data", volumeName: "shop-test-object-store" },
        { containerPath: "/run/secrets/object-store" },
      ],
      memory: 512,
      memorySwap: 512,
      cpus: "1.0",
      networksAdvanced: [{ name: "shop-test-data", aliases: ["object-store"] }],
      healthcheck: healthcheck("mc", "ready", "local"),
      stopTimeout: 60,
      destroyGraceSeconds: 60,
    },
    // Two servers on one volume would destroy it, so the provider's delete-before-replace stays.
    options: replaced,
    dependencies: ["images-store", "object-store-data"],
    outputs: undefined,
  });
});

it("is started by its step, which gets the files and makes the buckets", async () => {
  const recording = await store();
  const step = recording.get("object-store-buckets");
  expect({ ...step.inputs, stdin: undefined }).toEqual({ ...stepInputs("createBuckets"), stdin: undefined });
  const { secret: stdin } = step.inputs.stdin as { secret: string };
  expect(JSON.parse(stdin)).toEqual({
    container: expect.objectContaining(startable("object-store-server", "1000:1000", files)),
    address: "http://127.0.0.1:9000",
    accessKey: "the access key",
    secretKey: "the secret key",
    buckets: ["uploads", "exports"],
    timeout: 120,
  });
  expect(step.options).toEqual(stepOptions);
  expect(step.dependencies).toEqual(["object-store-server"]);
});

it("gives its address, region, volume, and its keys as secrets", async () => {
  const { made, all } = await store();
  expect(await revealed(made.endpoint)).toBe("http://object-store:9000");
  expect(await revealed(made.region)).toBe("us-east-1");
  expect(await revealed(made.data)).toBe("shop-test-object-store");
  expect(await revealed(made.accessKey)).toEqual(secret("the access key"));
  expect(await revealed(made.secretKey)).toEqual(secret("the secret key"));
  expect(all.find(({ name }) => name === "object-store")?.outputs).toEqual({
    endpoint: "http://object-store:9000",
    region: "us-east-1",
  });
});

it("has no address before its buckets are there", async () => {
  const recording = await store(true);
  expect(recording.get("object-store").outputs).toEqual({ endpoint: unknown, region: "us-east-1" });
});

it.each(["endpoint", "accessKey", "secretKey"] as const)(
  "lets nobody have its %s before its buckets are there",
  async (field) => {
    const { reached } = await holdAt("object-store-buckets", (note) =>
      create()[field].apply(() => note("known")),
    );
    expect(reached).toContain("object-store-buckets");
    expect(reached).not.toContain("known");
  },
);
