import { beforeEach, describe, expect, it, vi } from "vitest";
import { backupSettings } from "../../../lib/backup/settings";
import type { InspectedContainer } from "../../../lib/doctor/containers";
import { failed, ok, warning } from "../../../lib/doctor/finding";
import { observabilitySettings } from "../../../lib/observability/settings";
import { alerting } from "../../../operations/doctor/alerting";
import { backedUp, drilled } from "../../../operations/doctor/backedUp";
import { inside } from "../../../operations/doctor/inside";
import { machine } from "../../../operations/doctor/machine";
import type { Subject } from "../../../operations/doctor/subject";
import { StepError } from "../../../operations/steps/step";

const world = vi.hoisted(() => ({
  /** What docker prints, by the start of its command line. */
  docker: {} as Record<string, string>,
  commands: [] as string[],
  ssh: { loggedIn: true, exitCode: 0, stdout: "", stderr: "" },
  login: [] as unknown[],
}));

vi.mock("../../../operations/belongings", () => ({
  docker: async (...args: readonly string[]) => {
    const line = args.join(" ");
    world.commands.push(line);
    const found = Object.entries(world.docker).find(([start]) => line.startsWith(start));
    if (found === undefined) throw new Error(`docker ${line}`);
    return found[1].split("\n");
  },
}));
vi.mock("../../../operations/deployment", () => ({
  Deployment: {
    find: async () => {
      if (world.docker.ps === undefined) throw new StepError("the machine lets nobody in");
      return { containers: async () => world.docker.ps?.split(" ").map((id) => ({ id })) };
    },
  },
}));
vi.mock("../../../operations/steps/backupService", () => ({
  callBackup: async () => ({ last: {}, repositories: {} }),
  callDrill: async () => ({}),
}));
vi.mock("../../../operations/ssh/command", () => ({
  ssh: async (...args: unknown[]) => {
    world.login = args;
    return world.ssh;
  },
}));

const container = (service: string): InspectedContainer => ({
  ...{ Id: service, Name: `/shop-${service}`, Image: "sha256:1", RestartCount: 0 },
  State: {
    ...{ Status: "running", Running: true, ExitCode: 0, OOMKilled: false },
    StartedAt: new Date().toISOString(),
  },
  Config: { Image: "shop:1", Labels: { "slipway.service": service } },
  HostConfig: { Memory: 1024 ** 2, RestartPolicy: { Name: "unless-stopped" } },
});

function subject(change: Partial<Subject> = {}, settings: Partial<Subject["settings"]> = {}): Subject {
  return {
    ...{ stack: "production", production: true, urls: {}, images: { shop: "shop:1" } },
    ...{ machine: undefined, fingerprint: undefined },
    state: { containers: [], pending: 0, prepared: undefined },
    settings: {
      ...{ host: "local", ssh: undefined, registries: {}, imageMirror: undefined, postgres: undefined },
      tls: { mode: "internal" },
      ports: { http: 80, https: 443 },
      observability: observabilitySettings.parse({}),
      backups: backupSettings.parse({}),
      ...settings,
    },
    ...change,
  };
}

beforeEach(() => {
  world.docker = {
    ps: "web proxy",
    "container inspect web proxy": JSON.stringify([container("web"), container("proxy")]),
    "image inspect": JSON.stringify([{ Id: "sha256:1", RepoTags: ["shop:1"] }]),
    info: String(1024 ** 3),
    "exec proxy df -kP /data":
      "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 100 40 60 40% /data",
  };
  world.commands.length = 0;
  Object.assign(world.ssh, { loggedIn: true, stdout: "", stderr: "" });
});

describe("inside", () => {
  it("looks at containers, images, memory and disk through docker", async () => {
    const findings = await inside(subject());
    expect(findings.slice(0, 9)).toEqual([
      ok("last update", "nothing is left open"),
      ok("containers", "2 containers, all running, none unhealthy"),
      ok("jobs", "0, none has failed"),
      ok("restarts", "none"),
      ok("killed for memory", "none"),
      ok("published ports", "of the proxy only"),
      ok("images", "what the 1 pins name"),
      ok("memory limits", "2 of 1024 MiB, 0 %"),
      ok("data disk", "61.4 kB of 102.4 kB free, 60 %"),
    ]);
    // It only reads.
    const words = world.commands.map((line) => line.split(" ")[0]);
    expect(words.filter((word) => !["container", "image", "info", "exec"].includes(word ?? ""))).toEqual([]);
  });

  it("is one finding where the engine can't be reached", async () => {
    delete world.docker.ps;
    const advice = "see to what the message names";
    expect(await inside(subject())).toEqual([failed("engine", "the machine lets nobody in", advice)]);
  });

  it("goes on with the rest when one thing can't be looked at", async () => {
    delete world.docker.info;
    const findings = await inside(subject());
    expect(findings.find(({ what }) => what === "memory limits")).toMatchObject({
      verdict: "failed",
      value: "docker info --format {{.MemTotal}}",
    });
    expect(findings.find(({ what }) => what === "data disk")?.verdict).toBe("ok");
  });

  it("tells of an update that was killed", async () => {
    const state = { containers: [], pending: 2, prepared: undefined };
    const value = "2 operations are left open: it was killed";
    expect((await inside(subject({ state })))[0]).toEqual(
      warning("last update", value, "`npm run recover -- --stack production`"),
    );
  });
});

