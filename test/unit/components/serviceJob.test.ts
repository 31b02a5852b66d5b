import { expect, it } from "vitest";
import type { JobSpec } from "../../../apps/spec";
import { Job } from "../../../components/app/job";
import { ServiceJob } from "../../../components/app/serviceJob";
import {
  hardened,
  labels,
  replaced,
  role,
  shop,
  startable,
  stepInputs,
  testPlatform,
  types,
} from "../fixtures";
import { record, secret, urn } from "../mocks";
import { yard, yardPlatform } from "../yard";

const type = "slipway:app:Job";
const migration: JobSpec = {
  service: "api",
  command: ["node", "migrate.js"],
  environment: { MODE: "migration", EXTRA: { database: "user" } },
};

function serviceJob(spec: JobSpec) {
  return record(
    () =>
      new ServiceJob("migration", {
        platform: testPlatform(),
        what: "Migration",
        spec,
        role: role("owner"),
        timeout: 600,
      }),
  );
}

it("runs its command as a process of the service", async () => {
  const recording = await serviceJob(migration);
  expect(recording.made).toBeInstanceOf(Job);
  expect(recording.get("migration-container")).toEqual({
    type: types.container,
    name: "migration-container",
    urn: urn(types.container, "migration-container", type),
    parent: urn(type, "migration"),
    custom: true,
    inputs: {
      ...hardened,
      restart: "no",
      image: "registry.example.com/shop/api:1.2.0",
      user: "1000:1001",
      command: ["node", "migrate.js"],
      envs: [
        secret("CACHE=value of redisPassword"),
        "CACHE_HOST=redis",
        // The owner's, not that of the services.
        secret("DB=password of owner"),
        "DB_HOST=db.example.com",
        "EXTRA=owner",
        secret("KEY=value of signingKey"),
        secret("LICENCE=value of licence"),
        // The job's own value comes before the service's.
        "MODE=migration",
        "ORIGIN=https://shop.example.com",
      ],
      labels: labels("migration", "1.2.0"),
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1001" },
      memory: 512,
      memorySwap: 512,
      cpus: "1.0",
      networksAdvanced: [
        { name: "shop-test-edge", aliases: [] },
        { name: "shop-test-data", aliases: [] },
      ],
    },
    options: { ...replaced, deleteBeforeReplace: false },
    dependencies: expect.arrayContaining(["images-api", "networks-data", "networks-edge"]),
    outputs: undefined,
  });
});

it("says in messages what it does and of which release", async () => {
  const recording = await serviceJob(migration);
  const container = startable("migration-container", "1000:1001");
  expect(recording.get("migration-run").inputs).toEqual({
    ...stepInputs("runJob"),
    stdin: JSON.stringify({ what: "Migration, release 1.2.0,", container, timeout: 600 }),
  });
});

it("refuses a service that the system doesn't have", async () => {
  const names = Object.keys(shop.services).join(", ");
  await expect(serviceJob({ service: "worker", command: ["true"] })).rejects.toThrow(
    new RangeError(`shop: service "worker" is not one of ${names}`),
  );
});

async function inYard(spec: JobSpec | undefined) {
  if (spec === undefined) throw new Error("the spec is missing");
  const recording = await record(
    () =>
      new ServiceJob("migration", {
        platform: yardPlatform(),
        what: "Migration",
        spec,
        role: role("owner"),
        timeout: 600,
      }),
  );
  return recording.get("migration-container").inputs;
}

const url = (user: string) =>
  `DATABASE_URL=postgresql://${user}:password%20of%20${user}@db.example.com:5433/shop?sslmode=require`;

it("runs in an image of its own", async () => {
  expect(await inYard(yard.migration)).toMatchObject({
    restart: "no",
    image: "registry.example.com/yard/migrations:2.0.1",
    user: "3000:3000",
    command: ["deploy"],
    envs: [secret(url("owner"))],
    memory: 128,
    cpus: "0.5",
    networksAdvanced: [
      { name: "yard-test-edge", aliases: [] },
      { name: "yard-test-data", aliases: [] },
    ],
  });
});

it("connects as the role that a process of its own names", async () => {
  const environment = { DATABASE_URL: { database: "url" } } as const;
  const process = {
    image: "api",
    user: "1:1",
    usesData: true,
    resources: { memory: 64, cpus: 1 },
    environment,
  };
  expect(await inYard({ ...process, databaseRole: "clerk" })).toMatchObject({ envs: [secret(url("clerk"))] });
});

it("connects as its own role, and not as that of the service that it runs as", async () => {
  const { envs } = await inYard({ service: "worker", command: ["migrate"] });
  expect(envs).toContain("DB_USER=owner");
});
