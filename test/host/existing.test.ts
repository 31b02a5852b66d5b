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
import { engineChecks, engineFacts } from "./support/engineChecks";
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

test("a change of who may log in from where is brought to the machine, and to it alone", async () => {
  const containers = (await stack.containers()).map(({ Id }) => Id).sort();
  await stack.set({
    machine: { ...machineSettings(machine, key), sshFrom: [machine.subnet, "192.0.2.0/24"] },
  });

  await stack.up();

  expect(await machine.exec("nft list set inet slipway ssh_from_ipv4")).toContain("192.0.2.0/24");
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
    ["hardening index", "before", "after"],
    ["", before.hardeningIndex, after.hardeningIndex],
  ]);
  console.log(after.suggestions.join("\n"));
  expect(after.hardeningIndex).toBeGreaterThan(before.hardeningIndex);
  expect(after.hardeningIndex).toBeGreaterThanOrEqual(80);
});

test.each(engineChecks)("CIS $number: $title", async ({ holds }) => {
  const facts = await engineFacts(machine);
  expect(holds(facts), JSON.stringify(facts)).toBe(true);
});

test.each([...benchmarkChecks, ...houseChecks])("every container on it: $title", async ({ problem }) => {
  const ids = (await stack.containers()).map(({ Id }) => Id);
  const containers = JSON.parse(await machine.docker("container", "inspect", ...ids)) as Details[];
  const problems = containers.map((one) => [serviceOf(one), problem(one, { appArmor: false })]);
  expect(problems.filter(([, found]) => found !== undefined)).toEqual([]);
});
