import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { benchmarkChecks } from "./support/benchmarkChecks";
import { CommandLines, DockerCalls } from "./support/commandLines";
import type { Engine } from "./support/hardeningCheck";
import { houseChecks } from "./support/houseChecks";
import { insecureContainers } from "./support/insecure";
import { type Details, inspectAll, serviceOf } from "./support/inspection";
import { inImages, inspected, logsOf, stored } from "./support/leaks";
import { processChecks } from "./support/processChecks";
import { type Process, processesOf } from "./support/processes";
import { canaries, secretsIn, setSecrets } from "./support/secrets";

const checks = [...benchmarkChecks, ...houseChecks].map((check) => ({
  ...check,
  name: [check.number, check.title].join(" ").trim(),
}));
const secrets = canaries();
const ports = { http: 18082, https: 18445 };

let stack: TestStack;
let containers: readonly Details[];
let engine: Engine;
let calls: readonly string[];
let commandLines: readonly string[];
let printed: string;

beforeAll(async () => {
  await buildReleases(["1.0.0"]);
  stack = await TestStack.create("hardening", {
    ports,
    settings: { replicas: { backend: 2 }, bootstrapAdmin: { username: "admin" } },
  });
  await setSecrets(stack, secrets);
  const recording = await DockerCalls.record();
  const watch = new CommandLines();
  try {
    printed = await stack.up("--diff");
  } finally {
    commandLines = watch.stop();
    calls = await recording.stop();
  }
  containers = await inspectAll((await stack.containers()).map(({ Id }) => Id));
  const options = JSON.parse(await docker("info", "--format", "{{json .SecurityOptions}}")) as string[];
  engine = { appArmor: options.some((option) => option.startsWith("name=apparmor")) };
});

afterAll(async () => {
  await stack?.destroyAll();
});

function running(): readonly Details[] {
  return containers.filter(({ State }) => State.Running);
}

test("what is looked at is all that the stack has", () => {
  const services = ["backend", "backend", "frontend", "postgres", "proxy", "redis"];
  expect(running().map(serviceOf).sort()).toEqual(services);
  expect(containers.map(serviceOf).sort()).toEqual([...services, "migration"].sort());
});

describe("settings of every container, jobs included", () => {
  test.each(checks)("$name", ({ problem }) => {
    const problems = containers.map((one) => [serviceOf(one), problem(one, engine)]);
    expect(problems.filter(([, found]) => found !== undefined)).toEqual([]);
  });
});

test("each of these checks finds containers that were started without a care", async () => {
  const careless = await insecureContainers(containers[0]?.Config.Image ?? "");
  try {
    const blind = checks.filter(({ problem }) =>
      careless.containers.every((one) => problem(one, { appArmor: true }) === undefined),
    );
    expect(blind.map(({ name }) => name)).toEqual([]);
  } finally {
    await careless.remove();
  }
});

describe("processes of the running containers, as the kernel has them", () => {
  const processes: { readonly process: Process; readonly service: string }[] = [];

  beforeAll(async () => {
    for (const one of running()) {
      const found = await processesOf(one.Id);
      processes.push(...found.map((process) => ({ process, service: serviceOf(one) })));
    }
  });

  test.each(processChecks)("$name", ({ problem }) => {
    expect(new Set(processes.map(({ service }) => service)).size).toBe(5);
    const problems = processes.map(({ process, service }) => [service, problem(process, service)]);
    expect(problems.filter(([, found]) => found !== undefined)).toEqual([]);
  });

  test("5.28 the limit on processes is in force", async () => {
    const script = "cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null";
    const limits = running().map(({ Id }) => docker("exec", Id, "sh", "-c", `${script} || true`));
    expect(await Promise.all(limits)).toEqual(running().map(() => "512"));
  });
});

describe("networks and ports", () => {
  test("each container is in the networks that its work needs", () => {
    const networks = Object.fromEntries(
      containers.map((one) => [serviceOf(one), Object.keys(one.NetworkSettings.Networks).sort()]),
    );
    const [edge, data] = ["clubhouse-hardening-edge", "clubhouse-hardening-data"];
    expect(networks).toEqual({
      backend: [data, edge],
      frontend: [edge],
      migration: [data, edge],
      postgres: [data],
      proxy: [edge],
      redis: [data],
    });
  });

  test("the databases' network leads nowhere", async () => {
    const internal = await docker(
      "network",
      "inspect",
      "--format",
      "{{.Internal}}",
      "clubhouse-hardening-data",
    );
    expect(internal).toBe("true");
    const { Id } = details("postgres");
    const connects = async (address: string) => {
      const script = `timeout 3 bash -c '</dev/tcp/${address}' && echo yes || echo no`;
      return (await docker("exec", Id, "bash", "-c", script)) === "yes";
    };
    const frontend = details("frontend").NetworkSettings.Networks["clubhouse-hardening-edge"]?.IPAddress;
    expect(await connects("redis/6379")).toBe(true);
    expect(await connects(`${frontend}/80`)).toBe(false);
  });

  test("5.8 the proxy publishes the two ports of the configuration and no others", () => {
    const published = details("proxy").HostConfig.PortBindings ?? {};
    const all = Object.entries(published).map(([inside, outside]) => [
      inside,
      outside.map((one) => one.HostPort),
    ]);
    expect(all.sort()).toEqual([
      [`${ports.http}/tcp`, [String(ports.http)]],
      [`${ports.https}/tcp`, [String(ports.https)]],
      [`${ports.https}/udp`, [String(ports.https)]],
    ]);
  });
});

