import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compressedUserData } from "../../lib/host/userData";
import { buildReleases, goodRelease } from "../engine/harness/images";
import type { TestStack } from "../engine/harness/stack";
import { eventually } from "../engine/support/eventually";
import { expectTenUnharmed } from "../engine/support/tenReleases";
import { buildDoubleImages } from "./harness/image";
import { MachineDouble } from "./harness/machineDouble";
import { fromOutside, metadataAddress, openPorts, startMetadataService } from "./harness/outside";
import { preparationOf, stackOn } from "./harness/preparedMachine";
import { bootstrapHostKey, runStep } from "./harness/steps";
import { insist, stranger } from "./harness/stranger";
import { UserKey } from "./harness/userKey";

const name = "machine";
const timeout = 300;

let key: UserKey;
let machine: MachineDouble;
let stack: TestStack;

beforeAll(async () => {
  await Promise.all([buildDoubleImages(), buildReleases()]);
  key = await UserKey.create();
});

afterAll(async () => {
  await stack?.destroyAll();
  await machine?.remove();
  await key?.remove();
});

test("cloud-init prepares a new machine from its user data, and the gate waits for it", async () => {
  await startMachine();
});

/** A new machine, as far as an update has brought it when it creates the first container. */
async function startMachine(options: { readonly keepDisk?: boolean } = {}): Promise<void> {
  const bootstrap = await bootstrapHostKey();
  const preparation = preparationOf({ subnet: MachineDouble.subnetOf(name) }, key);
  const began = Date.now();
  machine = await MachineDouble.start(name, {
    ...options,
    // As EC2 hands them over.
    userData: Buffer.from(compressedUserData(preparation, { bootstrapHostKey: bootstrap }), "base64"),
  });
  const { address } = machine;
  const first = { address, port: 22, hostKey: bootstrap.publicKey, users: ["deploy"] };

  const identity = await runStep("readHostKey", { login: first, machine: "1", timeout }, key);
  const hostKey = await machine.hostKey();
  expect(identity).toMatchObject({ exitCode: 0, result: { hostKey } });
  const login = { ...first, hostKey };
  const gate = await runStep(
    "prepareHost",
    { login, preparation, cloudInit: true, machine: "1", timeout },
    key,
  );
  expect(gate, gate.said).toMatchObject({ exitCode: 0, result: { user: "deploy", hostKey } });
  expect(gate.said).toMatch(/cloud-init: running/);
  expect(await machine.cloudInit()).toMatch(/^status: done$/m);
  console.log(`A new machine was ready after ${((Date.now() - began) / 1000).toFixed(0)} s`);

  // The key of the first contact proves nothing any more.
  const shown = await fromOutside(machine, `ssh-keyscan ${address} 2> /dev/null | cut -d ' ' -f 2 | sort`);
  expect(shown.split("\n")).not.toContain("ecdsa-sha2-nistp256");
  expect(shown.split("\n")).toContain("ssh-ed25519");
}

test("the system is installed on it over SSH, and nothing is prepared twice", async () => {
  stack = await stackOn(machine, key, { user: "deploy" });

  const printed = await stack.up();

  expect(printed).not.toContain("fail2ban: sshd");
  const client = await stack.client();
  expect((await client.get("/")).status).toBe(200);
  expect(await stack.containers()).toHaveLength(6);
});

test("a second update has nothing to do, and a refresh finds nothing changed", async () => {
  await stack.up("--expect-no-changes");
  await stack.preview("--refresh", "--expect-no-changes");
});

test("ten releases in a row on the machine, and no request is lost", async () => {
  await expectTenUnharmed(stack, "Ten releases over SSH", 20);
});

test("operations reach the machine as an update does", async () => {
  const [from, to] = [goodRelease(10), goodRelease(9)];
  expect((await stack.container("backend")).Config.Labels["slipway.release"]).toBe(from);

  const { exitCode, output } = await stack.operation("rollback", "--stack", stack.name, "--yes");

  expect(exitCode, output).toBe(0);
  expect((await stack.container("backend")).Config.Labels["slipway.release"]).toBe(to);
});

