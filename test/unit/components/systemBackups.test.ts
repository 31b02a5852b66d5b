import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import type { StackConfig } from "../../../config";
import type { backupSettings } from "../../../lib/backup/settings";
import { secretSpecs } from "../../../lib/secretSpecs";
import type { NoteReleaseInput } from "../../../operations/steps/noteRelease";
import type { RunJobInput } from "../../../operations/steps/runJob";
import { readyInput, started } from "../backups";
import { pins, shop, types } from "../fixtures";
import { holdAt } from "../holding";
import { type Recording, type RecordOptions, record, revealed, urn } from "../mocks";
import { backedUpShop, backupPins, shopConfig, store } from "../shopConfig";

// They say that the key is not exported, which is no matter here.
beforeEach(() => {
  vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
});

function create(config: StackConfig): System {
  return new System("shop", { host: new LocalHost("host"), config });
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
function withCanaries(
  backups: z.input<typeof backupSettings> = {},
  change: Partial<StackConfig> = {},
): StackConfig {
  const secrets = Object.fromEntries(secretNames.map((name) => [name, pulumi.secret(`canary-${name}`)]));
  return backedUpShop({ s3: store, pitr: true, ...backups }, { secrets, ...change });
}

it("adds these resources to a system that has none", async () => {
  const [without, backedUp] = [await system(shopConfig()), await system()];
  const added = (type: string) => {
    const before = names(without, type);
    return names(backedUp, type).filter((name) => !before.includes(name));
  };
  expect(added(types.command)).toEqual(["backups-ready", "backups-release"]);
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
  expect(input<NoteReleaseInput>(recording, "backups-release")).toEqual({
    service: "shop-test-backup",
    pins: { ...pins, ...backupPins },
  });
  expect(readyInput(recording).timeout).toBe(90);
  expect(JSON.parse(started(recording).service.files["/etc/backup/settings.json"] ?? "")).toMatchObject({
    system: "shop",
    stack: "test",
    database: { name: "shop", user: "shop_backup" },
    volumes: ["proxy-data"],
  });
});

describe("a restore point", () => {
  it("is made right before the migration, by the step that migrates", async () => {
    const recording = await system();
    const { restorePoint } = input<RunJobInput>(recording, "migration-run");
    expect(restorePoint).toEqual({
      service: recording.get("backups-service").inputs.name,
      server: recording.get("postgres-server").inputs.name,
      database: "shop",
      before: "1.2.0",
    });
    expect(restorePoint).toMatchObject({ service: "shop-test-backup", server: "shop-test-postgres" });
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

describe("the migration", () => {
  let usual: Recording<System>;
  beforeAll(async () => {
    usual = await system(withCanaries());
  });

  it("is not run again when the backup service, its drill or the server is replaced", async () => {
    const names = ["backups-service", "backups-drill", "backups-ready", "postgres-server"];
    const ids = Object.fromEntries(names.map((name) => [name, `another ${name}`]));
    const replacing = await system(withCanaries(), { ids });
    expect(started(replacing).service.id).toBe("another backups-service");
    expect(replacing.get("migration-run").inputs).toEqual(usual.get("migration-run").inputs);
    expect(replacing.get("backups-release").inputs).toEqual(usual.get("backups-release").inputs);
  });

  it.each<[string, z.input<typeof backupSettings>, Partial<StackConfig>]>([
    ["backups are made at another time", { at: "03:00" }, {}],
    ["backups are kept for longer", { keep: { daily: 30 } }, {}],
    ["backups go to a store no more", { s3: undefined }, {}],
    ["the log is fetched no more", { pitr: false }, {}],
    ["the backup service may use more", {}, { resources: { backup: { memory: 1024 } } }],
    ["the server may use more", {}, { resources: { postgres: { memory: 2048 } } }],
  ])("is not run again when %s", async (_, backups, change) => {
    const changed = await system(withCanaries(backups, change));
    const containers = (recording: Recording<System>) =>
      [...recording.ofType(types.container)].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(containers(changed)).not.toEqual(containers(usual));
    expect(changed.get("migration-run").inputs).toEqual(usual.get("migration-run").inputs);
  });

  it("is run again with its next release", async () => {
    const images = { ...pins, ...backupPins, api: "registry.example.com/shop/api:1.3.0" };
    const { restorePoint } = input<RunJobInput>(await system(withCanaries({}, { images })), "migration-run");
    expect(restorePoint?.before).toBe("1.3.0");
  });

  it("is told nothing of what the backup service has", () => {
    const { stdin } = usual.get("migration-run").inputs;
    expect(stdin).toEqual(expect.any(String));
    expect(stdin).not.toMatch(/canary|repository-key|store-credentials|database-password|settings\.json/);
    expect(usual.get("backups-release").inputs.stdin).toEqual(expect.any(String));
  });
});

describe("the order of an update", () => {
  it("has the backup service there before it migrates", async () => {
    const { reached } = await holdAt("backups-service", () => create(backedUpShop()));
    expect(reached).toContain("backups-service");
    expect(reached).not.toContain("migration-run");
    expect(reached).not.toContain("api-0");
  });

  it("has both be ready before it migrates", async () => {
    const { reached, recording } = await holdAt("backups-ready", () => create(backedUpShop()));
    expect(reached).toEqual(expect.arrayContaining(["backups-ready", "postgres-roles"]));
    for (const name of ["migration-run", "api-0", "backups-release"]) {
      expect(reached, name).not.toContain(name);
      expect(recording.get(name).name).toBe(name);
    }
    expect(recording.get("migration-run").dependencies).toContain("backups-ready");
  });

  it("has the backup service know what serves once it serves", async () => {
    const { reached, recording } = await holdAt("proxy-apply", () => create(backedUpShop()));
    expect(reached).toEqual(expect.arrayContaining(["proxy-apply", "migration-run", "backups-ready"]));
    expect(reached).not.toContain("backups-release");
    expect(recording.get("backups-release").dependencies).toEqual(
      expect.arrayContaining(["backups-ready", "proxy-apply"]),
    );
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
    return Object.entries(started(recording)).flatMap(([container, { files }]) =>
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
