import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import { keyFingerprint } from "../../../lib/backup/repositoryKey";
import { secretSpecs } from "../../../lib/secretSpecs";
import { kept, shop, types } from "../fixtures";
import { type Recording, record } from "../mocks";
import { backedUpShop, shopConfig, store } from "../shopConfig";

const secretNames = [...Object.keys(secretSpecs(shop)), "mailPassword"];

const keyExported = keyFingerprint("canary-backupRepositoryKey");

/** The whole system; each secret comes from the configuration and has a value that is found by a search. */
function whole(): Promise<Recording<System>> {
  const secrets = Object.fromEntries(secretNames.map((name) => [name, pulumi.secret(`canary-${name}`)]));
  const config = backedUpShop({ s3: store, pitr: true, keyExported }, { secrets });
  return record(() => new System("shop", { host: new LocalHost("host"), config }));
}

let recording: Recording<System>;
beforeAll(async () => {
  recording = await whole();
});

describe("every container", () => {
  it("is hardened", () => {
    const containers = recording.ofType(types.container);
    expect(containers).toHaveLength(10);
    for (const { name, inputs } of containers) {
      expect(inputs, name).toMatchObject({
        privileged: false,
        readOnly: true,
        init: true,
        ipcMode: "private",
        securityOpts: ["no-new-privileges:true"],
        capabilities: { drops: ["ALL"] },
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        user: expect.stringMatching(/^[0-9]+:[1-9][0-9]*$/),
        cpus: expect.stringMatching(/^[0-9.]+$/),
        networkMode: expect.stringMatching(/^(bridge|none)$/),
        start: false,
      });
      expect(inputs.memory, name).toBeGreaterThanOrEqual(16);
      expect(inputs.memorySwap, name).toBe(inputs.memory);
      expect(inputs.destroyGraceSeconds, name).toBeGreaterThanOrEqual(30);
      for (const field of ["pidMode", "usernsMode", "devices", "hosts", "gpus", "mounts", "sysctls"]) {
        expect(inputs, name).not.toHaveProperty(field);
      }
      expect(JSON.stringify(inputs.volumes), name).not.toContain("hostPath");
      expect(JSON.stringify(inputs), name).not.toContain("docker.sock");
    }
  });

  it("is not root, but for what backs up what others own", () => {
    const roots = recording.ofType(types.container).filter(({ inputs }) => /^0:/.test(String(inputs.user)));
    expect(roots.map(({ name }) => name)).toEqual(["backups-service"]);
  });

  it("keeps no capability but the one that the proxy needs, and that to read what others own", () => {
    const all = recording.ofType(types.container).flatMap(({ name, inputs }) => {
      const { adds } = inputs.capabilities as { adds: readonly string[] };
      return adds.map((capability) => `${name} ${capability}`);
    });
    expect(all.sort()).toEqual(["backups-service CAP_DAC_READ_SEARCH", "proxy-server CAP_NET_BIND_SERVICE"]);
  });

  it("publishes no port, but for the proxy", () => {
    const published = recording
      .ofType(types.container)
      .filter(({ inputs }) => (inputs.ports as readonly unknown[]).length > 0);
    expect(published.map(({ name }) => name)).toEqual(["proxy-server"]);
  });

  it("that runs for good has a health check and starts again", () => {
    for (const { name, inputs } of recording.ofType(types.container)) {
      const oneShot = name.endsWith("-container");
      expect(inputs.restart, name).toBe(oneShot ? "no" : "unless-stopped");
      expect("healthcheck" in inputs, name).toBe(!oneShot);
    }
  });

  it("is labelled with the system, the stack, its service and its release", () => {
    for (const { name, inputs } of recording.ofType(types.container)) {
      const labels = inputs.labels as readonly { label: string; value: string }[];
      const found = Object.fromEntries(labels.map(({ label, value }) => [label, value]));
      expect(found, name).toMatchObject({
        "slipway.system": "shop",
        "slipway.stack": "test",
        "slipway.service": expect.stringMatching(/./),
        "slipway.release": expect.stringMatching(/./),
      });
    }
  });
});

