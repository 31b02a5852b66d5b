import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import type { RecoveryKit } from "../../lib/backup/recoveryKit";
import { keyFingerprint } from "../../lib/backup/repositoryKey";
import { repositories } from "../../lib/backup/serviceSettings";
import type { Secrets } from "../data/secrets";
import type { Identity } from "../identity";

/** Warns until `npm run key` has exported the key that the repositories have now. */
export function recoveryKit(
  { app, backups }: StackConfig,
  identity: Identity,
  secrets: Secrets,
): pulumi.Output<RecoveryKit> {
  const known = repositories({ ...identity, backups });
  const names = Object.keys(app.secrets).filter((name) => app.secrets[name]?.origin === "generate");
  const values = Object.fromEntries(names.map((name) => [name, secrets.get(name)]));
  return pulumi
    .all([secrets.get("backupRepositoryKey"), pulumi.all(values)])
    .apply<RecoveryKit>(([backupRepositoryKey, others]) => {
      const fingerprint = keyFingerprint(backupRepositoryKey);
      if (backups.keyExported !== fingerprint) warn(identity);
      return {
        repositories: Object.fromEntries(known.map(({ name, location }) => [name, location])),
        fingerprint,
        secrets: { backupRepositoryKey, ...others },
      };
    });
}

function warn({ stack }: Identity): void {
  void pulumi.log.warn(
    "The key of the backups is in the state of this stack alone: without it no backup can be read. " +
      `Export it with \`npm run key -- --stack ${stack} --to FILE\`, and keep the file elsewhere.`,
  );
}
