import { beforeAll, describe, expect, it } from "vitest";
import type { Backups } from "../../../components/backup/backups";
import { createBackups, recordBackups, settingsText, started } from "../backups";
import {
  filesLabel,
  hardened,
  healthcheck,
  kept,
  labels,
  replaced,
  stepInputs,
  stepOptions,
  types,
} from "../fixtures";
import { holdAt } from "../holding";
import { type Recording, revealed, secret, urn } from "../mocks";

const type = "slipway:backup:Backups";

/** What both containers have. */
function common(image: unknown, name: "backup" | "drill", program: string) {
  return {
    ...hardened,
    image,
    name: `shop-test-${name}`,
    hostname: `shop-test-${name}`,
    entrypoints: ["node"],
    command: ["--max-old-space-size=64", `/opt/backup/${program}`],
    labels: [filesLabel, ...labels(name, "0.18.1")],
    memory: 512,
    memorySwap: 512,
    cpus: "1.0",
    healthcheck: healthcheck("node", "/opt/backup/cli.mjs", "status"),
  };
}

let usual: Recording<Backups>;
beforeAll(async () => {
  usual = await recordBackups();
});

it("is the image, two volumes, two containers and the step that starts them", () => {
  const children = usual.all.filter(({ parent }) => parent === urn(type, "backups"));
  expect(children.map((child) => `${child.type} ${child.name}`).sort()).toEqual([
    `${types.command} backups-start`,
    `${types.container} backups-drill`,
    `${types.container} backups-service`,
    `${types.volume} backups-repository`,
    `${types.volume} backups-state`,
    "slipway:backup:BackupImage backups-image",
  ]);
  expect(usual.get("backups").outputs).toEqual({ service: secret("backups-service-id") });
});

it("keeps both volumes on the engine, also when the stack has no backups any more", () => {
  const { inputs, options } = usual.get("backups-repository");
  expect(inputs.name).toBe("shop-test-backup-repository");
  expect(options).toEqual({ ...kept, protect: false });
  expect(usual.get("backups-state").inputs.name).toBe("shop-test-backup-state");
  expect(usual.get("backups-state").options).toEqual({ ...kept, protect: false });
});

describe("the service", () => {
  it("reads what others own, writes to the repository, and reaches the database and who observes it", () => {
    const service = usual.get("backups-service");
    expect(service.inputs).toEqual({
      ...common(usual.get("backups-image-build").inputs.name, "backup", "service.mjs"),
      user: "0:999",
      capabilities: { drops: ["ALL"], adds: ["CAP_DAC_READ_SEARCH"] },
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=0,gid=999" },
      networksAdvanced: [
        { name: "shop-test-data", aliases: [] },
        { name: "shop-test-observability", aliases: ["backup"] },
      ],
      volumes: [
        { containerPath: "/repository", volumeName: "shop-test-backup-repository" },
        { containerPath: "/state", volumeName: "shop-test-backup-state" },
        { containerPath: "/volumes/proxy-data", volumeName: "shop-test-proxy-data", readOnly: true },
        { containerPath: "/etc/backup" },
        { containerPath: "/run/secrets/backup" },
        { containerPath: "/work" },
      ],
    });
    // Its name is fixed, so the provider's delete-before-replace stays.
    expect(service.options).toEqual(replaced);
  });

  it("has the key and the password of its role as files, in secret", async () => {
    expect(await revealed(usual.made.service)).toEqual(
      secret({
        id: "backups-service-id",
        files: {
          "/etc/backup/settings.json": settingsText(),
          "/run/secrets/backup/repository-key": "value of backupRepositoryKey",
          "/run/secrets/backup/database-password": "value of databaseBackupPassword",
        },
        owner: "0:999",
      }),
    );
  });
});

describe("the drill", () => {
  it("has no privilege, reaches nothing, and can't change a repository", () => {
    const drill = usual.get("backups-drill");
    expect(drill.inputs).toEqual({
      ...common(usual.get("backups-image-build").inputs.name, "drill", "drillService.mjs"),
      user: "999:999",
      shmSize: 128,
      tmpfs: {
        "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=999,gid=999",
        "/var/run/postgresql": "rw,noexec,nosuid,nodev,size=1m,uid=999,gid=999",
      },
      networkMode: "none",
      networksAdvanced: [],
      volumes: [
        { containerPath: "/state", volumeName: "shop-test-backup-state" },
        { containerPath: "/repository", volumeName: "shop-test-backup-repository", readOnly: true },
        { containerPath: "/etc/backup" },
        { containerPath: "/run/secrets/backup" },
        { containerPath: "/work" },
      ],
    });
    expect(drill.options).toEqual(replaced);
  });

  it("has the key, and no password of the database", () => {
    expect(started(usual).drill).toEqual({
      id: "backups-drill-id",
      files: {
        "/etc/backup/settings.json": settingsText(),
        "/run/secrets/backup/repository-key": "value of backupRepositoryKey",
      },
      owner: "999:999",
    });
  });
});

describe("the step that starts both", () => {
  it("tells what serves from now on", () => {
    const step = usual.get("backups-start");
    expect(step.inputs).toEqual({ ...stepInputs("startBackups"), stdin: expect.anything() });
    expect(started(usual)).toEqual({
      service: expect.objectContaining({ id: "backups-service-id" }),
      drill: expect.objectContaining({ id: "backups-drill-id" }),
      pins: { api: "shop/api:1.2.0" },
      timeout: 90,
    });
    expect(step.options).toEqual(stepOptions);
  });

  it("comes after what makes it serve", async () => {
    const { reached, recording } = await holdAt("proxy-apply", () => createBackups());
    expect(reached).toEqual(expect.arrayContaining(["backups-service", "backups-drill", "proxy-apply"]));
    expect(reached).not.toContain("backups-start");
    expect(recording.get("backups-start").dependencies).toContain("proxy-apply");
  });
});

it("has the limits that the stack sets", async () => {
  const resources = { backup: { memory: 1024 }, drill: { cpus: 0.5 } };
  const recording = await recordBackups({ resources });
  expect(recording.get("backups-service").inputs).toMatchObject({ memory: 1024, cpus: "1.0" });
  expect(recording.get("backups-drill").inputs).toMatchObject({ memory: 512, cpus: "0.5" });
});

it("is not scraped where nothing observes", async () => {
  const recording = await recordBackups({ observed: false });
  expect(recording.get("backups-service").inputs.networksAdvanced).toEqual([
    { name: "shop-test-data", aliases: [] },
  ]);
});

it("keeps its containers while nothing about them changes, and replaces them with their settings", async () => {
  const inputs = (recording: Recording<Backups>) =>
    ["backups-service", "backups-drill"].map((name) => recording.get(name).inputs);
  expect(inputs(await recordBackups())).toEqual(inputs(usual));
  const [service, drill] = inputs(await recordBackups({ backups: { at: "03:00" } }));
  expect(service?.labels).not.toEqual(usual.get("backups-service").inputs.labels);
  expect(drill?.labels).not.toEqual(usual.get("backups-drill").inputs.labels);
});
