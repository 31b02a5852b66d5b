import { describe, expect, it } from "vitest";
import { backsUp, backupSettings } from "../../../../lib/backup/settings";
import { parsed, problems } from "../../shopSettings";

const store = { endpoint: "https://nyc3.digitaloceanspaces.com", bucket: "backups" };
const keys = {
  "secrets.backupS3AccessKeyId": "an-access-key",
  "secrets.backupS3SecretAccessKey": "its-secret-key",
};

it("backs up every night onto the machine, unless the stack says otherwise", () => {
  expect(parsed({}).backups).toEqual({
    enabled: true,
    at: "02:00",
    keep: { daily: 7, weekly: 4, monthly: 6, restorePoints: 7 },
    local: true,
    pitr: false,
  });
  expect(parsed({}).migrations).toEqual({ backwardCompatible: [], skip: false, force: false });
});

it("has defaults for a store that only says where it is, and lets nobody delete there", () => {
  expect(parsed({ "backups.s3": store, ...keys }).backups.s3).toEqual({
    ...store,
    region: "us-east-1",
    appendOnly: true,
  });
});

const group = "a group of keys with values";
const flag = "true or false";
const time = "a time of day in UTC, such as 02:00";
const endpoint = "the store's address, such as https://nyc3.digitaloceanspaces.com";
const bucket = "a bucket's name: 3 to 63 lower case letters, digits, dots, hyphens";
const prefix = "a folder in the bucket, such as clubhouse/production";
const region = "a region such as us-east-1";
const fingerprint = "the fingerprint that `npm run key` writes";
const releases = "a list of releases, such as [1.2.0, 1.2.1]";

describe("what is no good is told with its key, its value and what it must be", () => {
  it.each<[string, unknown, string]>([
    ["backups", "daily", group],
    ["backups.enabled", "yes", flag],
    ["backups.at", "2:00", time],
    ["backups.at", "24:00", time],
    ["backups.at", "02:60", time],
    ["backups.at", 2, time],
    ["backups.keep", 7, group],
    ["backups.keep.daily", 0, "a whole number from 1 to 3650"],
    ["backups.keep.weekly", -1, "a whole number from 0 to 520"],
    ["backups.keep.monthly", 121, "a whole number from 0 to 120"],
    ["backups.keep.restorePoints", 0, "a whole number from 1 to 1000"],
    ["backups.local", "no", flag],
    ["backups.pitr", 1, flag],
    ["backups.keyExported", "0123456789AB", fingerprint],
    ["backups.keyExported", "0123", fingerprint],
    ["migrations", [], group],
    ["migrations.backwardCompatible", "1.2.0", releases],
  ])("%s with the value %j", (key, value, form) => {
    expect(problems({ [key]: value })).toEqual([
      `slipway:${key} is ${JSON.stringify(value)}: it must be ${form}`,
    ]);
  });

  it.each<[string, unknown, string]>([
    ["endpoint", "nyc3.digitaloceanspaces.com", endpoint],
    ["endpoint", "https://nyc3.digitaloceanspaces.com/backups", endpoint],
    ["endpoint", "s3://nyc3.digitaloceanspaces.com", endpoint],
    ["bucket", "Backups", bucket],
    ["bucket", "ab", bucket],
    ["bucket", "a".repeat(64), bucket],
    ["prefix", "/shop", prefix],
    ["prefix", "shop/", prefix],
    ["prefix", "", prefix],
    ["region", "US East", region],
    ["appendOnly", "true", flag],
  ])("backups.s3.%s with the value %j", (key, value, form) => {
    expect(problems({ "backups.s3": { ...store, [key]: value }, ...keys })).toEqual([
      `slipway:backups.s3.${key} is ${JSON.stringify(value)}: it must be ${form}`,
    ]);
  });

  it("a release that no image can have, by its place in the list", () => {
    expect(problems({ "migrations.backwardCompatible": ["1.2.0", "1.3.0 beta"] })).toEqual([
      'slipway:migrations.backwardCompatible.1 is "1.3.0 beta": it must be a release as the tag of its image has it, such as 1.2.0',
    ]);
  });

  it.each([
    [
      "backups.keep.dayly",
      "Did you mean daily? Otherwise allowed are daily, monthly, restorePoints, weekly.",
    ],
    ["backups.ta", "Allowed are at, enabled, keep, keyExported, local, pitr, s3."],
    ["backups.s3.key", "Allowed are appendOnly, bucket, endpoint, prefix, region."],
    ["migrations.compatible", "Allowed are backwardCompatible, force, skip."],
  ])("%s, which is no key", (key, hint) => {
    const given = key.startsWith("backups.s3") ? { "backups.s3": store, ...keys } : {};
    const [problem, ...others] = problems({ ...given, [key]: 1 });
    expect(others).toEqual([]);
    expect(problem).toContain(`slipway:${key} is not a known key. `);
    expect(problem).toContain(hint);
  });
});