it("joins the databases' network with those that need it alone, and the proxy with neither", () => {
  const onNetwork = (network: string) =>
    recording
      .ofType(types.container)
      .filter(({ inputs }) => JSON.stringify(inputs.networksAdvanced).includes(`"${network}"`))
      .map(({ name }) => name)
      .sort();
  const api = ["api-0", "api-1", "bootstrap-admin-container", "migration-container"];
  expect(onNetwork("shop-test-data")).toEqual(
    [...api, "backups-service", "postgres-server", "redis-server"].sort(),
  );
  expect(onNetwork("shop-test-edge")).toEqual([...api, "page-0", "proxy-server"]);
  expect(onNetwork("shop-test-backup")).toEqual(["backups-drill", "backups-service"]);
  expect(recording.get("networks-data").inputs.internal).toBe(true);
});

it("protects all data and all generated secrets", async () => {
  for (const { name, options } of recording.ofType(types.volume)) {
    // Backups may be switched off; their volumes stay on the engine even so.
    const protect = !name.startsWith("backups-");
    expect(options, name).toEqual({ ...kept, protect, provider: "host-engine" });
  }
  const generated = await record(
    () => new System("shop", { host: new LocalHost("host"), config: shopConfig() }),
  );
  const secrets = generated.ofType(types.password);
  expect(secrets).toHaveLength(10);
  for (const { name, options } of secrets) expect(options, name).toEqual({ protect: true });
});

describe("a secret", () => {
  it("never stands in a command line, a label or a health check", () => {
    for (const { name, inputs } of recording.all) {
      for (const field of ["command", "entrypoints", "labels", "healthcheck", "create", "environment"]) {
        expect(JSON.stringify(inputs[field]) ?? "", `${name} ${field}`).not.toContain("canary-");
      }
    }
  });

  it("stands nowhere but in a value that Pulumi encrypts", () => {
    const plain = JSON.stringify(recording.all, (_, value: unknown) =>
      typeof value === "object" && value !== null && "secret" in value ? "(encrypted)" : value,
    );
    expect(plain).not.toContain("canary-");
    expect(JSON.stringify(recording.all)).toContain("canary-databaseOwnerPassword");
  });

  it("reaches only the containers and steps that need it", () => {
    const holders = (name: string) =>
      recording.all
        .filter(({ custom, inputs }) => custom && JSON.stringify(inputs).includes(`canary-${name}`))
        .map((one) => one.name)
        .sort();
    const api = ["api-0", "api-1", "bootstrap-admin-container"];
    // The migration asks for its restore point by the name of the service: what that has is nothing to it.
    const startingBackups = ["backups-ready"];
    expect(Object.fromEntries(secretNames.map((name) => [name, holders(name)]))).toEqual({
      databaseAdminPassword: ["postgres-roles"],
      databaseBackupPassword: [...startingBackups, "postgres-roles"],
      backupRepositoryKey: startingBackups,
      backupS3AccessKeyId: startingBackups,
      backupS3SecretAccessKey: startingBackups,
      databaseMonitorPassword: ["postgres-roles"],
      databaseOwnerPassword: ["migration-container", "postgres-roles"],
      databaseAppPassword: [...api, "postgres-roles"],
      redisPassword: [...api, "migration-container", "redis-ready"],
      bootstrapAdminPassword: ["bootstrap-admin-container"],
      // Nothing is observed here.
      grafanaAdminPassword: [],
      alertEmailPassword: [],
      alertSlackUrl: [],
      alertWebhookUrl: [],
      alertNtfyUrl: [],
      heartbeatUrl: [],
      signingKey: [...api, "migration-container"],
      mailPassword: [...api, "migration-container"],
      licence: [...api, "migration-container"],
    });
  });
});
