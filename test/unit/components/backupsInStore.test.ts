import { describe, expect, it } from "vitest";
import { recordBackups, settingsText, started } from "../backups";
import { types } from "../fixtures";
import { store } from "../shopConfig";

describe("with a store", () => {
  const credentials =
    "[default]\naws_access_key_id = value of backupS3AccessKeyId\naws_secret_access_key = value of backupS3SecretAccessKey\n";

  it("reaches it by a network of its own, with its key in a file", async () => {
    const given = { s3: store };
    const recording = await recordBackups({ backups: given });
    const backup = { name: "shop-test-backup", aliases: [] };
    expect(recording.get("backups-service").inputs.networksAdvanced).toEqual([
      { name: "shop-test-data", aliases: [] },
      { name: "shop-test-observability", aliases: ["backup"] },
      backup,
    ]);
    expect(recording.get("backups-drill").inputs).toMatchObject({
      networkMode: "bridge",
      networksAdvanced: [backup],
    });
    for (const { files } of Object.values(started(recording))) {
      expect(files["/run/secrets/backup/store-credentials"]).toBe(credentials);
      expect(files["/etc/backup/settings.json"]).toBe(settingsText(given));
    }
  });

  it("has no repository on the machine where none is wanted", async () => {
    const recording = await recordBackups({ backups: { s3: store, local: false } });
    expect(recording.ofType(types.volume).map(({ name }) => name)).toEqual(["backups-state"]);
    for (const name of ["backups-service", "backups-drill"]) {
      expect(JSON.stringify(recording.get(name).inputs), name).not.toContain("/repository");
    }
  });
});
