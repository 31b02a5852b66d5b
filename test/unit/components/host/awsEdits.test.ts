import { expect, it } from "vitest";
import { ada, awsShop, difference, eve, recordAws } from "./aws";

// The table of docs/aws.md: what an edit of the stack changes, and nothing else.

it("resizes the machine in place, and waits for it before its engine is asked", async () => {
  expect(await edit(awsShop({ size: "t3.large" }), awsShop({ size: "m6i.xlarge" }))).toEqual({
    "host-machine-instance": ["instanceType"],
    "host-engine-preparation": ["stdin"],
  });
});

it("would replace the machine for another architecture, which its protection refuses", async () => {
  const [before, after] = [await recordAws(awsShop()), await recordAws(awsShop({ size: "t4g.large" }))];
  expect(difference(before, after)).toEqual({
    "host-machine-instance": ["ami", "instanceType"],
    "host-engine-preparation": ["stdin"],
  });
  const triggers = [before, after].map((one) => one.get("host-machine-instance").options.replacementTrigger);
  expect(triggers).toEqual(["amd64", "arm64"]);
  expect(after.get("host-machine-instance").options.protect).toBe(true);
});

it("replaces the machine for an image that the stack names", async () => {
  const [old, next] = ["ami-0123456789abcdef0", "ami-0fedcba9876543210"];
  expect(await edit(awsShop({ image: old }), awsShop({ image: next }))).toEqual({
    "host-machine-instance": ["ami"],
  });
});

it("keeps the machine when Canonical has a newer image, though it is asked for", async () => {
  const before = await recordAws(awsShop());
  const after = await recordAws(awsShop(), {
    calls: { "aws:ssm/getParameter:getParameter": () => ({ insecureValue: "ami-0cccccccccccccc64" }) },
  });
  expect(difference(before, after)).toEqual({ "host-machine-instance": ["ami"] });
  expect(after.get("host-machine-instance").options.ignoreChanges).toContain("ami");
});

it("keeps address, volume and bucket when the machine is another one", async () => {
  const config = awsShop({ bucket: "shop-backups" });
  const next = "i-0bbbbbbbbbbbbbbbb";
  const before = await recordAws(config);
  const after = await recordAws(config, {
    ids: { "host-machine-instance": next },
    printed: { "host-engine-identity": JSON.stringify({ hostKey: "ssh-ed25519 AAAAnext", machine: next }) },
  });
  expect(difference(before, after)).toEqual({
    "host-data-attachment": ["instanceId"],
    "host-engine-identity": ["stdin"],
    "host-engine-preparation": ["stdin"],
    "host-engine-docker": ["sshOpts"],
  });
  expect(after.get("host-data-attachment").inputs).toMatchObject({
    instanceId: next,
    volumeId: before.get("host-data-attachment").inputs.volumeId,
  });
  expect(after.get("host-engine-docker").inputs.host).toBe(before.get("host-engine-docker").inputs.host);
});

it("grows the volume in place", async () => {
  expect(await edit(awsShop({ volume: 100 }), awsShop({ volume: 200 }))).toEqual({ "host-data": ["size"] });
});

it("brings other keys over SSH, and changes nothing on the machine for the key pair", async () => {
  const [before, after] = [{ publicKeys: [ada] }, { publicKeys: [eve] }];
  expect(await edit(awsShop({}, before), awsShop({}, after))).toEqual({
    "host-machine-key": ["publicKey"],
    // Ignored there: `userDataBase64`.
    "host-machine-instance": ["userDataBase64"],
    "host-engine-preparation": ["stdin"],
  });
});

it("opens SSH to another network before it closes it to the old one", async () => {
  const [before, after] = [{ sshFrom: ["203.0.113.7/32"] }, { sshFrom: ["198.51.100.0/24"] }];
  expect(await edit(awsShop({}, before), awsShop({}, after))).toEqual({
    "host-firewall-ssh-198-51-100-0-24": "created",
    "host-firewall-ssh-203-0-113-7-32": "deleted",
    "host-machine-instance": ["userDataBase64"],
    "host-engine-preparation": ["stdin"],
  });
});

it("takes nothing away that holds data when a bucket is added", async () => {
  const changes = await edit(awsShop(), awsShop({ bucket: "shop-backups" }));
  expect(new Set(Object.values(changes))).toEqual(new Set(["created"]));
});

async function edit(...[before, after]: [ReturnType<typeof awsShop>, ReturnType<typeof awsShop>]) {
  return difference(await recordAws(before), await recordAws(after));
}