it("asks for the store and the bucket of a store", () => {
  expect(problems({ "backups.s3": {}, ...keys })).toEqual([
    `slipway:backups.s3.endpoint is missing: set it to ${endpoint} (pulumi config set --path 'backups.s3.endpoint' <value>)`,
    `slipway:backups.s3.bucket is missing: set it to ${bucket} (pulumi config set --path 'backups.s3.bucket' <value>)`,
  ]);
});

describe("the key to the store", () => {
  const missing = (secret: string) =>
    `slipway:secrets.${secret} is missing: set it to the key to the store that slipway:backups.s3 names (pulumi config set --secret --path 'secrets.${secret}' <value>)`;

  it("must be set with a store", () => {
    expect(problems({ "backups.s3": store })).toEqual([
      missing("backupS3AccessKeyId"),
      missing("backupS3SecretAccessKey"),
    ]);
    const { "secrets.backupS3AccessKeyId": id } = keys;
    expect(problems({ "backups.s3": store, "secrets.backupS3AccessKeyId": id })).toEqual([
      missing("backupS3SecretAccessKey"),
    ]);
  });

  it("is asked for together with all that is wrong besides", () => {
    expect(problems({ "backups.s3": { ...store, bucket: "B" }, "ports.http": 0 })).toHaveLength(4);
  });

  it("is not asked for where backups are switched off, and the store may stay in the settings", () => {
    expect(problems({ "backups.enabled": false, "backups.s3": store })).toEqual([]);
    expect(problems({ "backups.enabled": true, "backups.s3": store })).toEqual([
      missing("backupS3AccessKeyId"),
      missing("backupS3SecretAccessKey"),
    ]);
  });

  it("may be set without one", () => {
    expect(problems(keys)).toEqual([]);
    expect(problems({ ...keys, "backups.s3": store })).toEqual([]);
  });
});

describe("backups that stay off the machine", () => {
  const problem =
    "slipway:backups.s3 is missing: set it to where backups go when backups.local is false, or set slipway:backups.enabled to false (pulumi config set --path 'backups.s3' <value>)";

  it("need a store", () => {
    expect(problems({ "backups.local": false })).toEqual([problem]);
    expect(problems({ "backups.local": false, "backups.s3": store, ...keys })).toEqual([]);
  });

  it("need none when there are none at all", () => {
    expect(problems({ "backups.local": false, "backups.enabled": false })).toEqual([]);
  });
});

it("are none where they are switched off, or somebody else runs the server", () => {
  const [on, off] = [backupSettings.parse({}), backupSettings.parse({ enabled: false })];
  const postgres = { host: "db.example.com" };
  expect(backsUp({ backups: on })).toBe(true);
  expect(backsUp({ backups: on, postgres })).toBe(false);
  expect(backsUp({ backups: off })).toBe(false);
  expect(backsUp({ backups: off, postgres })).toBe(false);
});
