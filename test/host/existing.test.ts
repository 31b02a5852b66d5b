import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { buildReleases } from "../engine/harness/images";
import type { TestStack } from "../engine/harness/stack";
import { printTable } from "../engine/harness/table";
import { benchmarkChecks } from "../engine/support/benchmarkChecks";
import { houseChecks } from "../engine/support/houseChecks";
import { type Details, serviceOf } from "../engine/support/inspection";
import { buildDoubleImages } from "./harness/image";
import { MachineDouble } from "./harness/machineDouble";
import { openPorts } from "./harness/outside";
import { machineSettings, stackOn } from "./harness/preparedMachine";
import { UserKey } from "./harness/userKey";
import { type EngineFacts, engineChecks, engineFacts } from "./support/engineChecks";
import { type Audit, audit } from "./support/lynis";

let key: UserKey;
let machine: MachineDouble;
let stack: TestStack;
let before: Audit;

/** As providers of servers hand them over that know no user data: root may log in, and that is all. */
beforeAll(async () => {
  await Promise.all([buildDoubleImages(), buildReleases(["1.0.0"])]);
  key = await UserKey.create();
  const user = { name: "root", ssh_authorized_keys: [key.publicKey] };
  const userData = `#cloud-config\n${stringify({ disable_root: false, users: [user] })}`;
  machine = await MachineDouble.start("existing", { userData });
  await machine.cloudInit();
  stack = await stackOn(machine, key, { user: "root" });
});

afterAll(async () => {
  await stack?.destroyAll();
  await machine?.remove();
  await key?.remove();
});

test("an unprepared machine is what one starts from", async () => {
  expect((await machine.attempt("command -v dockerd")).exitCode).not.toBe(0);
  expect(await openPorts(machine)).toEqual([22]);
  before = await audit(machine);
});

describe("nothing is done to a machine", () => {
  test("that shows another host key than the stack has", async () => {
    const other = await UserKey.create();
    const [algorithm, blob] = other.publicKey.split(" ");
    await other.remove();
    const settings = await sshSettings();
    await stack.set({ ssh: { ...settings, hostKey: `${algorithm} ${blob}` } });

    const { exitCode, output } = await stack.tryUp();

    await stack.set({ ssh: settings });
    expect(exitCode, output).not.toBe(0);
    expect(output).toContain(`The machine at ${machine.address} shows another host key than the stack has`);
    expect(output).toContain("slipway:ssh.hostKey");
    await expectUntouched();
  });

  test("that would lock out whoever prepares it", async () => {
    await stack.set({ machine: { ...machineSettings(machine, key), sshFrom: ["192.0.2.0/24"] } });

    const { exitCode, output } = await stack.tryUp();

    await stack.set({ machine: machineSettings(machine, key) });
    expect(exitCode, output).not.toBe(0);
    expect(output).toContain("you would be locked out");
  });

  async function expectUntouched(): Promise<void> {
    expect((await machine.attempt("ls -d /etc/slipway /var/lib/slipway")).exitCode).not.toBe(0);
  }
});

async function sshSettings() {
  const { address } = machine;
  return { address, user: "root", hostKey: await machine.hostKey(), dataDevice: MachineDouble.disk };
}

test("an update that is killed half-way through the preparation converges when it is run again", async () => {
  for (const moment of [/packages: ca-certificates/, /docker: the engine/]) {
    const update = stack.startUp();
    expect(await update.prints(moment), update.output).toBe(true);
    await update.kill();
    await stack.killProcesses();
    await stack.start("cancel", "--stack", stack.name, "--yes").outcome;
  }

  await stack.up();

  expect((await (await stack.client()).get("/")).status).toBe(200);
  await stack.up("--expect-no-changes");
  await stack.preview("--refresh", "--expect-no-changes");
  expect(await openPorts(machine)).toEqual([22, 80, 443]);
});

test("a change of where one may log in from is brought to the machine, and to it alone", async () => {
  const containers = (await stack.containers()).map(({ Id }) => Id).sort();
  await stack.set({ machine: { ...machineSettings(machine, key), sshFrom: [`${machine.tester}/32`] } });

  await stack.up();

  expect(await openPorts(machine)).toEqual([80, 443]);
  expect((await stack.containers()).map(({ Id }) => Id).sort()).toEqual(containers);
  await stack.up("--expect-no-changes");
});

test("sshd lets nobody in but by key, and not as root", async () => {
  const effective = (await machine.exec("sshd -T")).split("\n");
  expect(effective).toEqual(
    expect.arrayContaining([
      "permitrootlogin no",
      "passwordauthentication no",
      "kbdinteractiveauthentication no",
      "maxauthtries 3",
      "logingracetime 30",
      "x11forwarding no",
      "allowagentforwarding no",
      "maxsessions 64",
      "maxstartups 100:30:200",
    ]),
  );
});

test("Lynis finds it hardened", async () => {
  const after = await audit(machine);
  printTable("Lynis", [
    ["", "before", "after"],
    ["hardening index", before.hardeningIndex, after.hardeningIndex],
  ]);
  expect(after.hardeningIndex).toBeGreaterThan(before.hardeningIndex);
  expect(after.hardeningIndex, after.suggestions.join("\n")).toBeGreaterThanOrEqual(80);
});

describe("the CIS Docker Benchmark", () => {
  let facts: EngineFacts;
  let containers: readonly Details[];

  beforeAll(async () => {
    facts = await engineFacts(machine);
    const ids = (await stack.containers()).map(({ Id }) => Id);
    containers = JSON.parse(await machine.docker("container", "inspect", ...ids)) as Details[];
  });

  test.each(engineChecks)("engine, $number: $title", ({ value, expected }) => {
    expect(value(facts)).toEqual(expected);
  });

  // The engine writes its own limits into every container here.
  const checks = [...benchmarkChecks, ...houseChecks].filter(({ number }) => number !== "5.18");

  test.each(checks)("containers, $number: $title", ({ problem }) => {
    const problems = containers.map((one) => [serviceOf(one), problem(one, { appArmor: false })]);
    expect(problems.filter(([, found]) => found !== undefined)).toEqual([]);
  });

  test("containers, 5.18: their limits are the engine's", () => {
    const limits = Object.values(facts.settings["default-ulimits"] as object);
    expect(containers.map(({ HostConfig }) => HostConfig.Ulimits)).toEqual(containers.map(() => limits));
  });
});