test("the limits on memory leave the machine 15 %", async () => {
  const machine = Number(await docker("info", "--format", "{{.MemTotal}}"));
  const limits = running().reduce((sum, { HostConfig }) => sum + HostConfig.Memory, 0);
  expect(limits).toBeLessThanOrEqual(machine * 0.85);
});

describe("calls of docker exec during an update", () => {
  const executions = () => calls.filter((call) => /^(container )?exec /.test(call));

  test("5.22 none is privileged", () => {
    expect(executions().length).toBeGreaterThan(5);
    expect(executions().filter((call) => call.includes("--privileged"))).toEqual([]);
  });

  test("5.23 none is by root, but those that write the proxy's configuration, which the proxy may only read", () => {
    const { Id, Name } = details("proxy");
    const ofProxy = [Id, Name.slice(1)];
    const byRoot = executions().filter((call) => /(--user|-u)[ =]?(0|root)\b/.test(call));
    const written = ["/etc/caddy/Caddyfile", "/etc/caddy/deployment.json"];
    const unexpected = byRoot.filter(
      (call) => ![ofProxy, written].every((names) => names.some((name) => call.includes(name))),
    );
    expect(unexpected).toEqual([]);
  });
});

describe("secrets of the configuration", () => {
  const none: readonly string[] = [];

  test("are not on any command line while an update runs, nor after it", () => {
    // The watch sees what it must: a program of the update, one of a container, a short-lived call.
    expect(commandLines.some((line) => line.includes("pulumi up"))).toBe(true);
    expect(commandLines.some((line) => line.includes("shared_buffers="))).toBe(true);
    expect(calls.some((call) => call.startsWith("container update --pids-limit"))).toBe(true);
    expect(secretsIn([...commandLines, ...calls].join("\n"), secrets)).toEqual(none);
  });

  test("are not in what the update prints with --diff, nor a preview of the next release", async () => {
    expect(printed).toContain("POSTGRES_PASSWORD_FILE");
    expect(secretsIn(printed, secrets)).toEqual(none);
    await stack.pin("1.1.0");
    const preview = await stack.preview("--diff");
    expect(preview).toContain("sample-backend:1.1.0");
    expect(secretsIn(preview, secrets)).toEqual(none);
  });

  test("are not readable in the state, its history, or the stack's file", async () => {
    expect(await stored(stack, secrets)).toEqual(none);
    const { output } = await stack.start("stack", "export", "--stack", stack.name).outcome;
    expect(output).toContain("clubhouse-hardening-postgres");
    expect(secretsIn(output, secrets)).toEqual(none);
  });

  test("are not in the log of any container", async () => {
    const logs = await logsOf(containers);
    expect(logs).toContain("database system is ready to accept connections");
    expect(secretsIn(logs, secrets)).toEqual(none);
  });

  test("are not in the images", async () => {
    expect(await inImages(containers, secrets)).toEqual(none);
  });

  test("are shown by docker inspect only of the processes that need them, never of the databases", () => {
    expect(inspected(containers, secrets)).toEqual({
      backend: [
        "bootstrapAdminPassword",
        "databaseAppPassword",
        "omdbApiKey",
        "redisPassword",
        "tmdbApiKey",
        "totpEncryptionKey",
      ],
      frontend: none,
      migration: ["databaseOwnerPassword"],
      postgres: none,
      proxy: none,
      redis: none,
    });
  });

  test("are in files that their reader alone can read, where it takes files", async () => {
    const find = ["find", "/run/secrets", "-type", "f", "-printf", "%p %U:%G %m\\n"];
    const files = async (service: string) =>
      (await docker("exec", details(service).Id, ...find)).split("\n").sort();
    expect(await files("postgres")).toEqual(["/run/secrets/postgres/admin-password 999:999 400"]);
    expect(await files("redis")).toEqual([
      "/run/secrets/redis/password 999:999 400",
      "/run/secrets/redis/redis.conf 999:999 400",
    ]);
  });
});

function details(service: string): Details {
  const found = containers.find((one) => serviceOf(one) === service);
  if (found === undefined) throw new Error(`there is no ${service}`);
  return found;
}
