import { expect, it } from "vitest";
import { secretSpecs, standardSecrets } from "../../../lib/secretSpecs";
import { shop } from "../fixtures";

const generated = { origin: "generate", form: "password" };

it("has the standard secrets of every system: generated passwords, and what only the stack can know", () => {
  const { secrets: _, ...rest } = shop;
  const specs = Object.entries(secretSpecs({ ...rest, secrets: {} }));
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
    redisPassword: generated,
    alertEmailPassword: { origin: "optional", form: "password" },
    alertSlackUrl: { origin: "optional", form: "url" },
    alertWebhookUrl: { origin: "optional", form: "url" },
    alertNtfyUrl: { origin: "optional", form: "url" },
    heartbeatUrl: { origin: "optional", form: "url" },
  });
});

it("adds those of the application", () => {
  expect(secretSpecs(shop)).toEqual({ ...standardSecrets, ...shop.secrets });
});
