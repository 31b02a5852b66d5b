import { expect, it } from "vitest";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import type { StackConfig } from "../../../config";
import { backupSettings } from "../../../lib/backup/settings";
import { observabilityImages } from "../../../lib/observability/parts";
import { observabilitySettings } from "../../../lib/observability/settings";
import type { RunJobInput } from "../../../operations/steps/runJob";
import { kept, types } from "../fixtures";
import { holdAt } from "../holding";
import { type Recording, record } from "../mocks";
import { backupPins } from "../shopConfig";
import { yard, yardConfig, yardPins } from "../yard";

function create(change: Partial<StackConfig>): System {
  return new System("yard", { host: new LocalHost("host"), config: yardConfig(change) });
}

function system(change: Partial<StackConfig> = {}): Promise<Recording<System>> {
  return record(() => create(change));
}

const backedUp = { images: { ...yardPins, ...backupPins }, backups: backupSettings.parse({}) };

function names(recording: Recording<System>, type: string): string[] {
  return recording
    .ofType(type)
    .map(({ name }) => name)
    .sort();
}

it("has what its spec names, and no Redis", async () => {
  const recording = await system();
  expect(names(recording, types.container)).toEqual([
    "api-0",
    "egress-mailer-server",
    "mailer-0",
    "migration-container",
    "object-store-server",
    "postgres-server",
    "proxy-server",
    "worker-0",
    "worker-1",
    "worker-2",
  ]);
  expect(names(recording, types.network)).toEqual([
    "networks-data",
    "networks-edge",
    "networks-egress-mailer",
  ]);
  expect(names(recording, types.volume)).toEqual([
    "object-store-data",
    "postgres-data",
    "proxy-configuration",
    "proxy-data",
    "volume-thumbnails",
    "volume-uploads",
  ]);
  expect(names(recording, types.password)).not.toContain("secrets-redisPassword");
});

it("keeps the volumes of its services, under names of their own", async () => {
  const { inputs, options } = (await system()).get("volume-uploads");
  expect(inputs).toMatchObject({ name: "yard-test-volume-uploads" });
  expect(options).toMatchObject(kept);
});

it("backs up the volumes that its spec says, and the object store", async () => {
  const recording = await system(backedUp);
  const mounted = recording.get("backups-service").inputs.volumes as {
    containerPath: string;
    volumeName?: string;
  }[];
  const foreign = mounted.filter(({ containerPath }) => containerPath.startsWith("/volumes/"));
  expect(foreign.map(({ containerPath, volumeName }) => `${containerPath} ${volumeName}`)).toEqual([
    "/volumes/object-store yard-test-object-store",
    "/volumes/proxy-data yard-test-proxy-data",
    "/volumes/uploads yard-test-volume-uploads",
  ]);
});

it("is observed without an exporter of Redis", async () => {
  const partPins = Object.fromEntries(
    Object.entries(observabilityImages).map(([part, spec]) => [part, spec.default ?? ""]),
  );
  const recording = await system({
    images: { ...yardPins, ...partPins },
    domains: { web: "yard.example.com", monitoring: "grafana.example.com" },
    observability: observabilitySettings.parse({ profile: "full" }),
  });
  const containers = names(recording, types.container);
  expect(containers).toContain("observability-postgresExporter-server");
  expect(containers).not.toContain("observability-redisExporter-server");
});

it("gives the restore point the release of the migration's own image", async () => {
  const recording = await system(backedUp);
  const { stdin } = recording.get("migration-run").inputs;
  expect((JSON.parse(String(stdin)) as RunJobInput).restorePoint).toMatchObject({
    database: "yard",
    before: "2.0.1",
  });
});

it("runs no migration, and dumps nothing for the way back, when the stack skips it", async () => {
  const migrations = { backwardCompatible: [], skip: true, force: false };
  const recording = await system({ ...backedUp, migrations });
  expect(recording.all.filter(({ name }) => name.startsWith("migration"))).toEqual([]);
  expect(recording.made.restorePoint).toBeUndefined();
  expect(names(recording, types.container)).toContain("api-0");
});

it("starts a service when those are ready that it waits for, and the others meanwhile", async () => {
  const { reached, recording } = await holdAt("api-ready", () => create({}));
  expect(reached).toEqual(expect.arrayContaining(["api-0", "worker-ready"]));
  expect(reached).not.toContain("mailer-0");
  expect(recording.get("mailer-ready").name).toBe("mailer-ready");
});

it("starts a service when its way out is open", async () => {
  const { reached } = await holdAt("egress-mailer-ready", () => create({}));
  expect(reached).toContain("api-ready");
  expect(reached).not.toContain("mailer-0");
});

it("switches the traffic when the workers of the release are ready too", async () => {
  const { reached } = await holdAt("worker-ready", () => create({}));
  expect(reached).toEqual(expect.arrayContaining(["api-ready", "mailer-ready"]));
  expect(reached).not.toContain("proxy-apply");
});

it("starts what uses the object store when its buckets are there", async () => {
  const { reached } = await holdAt("object-store-buckets", () => create({}));
  expect(reached).toContain("migration-run");
  expect(reached).not.toContain("api-0");
});

it("refuses services that wait for each other", async () => {
  const { api, ...others } = yard.services;
  if (api === undefined) throw new Error("the yard has no API");
  const app = { ...yard, services: { ...others, api: { ...api, after: ["mailer"] } } };
  await expect(system({ app })).rejects.toThrow("services wait for each other");
});

it("refuses a route to a service without a port", async () => {
  const app = { ...yard, routes: [...yard.routes, { domain: "web", paths: ["/jobs"], service: "worker" }] };
  await expect(system({ app })).rejects.toThrow(
    new RangeError(
      'yard: service "worker" of route "web /jobs" must have a port and health.path to serve requests',
    ),
  );
});
