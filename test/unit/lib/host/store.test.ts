import { expect, it } from "vitest";
import { backupSettings } from "../../../../lib/backup/settings";
import { awsSettings, digitalOceanSettings } from "../../../../lib/host/settings";
import { backupsOfHost } from "../../../../lib/host/store";

const digitalocean = digitalOceanSettings.parse({ region: "fra1", bucket: "shop-backups" });
const aws = awsSettings.parse({ region: "eu-central-1", bucket: "shop-backups" });
const backups = backupSettings.parse({ at: "03:00" });
const settings = { digitalocean, aws, backups };

it.each([
  ["digitalocean", "https://fra1.digitaloceanspaces.com", "fra1"],
  ["aws", "https://s3.eu-central-1.amazonaws.com", "eu-central-1"],
] as const)("on %s, backups go to the bucket that the stack makes", (host, endpoint, region) => {
  expect(backupsOfHost({ ...settings, host })).toEqual({
    ...backups,
    s3: { endpoint, bucket: "shop-backups", region, appendOnly: true },
  });
});

it("elsewhere, and without a bucket, they go where the stack says", () => {
  expect(backupsOfHost({ ...settings, host: "ssh" })).toEqual(backups);
  const s3 = { endpoint: "https://store.example.com", bucket: "elsewhere" };
  const elsewhere = backupSettings.parse({ s3 });
  const without = digitalOceanSettings.parse({});
  expect(
    backupsOfHost({ ...settings, host: "digitalocean", digitalocean: without, backups: elsewhere }),
  ).toEqual(elsewhere);
});
