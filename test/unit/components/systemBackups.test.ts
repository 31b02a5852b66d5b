import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createHost } from "../../../components/host/host";
import { System } from "../../../components/system";
import type { StackConfig } from "../../../config";
import { secretSpecs } from "../../../lib/secretSpecs";
import type { RunJobInput } from "../../../operations/steps/runJob";
import type { StartBackupsInput } from "../../../operations/steps/startBackups";
import { pins, shop, types } from "../fixtures";
import { holdAt } from "../holding";
import { type Recording, type RecordOptions, record, revealed, urn } from "../mocks";
import { backedUpShop, backupPins, shopConfig, store } from "../shopConfig";

// They say that the key is not exported, which is no matter here.
beforeEach(() => {
  vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
});

function create(config: StackConfig): System {
  return new System("shop", { host: createHost("local"), config });
}

function system(config = backedUpShop(), options: RecordOptions = {}): Promise<Recording<System>> {
  return record(() => create(config), options);
}

function names(recording: Recording<System>, type: string): string[] {
  return recording
    .ofType(type)
    .map(({ name }) => name)
    .sort();
}

function input<Input>(recording: Recording<System>, step: string): Input {
  const { stdin } = recording.get(step).inputs;
  return JSON.parse(typeof stdin === "string" ? stdin : (stdin as { secret: string }).secret) as Input;
}

const secretNames = Object.keys(secretSpecs(shop));

/** Each secret comes from the configuration and has a value that is found by a search. */
function withCanaries(): StackConfig {
  const secrets = Object.fromEntries(secretNames.map((name) => [name, pulumi.secret(`canary-${name}`)]));
  return backedUpShop({ s3: store, pitr: true }, { secrets });
}

it("adds these resources to a system that has none", async () => {
  const [without, backedUp] = [await system(shopConfig()), await system()];
  const added = (type: string) => {
    const before = names(without, type);
    return names(backedUp, type).filter((name) => !before.includes(name));
  };
  expect(added(types.command)).toEqual(["backups-start"]);
  expect(added(types.container)).toEqual(["backups-drill", "backups-service"]);
  expect(added(types.volume)).toEqual(["backups-repository", "backups-state"]);
  expect(added(types.network)).toEqual([]);
  expect(added(types.image)).toEqual(["backups-image-build", "images-node", "images-restic"]);
  expect(added(types.password)).toEqual([]);
  expect(backedUp.get("backups").parent).toBe(urn("slipway:components:System", "shop"));
  const onEngine = backedUp.all.filter((one) => one.type.startsWith("docker:"));
  for (const { name, options } of onEngine) {
    expect(options, name).toMatchObject({ provider: "host-engine" });
  }
});

it("has a network to the store, where backups go to one", async () => {
  expect(names(await system(withCanaries()), types.network)).toContain("networks-backup");
});

describe.each([
  ["are switched off", () => backedUpShop({ enabled: false, local: true })],
  [
    "are those of somebody else's server",
    () => {
      const postgres = { host: "db.example.com", port: 5432, database: "shop", user: "shop" };
      return backedUpShop({}, { postgres: { ...postgres, sslmode: "require" } });
    },
  ],
])("backups that %s", (_, config) => {
  it("are nowhere: no image is pulled, nothing runs, no restore point is made", async () => {
    const recording = await system(config());
    expect(
      recording.all.filter(({ name }) => /^backups|restic|images-node|networks-backup/.test(name)),
    ).toEqual([]);
    expect(input<RunJobInput>(recording, "migration-run")).not.toHaveProperty("restorePoint");
    expect(recording.made.recoveryKit).toBeUndefined();
    expect(recording.made.images).not.toHaveProperty("restic");
  });
});

it("backs up the certificates and the database, and tells what serves", async () => {
  const recording = await system();
  const { service, pins: told, timeout } = input<StartBackupsInput>(recording, "backups-start");
  expect(told).toEqual({ ...pins, ...backupPins });
  expect(timeout).toBe(90);
  expect(JSON.parse(service.files["/etc/backup/settings.json"] ?? "")).toMatchObject({
    system: "shop",
    stack: "test",
    database: { name: "shop", user: "shop_backup" },
    volumes: ["proxy-data"],
  });
});

