import { expect, it } from "vitest";
import { secretSpecs, standardSecrets } from "../../../lib/secretSpecs";

const generated = { origin: "generate", form: "password" };

it("has the standard secrets of every system: generated passwords, and what only the stack can know", () => {
  const specs = Object.entries(secretSpecs({ secrets: {} }));
  const kinds = Object.fromEntries(specs.map(([name, { origin, form }]) => [name, { origin, form }]));
  expect(kinds).toEqual({
    backupRepositoryKey: generated,
    backupS3AccessKeyId: { origin: "optional", form: "password" },
    backupS3SecretAccessKey: { origin: "optional", form: "password" },
    bootstrapAdminPassword: generated,
    databaseAdminPassword: generated,
    databaseAppPassword: generated,
    databaseBackupPassword: generated,
    databaseMonitorPassword: generated,
    databaseOwnerPassword: generated,
    grafanaAdminPassword: generated,
    alertEmailPassword: { origin: "optional", form: "password" },
    alertSlackUrl: { origin: "optional", form: "url" },
    alertWebhookUrl: { origin: "optional", form: "url" },
    alertNtfyUrl: { origin: "optional", form: "url" },
    heartbeatUrl: { origin: "optional", form: "url" },
  });
});

it("adds those of the application, of Redis and of the object store, where there are such", () => {
  const image = { image: "", resources: { memory: 1, cpus: 1 } };
  const redis = { ...image, eviction: "noeviction" } as const;
  const objectStore = { ...image, buckets: [] };
  const own = { key: { description: "", origin: "optional", form: "url" } } as const;
  const added = (app: Parameters<typeof secretSpecs>[0]) =>
    Object.entries(secretSpecs(app)).filter(([name]) => !(name in standardSecrets));
  const password = expect.objectContaining(generated);
  expect(added({ secrets: own })).toEqual(Object.entries(own));
  expect(added({ secrets: {}, redis })).toEqual([["redisPassword", password]]);
  expect(added({ secrets: {}, objectStore })).toEqual([
    ["objectStoreAccessKey", password],
    ["objectStoreSecretKey", password],
  ]);
});
