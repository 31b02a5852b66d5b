import type * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { keyFingerprint } from "../../lib/backup/repositoryKey";
import { configure, leastImages, leastSettings } from "./configured";
import { record, revealed, secret } from "./mocks";

const repositoryKey = "generated-secrets-backupRepositoryKey";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

function program(settings: Readonly<Record<string, unknown>>) {
  configure(settings);
  return record(() => import("../../index"));
}

it("is one system on one host, and exports its addresses, its login and its images", async () => {
  const backups = { keyExported: keyFingerprint(repositoryKey) };
  const others = { bootstrapAdmin: { username: "ada" }, imageMirror: "localhost:5000" };
  const settings = { ...leastSettings, ...others, backups };
  const { made: exported } = await program(settings);
  expect(exported.urls).toEqual({
    app: "https://clubhouse.example.com",
    grafana: "https://grafana.clubhouse.example.com",
  });
  expect(exported.images).toEqual(leastImages);
  expect(exported.deployment).toBeDefined();
  if (exported.login === undefined) throw new Error("the login is missing");
  expect(await revealed(exported.login)).toEqual(
    secret({ username: "ada", password: "generated-secrets-bootstrapAdminPassword" }),
  );
});

it("exports what is dumped before a migration, and in secret what the system is brought back with", async () => {
  const { made: exported } = await program({
    ...leastSettings,
    backups: { keyExported: keyFingerprint(repositoryKey) },
  });
  if (exported.restorePoint === undefined) throw new Error("the restore point is missing");
  expect(await revealed(exported.restorePoint)).toBe("none: there was nothing to dump");
  if (exported.recoveryKit === undefined) throw new Error("the recovery kit is missing");
  expect(await revealed(exported.recoveryKit)).toEqual(
    secret({
      repositories: { local: "/repository" },
      fingerprint: keyFingerprint(repositoryKey),
      secrets: expect.objectContaining({ backupRepositoryKey: repositoryKey }),
    }),
  );
});

it("exports how its machine is logged in to, and the records that people set", async () => {
  const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
  const { made: exported } = await program({
    ...leastSettings,
    host: "ssh",
    machine: { sshFrom: ["203.0.113.7/32"] },
    ssh: { address: "198.51.100.4", hostKey },
  });
  expect(await revealed(exported.machine as pulumi.Output<unknown>)).toEqual({
    ...{ address: "198.51.100.4", port: 22, user: "deploy" },
    hostKey,
  });
  expect(await revealed(exported.dnsRecords as pulumi.Output<unknown>)).toContainEqual({
    ...{ type: "A", name: "clubhouse.example.com" },
    ...{ value: "198.51.100.4", ttl: 300 },
  });
});

it("asks for no cloud's credentials where there is no cloud, and for those of one before anything is created", async () => {
  const machine = {
    sshFrom: ["203.0.113.7/32"],
    publicKeys: [`ssh-ed25519 ${"A".repeat(68)} ada@example.com`],
  };
  for (const name of ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"]) vi.stubEnv(name, undefined);
  await expect(program({ ...leastSettings, host: "digitalocean", machine })).rejects.toThrow(
    "digitalocean:token is missing: set it to an API token of DigitalOcean",
  );
});

it("creates nothing when the configuration is wrong", async () => {
  configure({ ...leastSettings, domains: {} });
  const started: string[] = [];
  const running = record(() => import("../../index"), {
    creating: (_, name) => {
      started.push(name);
      return undefined;
    },
  });
  await expect(running).rejects.toThrow("slipway:domains.app is missing");
  expect(started).toEqual([]);
});
