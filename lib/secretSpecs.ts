import type { AppSpec, SecretSpec } from "../apps/spec";

/** Names of the secrets that every system has, whatever its application needs besides. */
export const standardSecrets = {
  databaseAppPassword: generated("password of the database role of the services"),
  databaseOwnerPassword: generated("password of the database role that owns the schema and migrates it"),
  databaseMonitorPassword: generated("password of the database role that reads statistics"),
  databaseBackupPassword: generated("password of the database role that reads everything for backups"),
  databaseAdminPassword: generated("password of the database's superuser"),
  bootstrapAdminPassword: generated("password of the first administrator"),
  grafanaAdminPassword: generated("password of Grafana's administrator"),
  alertEmailPassword: optional("password of the mail server that alerts are sent by", "password"),
  alertSlackUrl: optional("incoming webhook of the Slack channel that alerts go to", "url"),
  alertWebhookUrl: optional("address that alerts are posted to", "url"),
  alertNtfyUrl: optional("ntfy topic that alerts go to", "url"),
  backupRepositoryKey: generated("key of the backup repositories: without it no backup can be read"),
  backupS3AccessKeyId: optional("name of the key to the store that backups go to", "password"),
  backupS3SecretAccessKey: optional("the key to the store that backups go to", "password"),
  heartbeatUrl: optional("off-box address that is told every minute that alerting works", "url"),
} as const satisfies Readonly<Record<string, SecretSpec>>;

const redisSecrets = { redisPassword: generated("password of Redis") };

const objectStoreSecrets = {
  objectStoreAccessKey: generated("name of the key to the object store"),
  objectStoreSecretKey: generated("the key to the object store"),
};

/** All secrets of a system, by name: the standard ones, those of what it stores data in, and the application's own. */
export function secretSpecs(
  app: Pick<AppSpec, "secrets" | "redis" | "objectStore">,
): Readonly<Record<string, SecretSpec>> {
  return {
    ...standardSecrets,
    ...(app.redis === undefined ? {} : redisSecrets),
    ...(app.objectStore === undefined ? {} : objectStoreSecrets),
    ...app.secrets,
  };
}

function optional(description: string, form: SecretSpec["form"]): SecretSpec {
  return { description, origin: "optional", form };
}

function generated(description: string): SecretSpec {
  return { description, origin: "generate", form: "password" };
}