describe("a restore point", () => {
  it("is made right before the migration, by the step that migrates", async () => {
    const recording = await system();
    const { service } = input<StartBackupsInput>(recording, "backups-start");
    const { restorePoint } = input<RunJobInput>(recording, "migration-run");
    expect(restorePoint).toEqual({
      service,
      server: "postgres-server-id",
      database: "shop",
      before: "1.2.0",
      timeout: 90,
    });
    expect(input<RunJobInput>(recording, "bootstrap-admin-run")).not.toHaveProperty("restorePoint");
  });

  it("is told to those who update", async () => {
    const dumped = { run: "20261121T020000Z", before: "1.2.0" };
    const printed = { "migration-run": JSON.stringify({ seconds: 1, restorePoint: dumped }) };
    const { made } = await system(backedUpShop(), { printed });
    if (made.restorePoint === undefined) throw new Error("the restore point is missing");
    expect(await revealed(made.restorePoint)).toEqual(dumped);
  });

  it("needs no migration: there is none then", async () => {
    const { migration: _, ...app } = shop;
    const { made } = await system(backedUpShop({}, { app }));
    expect(made.restorePoint).toBeUndefined();
  });
});

describe("the order of an update", () => {
  it("has the backup service there before it migrates", async () => {
    const { reached } = await holdAt("backups-service", () => create(backedUpShop()));
    expect(reached).toContain("backups-service");
    expect(reached).not.toContain("migration-run");
    expect(reached).not.toContain("api-0");
  });

  it("has the backup service know what serves once it serves", async () => {
    const { reached, recording } = await holdAt("proxy-apply", () => create(backedUpShop()));
    expect(reached).toEqual(expect.arrayContaining(["proxy-apply", "migration-run", "backups-service"]));
    expect(reached).not.toContain("backups-start");
    expect(recording.get("backups-start").name).toBe("backups-start");
  });

  it("changes nothing before the parts of its image are pulled", async () => {
    const { reached, recording } = await holdAt("images-restic", () => create(backedUpShop()));
    const changed = [...recording.ofType(types.container), ...recording.ofType(types.command)];
    expect(changed.filter(({ name }) => reached.includes(name))).toEqual([]);
  });
});

describe("a secret", () => {
  let recording: Recording<System>;
  beforeAll(async () => {
    recording = await system(withCanaries());
  });

  function filesWith(value: string): string[] {
    const { service, drill } = input<StartBackupsInput>(recording, "backups-start");
    return Object.entries({ service, drill }).flatMap(([container, { files }]) =>
      Object.keys(files)
        .filter((path) => files[path]?.includes(`canary-${value}`))
        .map((path) => `${container} ${path}`),
    );
  }

  it("reaches only the container that needs it, as a file", () => {
    const folder = "/run/secrets/backup";
    expect(filesWith("databaseBackupPassword")).toEqual([`service ${folder}/database-password`]);
    expect(filesWith("backupRepositoryKey")).toEqual([
      `service ${folder}/repository-key`,
      `drill ${folder}/repository-key`,
    ]);
    for (const name of ["backupS3AccessKeyId", "backupS3SecretAccessKey"]) {
      expect(filesWith(name)).toEqual([
        `service ${folder}/store-credentials`,
        `drill ${folder}/store-credentials`,
      ]);
    }
    const others = secretNames.filter(
      (name) => !name.startsWith("backup") && name !== "databaseBackupPassword",
    );
    for (const name of others) expect(filesWith(name), name).toEqual([]);
  });

  it("of the kit is one that Pulumi encrypts", async () => {
    if (recording.made.recoveryKit === undefined) throw new Error("the kit is missing");
    expect(await revealed(recording.made.recoveryKit)).toEqual({ secret: expect.anything() });
  });
});
