import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Settings } from "../../../images/backup/contract";
import { readSecret, readSettings } from "../../../images/backup/settings.mjs";
import { temporaryFolder } from "./folder";

const settings: Settings = {
  system: "shop",
  stack: "production",
  schedule: { hour: 2, minute: 0 },
  keep: { daily: 7, weekly: 4, monthly: 6, restorePoints: 3 },
  repositories: [
    { name: "local", location: "/repository", appendOnly: false },
    { name: "s3", location: "s3:https://store.example/backups/shop", region: "fra1", appendOnly: true },
  ],
  database: { host: "postgres", port: 5432, name: "shop", user: "backup", roles: ["shop_app"] },
  volumes: ["uploads"],
  pitr: true,
};

async function written(text: string): Promise<string> {
  const file = join(await temporaryFolder(), "settings.json");
  await writeFile(file, text);
  return file;
}

describe("settings", () => {
  test("are what the file has", async () => {
    expect(readSettings(await written(JSON.stringify(settings)))).toEqual(settings);
    const { database: _, ...withoutDatabase } = settings;
    expect(readSettings(await written(JSON.stringify(withoutDatabase)))).toEqual(withoutDatabase);
  });

  const [local] = settings.repositories;
  test.each([
    [{ system: "" }, 'system is "": allowed is a name'],
    [{ schedule: { hour: 24, minute: 0 } }, "schedule.hour is 24: allowed is a whole number from 0 to 23"],
    [{ schedule: undefined }, "schedule.hour is undefined: allowed is a whole number from 0 to 23"],
    [{ keep: { ...settings.keep, weekly: 1.5 } }, "keep.weekly is 1.5: allowed is a whole number from 0"],
    [{ repositories: [] }, "repositories is []: allowed is a list of one at least"],
    [
      { repositories: [local, { ...local, name: "tape" }] },
      'repositories[1].name is "tape": allowed is local or s3',
    ],
    [
      { repositories: [{ ...local, location: "b2:x" }] },
      'repositories[0].location is "b2:x": allowed is an absolute path or s3:<url>',
    ],
    [{ repositories: [null] }, "repositories[0].name is undefined"],
    [
      { database: { ...settings.database, port: "5432" } },
      'database.port is "5432": allowed is a whole number',
    ],
    [{ database: null }, "database.host is undefined: allowed is a name"],
    [{ volumes: "uploads" }, 'volumes is "uploads": allowed is a list of names'],
    [{ pitr: "yes" }, 'pitr is "yes": allowed is true or false'],
  ])("with %j are an error that tells what is allowed", async (change, message) => {
    const file = await written(JSON.stringify({ ...settings, ...change }));
    expect(() => readSettings(file)).toThrow(`${file}: ${message}`);
  });

  test.each([["{"], ["null"], ["3"]])("that are %s are an error that names the file", async (text) => {
    const file = await written(text);
    expect(() => readSettings(file)).toThrow(file);
  });

  test("that aren't there are an error that names the file", () => {
    expect(() => readSettings("/no/such/settings.json")).toThrow("/no/such/settings.json");
  });
});

test("a secret is the line in its file", async () => {
  expect(readSecret(await written("hunter 2\n"))).toBe("hunter 2");
  const empty = await written("\n");
  expect(() => readSecret(empty)).toThrow(`${empty} is empty`);
});
