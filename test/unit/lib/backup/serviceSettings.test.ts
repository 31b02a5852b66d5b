import { expect, it } from "vitest";
import type { z } from "zod";
import { repositoryNames, serviceSettings, storePrefix } from "../../../../lib/backup/serviceSettings";
import { backupSettings } from "../../../../lib/backup/settings";

const database = { host: "postgres", port: 5432, name: "shop", user: "shop_backup", roles: ["shop_app"] };
const store = { endpoint: "https://store.example.com", bucket: "backups" };
const local = { name: "local", location: "/repository", appendOnly: false };

function settings(given: z.input<typeof backupSettings> = {}, change: { database?: undefined } = {}) {
  const backups = backupSettings.parse(given);
  const volumes = ["proxy-data", "files"];
  return serviceSettings({ system: "shop", stack: "test", backups, database, volumes, ...change });
}

it("is all that the services go by, of a stack that sets nothing", () => {
  expect(settings()).toEqual({
    system: "shop",
    stack: "test",
    schedule: { hour: 2, minute: 0 },
    keep: { daily: 7, weekly: 4, monthly: 6, restorePoints: 7 },
    repositories: [local],
    database,
    // Sorted, so that another order is no change.
    volumes: ["files", "proxy-data"],
    pitr: false,
  });
});

it.each([
  ["00:00", { hour: 0, minute: 0 }],
  ["09:08", { hour: 9, minute: 8 }],
  ["23:59", { hour: 23, minute: 59 }],
])("runs at %s", (at, schedule) => {
  expect(settings({ at }).schedule).toEqual(schedule);
});

it("writes to the machine first, then to the store, from which it can't delete", () => {
  expect(settings({ s3: store }).repositories).toEqual([
    local,
    {
      name: "s3",
      location: "s3:https://store.example.com/backups/shop/test",
      region: "us-east-1",
      appendOnly: true,
    },
  ]);
});

it("writes to the store alone where nothing is kept on the machine", () => {
  const s3 = { ...store, prefix: "a/b", region: "nyc3", appendOnly: false };
  expect(settings({ local: false, s3 }).repositories).toEqual([
    { name: "s3", location: "s3:https://store.example.com/backups/a/b", region: "nyc3", appendOnly: false },
  ]);
});

it("names its repositories in their order", () => {
  expect(repositoryNames(backupSettings.parse({}))).toEqual(["local"]);
  expect(repositoryNames(backupSettings.parse({ s3: store }))).toEqual(["local", "s3"]);
  expect(repositoryNames(backupSettings.parse({ local: false, s3: store }))).toEqual(["s3"]);
});

it("has a folder of its own in the bucket for each stack, unless one is set", () => {
  const { s3 } = backupSettings.parse({ s3: store });
  if (s3 === undefined) throw new Error("the store is missing");
  expect(storePrefix(s3, "shop", "test")).toBe("shop/test");
  expect(storePrefix({ ...s3, prefix: "elsewhere" }, "shop", "test")).toBe("elsewhere");
});

it("ships the log when asked to, and never without a database", () => {
  expect(settings({ pitr: true }).pitr).toBe(true);
  const without = settings({ pitr: true }, { database: undefined });
  expect(without.pitr).toBe(false);
  expect(without).not.toHaveProperty("database");
});
