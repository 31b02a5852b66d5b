import { beforeAll, describe, expect, it } from "vitest";
import type { Backups } from "../../../components/backup/backups";
import { Step } from "../../../components/step";
import { createBackups, readyInput, recordBackups, settingsText, started } from "../backups";
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
import { type Recording, record, urn } from "../mocks";

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

it("is the image, two volumes, two containers, the step that starts them and the one that tells them what serves", () => {
  const children = usual.all.filter(({ parent }) => parent === urn(type, "backups"));
  expect(children.map((child) => `${child.type} ${child.name}`).sort()).toEqual([
    `${types.command} backups-ready`,
    `${types.command} backups-release`,
    `${types.container} backups-drill`,
    `${types.container} backups-service`,
    `${types.volume} backups-repository`,
    `${types.volume} backups-state`,
    "slipway:backup:BackupImage backups-image",
  ]);
  expect(usual.get("backups").outputs).toEqual({ service: "shop-test-backup" });
  expect(usual.made.service).toBe("shop-test-backup");
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

  it("has the key and the password of its role as files, in secret", () => {
    expect(started(usual).service).toEqual({
      id: "backups-service-id",
      files: {
        "/etc/backup/settings.json": settingsText(),
        "/run/secrets/backup/repository-key": "value of backupRepositoryKey",
        "/run/secrets/backup/database-password": "value of databaseBackupPassword",
      },
      owner: "0:999",
    });
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
  it("waits until both are ready, and keeps what it is told in secret", () => {
    const step = usual.get("backups-ready");
    expect(step.inputs).toEqual({ ...stepInputs("awaitReady"), stdin: { secret: expect.any(String) } });
    expect(readyInput(usual)).toEqual({
      what: "The backup service or its drill",
      containers: [
        expect.objectContaining({ id: "backups-service-id" }),
        expect.objectContaining({ id: "backups-drill-id" }),
      ],
      timeout: 90,
    });
    expect(step.options).toEqual(stepOptions);
    expect(usual.made.ready).toBeInstanceOf(Step);
  });

  it.each(["backups-service", "backups-drill"])("comes after %s, and waits for no release", async (name) => {
    const { reached } = await holdAt(name, () => createBackups());
    expect(reached).toContain(name);
    expect(reached).not.toContain("backups-ready");
    expect((await holdAt("proxy-apply", () => createBackups())).reached).toContain("backups-ready");
  });

  it("runs again when a container is replaced", async () => {
    const replacing = await record(() => createBackups(), { ids: { "backups-drill": "another" } });
    expect(started(replacing).drill.id).toBe("another");
    expect(replacing.get("backups-ready").inputs).not.toEqual(usual.get("backups-ready").inputs);
  });
});

describe("the step that tells what serves", () => {
  it("is told names alone, and no secret", () => {
    const step = usual.get("backups-release");
    expect(step.inputs).toEqual({
      ...stepInputs("noteRelease"),
      stdin: JSON.stringify({ service: "shop-test-backup", pins: { api: "shop/api:1.2.0" } }),
    });
    expect(step.options).toEqual(stepOptions);
    expect(step.parent).toBe(urn(type, "backups"));
  });

  it.each(["backups-ready", "proxy-apply"])("comes after %s", async (earlier) => {
    const { reached, recording } = await holdAt(earlier, () => createBackups());
    expect(reached).toEqual(expect.arrayContaining(["backups-service", "backups-drill", earlier]));
    expect(reached).not.toContain("backups-release");
    expect(recording.get("backups-release").dependencies).toEqual(["backups-ready", "proxy-apply"]);
  });

  it("does not run again when a container is replaced, or backups are made at another time", async () => {
    const ids = { "backups-service": "another", "backups-drill": "another" };
    const { inputs } = usual.get("backups-release");
    expect((await record(() => createBackups(), { ids })).get("backups-release").inputs).toEqual(inputs);
    const later = await recordBackups({ backups: { at: "03:00" } });
    expect(later.get("backups-release").inputs).toEqual(inputs);
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