describe("backups", () => {
  const none = { backups: backupSettings.parse({ enabled: false }) };

  it("that aren't made are a warning in production only", async () => {
    expect(await backedUp(subject({}, none), undefined)).toMatchObject([
      { verdict: "warning", value: "none are made" },
    ]);
    expect(await backedUp(subject({ production: false }, none), undefined)).toMatchObject([
      { verdict: "ok" },
    ]);
    expect(await drilled(subject({}, none), undefined)).toEqual([]);
  });

  it("fail where their service doesn't run, and the key is looked at all the same", async () => {
    const findings = await backedUp(subject({ fingerprint: "abcdef012345" }), undefined);
    expect(findings).toMatchObject([
      { what: "newest backup", verdict: "failed", value: "the container of backup doesn't run" },
      { what: "key of the backups", verdict: "warning" },
    ]);
    expect(await drilled(subject(), undefined)).toMatchObject([{ what: "last drill", verdict: "failed" }]);
  });

  it("are asked of the service that runs", async () => {
    expect((await backedUp(subject(), container("backup")))[0]).toMatchObject({ value: "none yet" });
    expect(await drilled(subject(), container("drill"))).toMatchObject([{ value: "none yet" }]);
  });
});

describe("alerts", () => {
  it("are asked of Alertmanager", async () => {
    const labels = { alertname: "Watchdog", severity: "none" };
    world.docker["exec alertmanager amtool"] = JSON.stringify([{ labels, annotations: {} }]);
    expect(await alerting(subject(), container("alertmanager"))).toEqual([ok("alerts", "none fires")]);
    expect(world.commands).toEqual([
      "exec alertmanager amtool --alertmanager.url=http://127.0.0.1:9093 alert query --output=json",
    ]);
  });

  it("fail without it, and are missed in production where nothing observes", async () => {
    expect(await alerting(subject(), undefined)).toMatchObject([{ verdict: "failed" }]);
    const off = { observability: observabilitySettings.parse({ profile: "off" }) };
    expect(await alerting(subject({}, off), undefined)).toMatchObject([{ verdict: "warning" }]);
    expect(await alerting(subject({ production: false }, off), undefined)).toMatchObject([{ verdict: "ok" }]);
  });
});

describe("the machine", () => {
  const connection = { address: "203.0.113.7", port: 22, user: "deploy", hostKey: "ssh-ed25519 AAAA" };

  it("is asked by SSH, unless it is this one", async () => {
    expect(await machine(subject())).toEqual([]);
    world.ssh.stdout = "clock\tyes\nprepared\tabc\nend\tyes\n";
    const state = { containers: [], pending: 0, prepared: "abc" };
    const findings = await machine(subject({ machine: connection, state }, { host: "digitalocean" }));
    expect(world.login.slice(0, 2)).toEqual([connection, "exec bash -s"]);
    expect(findings).toContainEqual(ok("clock", "synchronised"));
    expect(findings).toContainEqual(ok("preparation", "abc, the stack's own"));
    // A cloud's machine has its data on a volume.
    expect(findings).toContainEqual(expect.objectContaining({ what: "data volume", verdict: "failed" }));
    const ssh = await machine(subject({ machine: connection, state }, { host: "ssh" }));
    expect(ssh.map(({ what }) => what)).not.toContain("data volume");
  });

  it("has failed that lets nobody in, or breaks off", async () => {
    Object.assign(world.ssh, { loggedIn: false, stderr: "Permission denied (publickey).\n" });
    expect(await machine(subject({ machine: connection }))).toEqual([
      failed("machine", "Permission denied (publickey).", "`ssh -p 22 deploy@203.0.113.7` must let you in"),
    ]);
    Object.assign(world.ssh, { loggedIn: true, stdout: "clock\tyes\n" });
    expect(await machine(subject({ machine: connection }))).toMatchObject([
      { what: "machine", verdict: "failed", value: "the machine didn't answer to the end" },
    ]);
  });
});
