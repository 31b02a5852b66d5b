import type { BackupSettings, StoreSettings } from "../backup/settings";
import type { AwsSettings, DigitalOceanSettings, HostKind } from "./settings";

export interface StoreOfHostArgs {
  readonly host: HostKind;
  readonly digitalocean: DigitalOceanSettings;
  readonly aws: AwsSettings;
  readonly backups: BackupSettings;
}

/** What `backups` of a stack says, with the bucket that the stack makes for them. */
export function backupsOfHost(args: StoreOfHostArgs): BackupSettings {
  const s3 = storeOfHost(args) ?? args.backups.s3;
  return { ...args.backups, ...(s3 === undefined ? {} : { s3 }) };
}

function storeOfHost({ host, digitalocean, aws }: StoreOfHostArgs): StoreSettings | undefined {
  if (host === "digitalocean" && digitalocean.bucket !== undefined) {
    const { region, bucket } = digitalocean;
    return { endpoint: `https://${region}.digitaloceanspaces.com`, bucket, region, appendOnly: true };
  }
  if (host === "aws" && aws.bucket !== undefined) {
    const { region, bucket } = aws;
    return { endpoint: `https://s3.${region}.amazonaws.com`, bucket, region, appendOnly: true };
  }
  return undefined;
}