test("from outside 22, 80 and 443 are open and nothing else, whatever Docker and the machine listen on", async () => {
  const image = (await stack.container("backend")).Config.Image;
  const serve = "require('net').createServer().listen(9999)";
  await machine.docker(
    ...["run", "--detach", "--name", "careless", "--publish", "0.0.0.0:9999:9999"],
    ...["--entrypoint", "node", image, "-e", serve],
  );
  await machine.exec("setsid python3 -m http.server 8000 > /dev/null 2>&1 < /dev/null &");
  // They do listen, for those who are on the machine.
  await eventually(10_000, () =>
    machine.exec("python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 8000))'"),
  );

  expect(await openPorts(machine)).toEqual([22, 80, 443]);

  await machine.exec("systemctl restart docker");
  await eventually(30_000, () => machine.docker("start", "careless"));
  expect(await openPorts(machine)).toEqual([22, 80, 443]);
  await machine.docker("rm", "--force", "careless");
});

test("no container gets at what a cloud tells the machine", async () => {
  const image = (await stack.container("backend")).Config.Image;
  const ordinary = await startMetadataService(machine);
  const ask = (address: string) => `fetch("http://${address}/", { signal: AbortSignal.timeout(3000) })`;
  const fromContainer = (address: string) =>
    machine.docker(
      "run",
      "--rm",
      "--entrypoint",
      "node",
      image,
      "-e",
      `${ask(address)}.then(({ status }) => console.log(status))`,
    );

  await eventually(10_000, () =>
    machine.exec(
      `python3 -c 'import urllib.request as it; it.urlopen("http://${metadataAddress}/", timeout=3)'`,
    ),
  );
  expect(await fromContainer(ordinary)).toBe("200");
  await expect(fromContainer(metadataAddress)).rejects.toThrow(/timeout/i);
});

test("who is refused by the proxy again and again is shut out, and nobody else", async () => {
  expect(await insist(machine, new URL(stack.origin).hostname)).toBe("403 and then nothing");

  expect(await machine.exec("fail2ban-client status slipway-proxy")).toContain(stranger);
  expect((await (await stack.client()).get("/")).status).toBe(200);
  await machine.exec("fail2ban-client unban --all");
});

test("after a reboot everything is back, and nothing has changed", async () => {
  const id = await note();

  await machine.reboot();

  await expectBack(id);
  expect(await openPorts(machine)).toEqual([22, 80, 443]);
});

test("after a loss of power as well", async () => {
  const id = await note();

  await machine.loseThePower();

  await expectBack(id);
});

/** Writes a row that must outlive what comes. */
async function note(): Promise<string> {
  const id = randomUUID();
  expect((await (await stack.client()).post("/api/notes", { id, text: "kept" })).status).toBe(201);
  return id;
}

async function expectBack(id: string): Promise<void> {
  const began = Date.now();
  await eventually(120_000, async () => {
    const notes = await (await stack.client()).get("/api/notes?limit=50", { timeout: 2_000 });
    expect(notes.status).toBe(200);
    expect(notes.body).toContain(id);
  });
  console.log(`Back after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await eventually(60_000, async () => {
    const services = (await stack.containers()).filter(({ Config }) => Config.Healthcheck !== undefined);
    const unwell = services.filter(({ State }) => State.Running && State.Health?.Status !== "healthy");
    expect(unwell.map(({ Name }) => Name)).toEqual([]);
  });
  await stack.preview("--refresh", "--expect-no-changes");
}

test("a new machine takes over the disk: the data are there, and no container is made anew", async () => {
  const id = await note();
  const containers = (await stack.containers()).map(({ Id }) => Id).sort();

  await startMachine({ keepDisk: true });
  await stack.set({
    ssh: {
      address: machine.address,
      user: "deploy",
      hostKey: await machine.hostKey(),
      dataDevice: MachineDouble.disk,
    },
  });
  await stack.up();

  await expectBack(id);
  expect((await stack.containers()).map(({ Id }) => Id).sort()).toEqual(containers);
});
