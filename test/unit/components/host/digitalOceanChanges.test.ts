import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { machineSettings } from "../../../../lib/host/settings";
import type { Recording, Registration } from "../../mocks";
import { droplet, publicKey } from "./droplet";

const before = { bucket: "shop-backups" };
const colleague =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFeXwW1lX3dR0Z6tqf3Wc1jzJb8o6wWQk2hPZ5hCk9Qa grace@example.com";

test("nothing changes without a change", async () => {
  expect(await changes(await droplet(before))).toEqual([]);
});

test("another size changes the machine in place, without its disk, so that it can be undone, and waits for it again", async () => {
  const after = await droplet({ ...before, size: "s-8vcpu-16gb" });

  expect(await changes(after)).toEqual(["host-engine-preparation: stdin", "host-machine: size"]);
  expect(after.get("host-machine").inputs).toMatchObject({ size: "s-8vcpu-16gb", resizeDisk: false });
});

test("another image changes the machine alone; that replaces it, so it is refused until it is unprotected", async () => {
  const after = await droplet({ ...before, image: "ubuntu-26-04-x64" });

  expect(await changes(after)).toEqual(["host-machine: image"]);
  expect(after.get("host-machine").options).toMatchObject({ protect: true, deleteBeforeReplace: true });
});

test("another machine keeps volume, address, network, bucket, and the way to the engine", async () => {
  const replaced = await droplet(before, {}, { id: "67890", hostKey: "ssh-ed25519 AAAAAnother" });

  expect(await changes(replaced)).toEqual([
    "host-address-assignment: dropletId",
    // The same address, with another machine's key.
    "host-engine-docker: sshOpts",
    // It is looked for, pinned and prepared.
    "host-engine-identity: stdin",
    "host-engine-preparation: stdin",
    "host-project-resources: resources",
  ]);
  expect(replaced.get("host-engine-docker").inputs.host).toBe("ssh://deploy@192.0.2.7:22");
});

test("the engine's address depends on nothing that goes with the machine, or all on it would be replaced", async () => {
  const sources = (await droplet(before)).sourcesOf("host-engine-docker");

  const way = ["host-address", "host-bootstrap-key", "host-engine-identity"];
  expect(sources).toEqual({ host: way, sshOpts: way });
});

test("a bigger volume is the same volume", async () => {
  const after = await droplet({ ...before, volume: 200 });

  expect(await changes(after)).toEqual(["host-data: size"]);
  expect(after.get("host-data").inputs.name).toBe("shop-test-data");
});

test("another colleague gets in by a run over SSH: what the machine was made with doesn't count", async () => {
  const machine = machineSettings.parse({
    sshFrom: ["203.0.113.0/24", "2001:db8::/48"],
    publicKeys: [publicKey, colleague],
  });
  const after = await droplet(before, { machine });

  expect(await changes(after)).toEqual([
    "host-engine-preparation: stdin",
    expect.stringMatching(/^host-key-[0-9a-f]{8}: created$/),
    "host-machine: sshKeys userData",
  ]);
  expect(after.get("host-machine").options.ignoreChanges).toEqual(["userData", "sshKeys"]);
});

test("other ports or networks change both firewalls, not the machine", async () => {
  const machine = machineSettings.parse({ sshFrom: ["198.51.100.1/32"], publicKeys: [publicKey] });

  expect(await changes(await droplet(before, { machine }))).toEqual([
    "host-engine-preparation: stdin",
    "host-machine: userData",
    "host-network-firewall: inboundRules",
  ]);
});

test("another bucket is another resource's matter: machine and volume stay", async () => {
  const found = await changes(await droplet({ bucket: "shop-archive" }));

  expect(found).toEqual(["host-backups-bucket: name", "host-backups-key: grants name"]);
});

/** What an update finds changed since the first: each resource with the names of its inputs. */
async function changes(after: Recording<unknown>): Promise<string[]> {
  const [old, made] = [byName(await droplet(before)), byName(after)];
  return [...new Set([...old.keys(), ...made.keys()])].sort().flatMap((name) => {
    const [was, is] = [old.get(name), made.get(name)];
    if (was === undefined || is === undefined)
      return [`${name}: ${is === undefined ? "deleted" : "created"}`];
    const inputs = [...new Set([...Object.keys(was.inputs), ...Object.keys(is.inputs)])].sort();
    const changed = inputs.filter((input) => !isDeepStrictEqual(was.inputs[input], is.inputs[input]));
    return changed.length === 0 ? [] : [`${name}: ${changed.join(" ")}`];
  });
}

function byName({ all }: Recording<unknown>): Map<string, Registration> {
  return new Map(all.filter(({ custom }) => custom).map((one) => [one.name, one]));
}
