import { expect, it } from "vitest";
import { secret, unknown } from "../../mocks";
import { ada, awsShop, eve, recordAws } from "./aws";

const kept = { protect: true, deleteBeforeReplace: true, provider: "host-aws" };

it("is an instance with an encrypted disk that asks for a token at the metadata address", async () => {
  const recording = await recordAws(awsShop());
  const { inputs, options } = recording.get("host-machine-instance");
  expect(inputs).toEqual({
    instanceType: "t3.large",
    ami: "ami-0bbbbbbbbbbbbbb64",
    primaryNetworkInterface: { networkInterfaceId: "host-address-interface-id" },
    userDataBase64: secret(expect.any(String)),
    keyName: "host-machine-key-1a2b3c4",
    rootBlockDevice: { volumeType: "gp3", volumeSize: 30, encrypted: true },
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    monitoring: true,
    disableApiTermination: true,
    forceDestroy: true,
  });
  expect(options).toEqual({
    ...kept,
    ignoreChanges: ["userDataBase64", "keyName", "ami"],
    replacementTrigger: "amd64",
  });
});

it("is replaced for another image only where the stack names one", async () => {
  const recording = await recordAws(awsShop({ image: "ami-0123456789abcdef0" }));
  const { inputs, options } = recording.get("host-machine-instance");
  expect(inputs.ami).toBe("ami-0123456789abcdef0");
  expect(options).toEqual({
    ...kept,
    ignoreChanges: ["userDataBase64", "keyName"],
    replacementTrigger: "amd64",
  });
});

it("has a key pair of the first key that EC2 takes", async () => {
  const recording = await recordAws(awsShop({}, { publicKeys: [eve, ada] }));
  const { inputs, options } = recording.get("host-machine-key");
  expect(inputs).toEqual({ publicKey: eve.split(" ").slice(0, 2).join(" ") });
  expect(options).toEqual({ provider: "host-aws" });
});

it("has none when EC2 takes no key: who may log in comes with the user data", async () => {
  const key = `ecdsa-sha2-nistp256 ${"A".repeat(100)}`;
  const recording = await recordAws(awsShop({}, { publicKeys: [key] }));
  expect(recording.list.filter((one) => one.includes("KeyPair"))).toEqual([]);
  expect(recording.get("host-machine-instance").inputs).not.toHaveProperty("keyName");
});

it("doesn't know its user data in a first preview, but its image", async () => {
  const recording = await recordAws(awsShop(), { preview: true });
  const { ami, instanceType, userDataBase64 } = recording.get("host-machine-instance").inputs;
  expect({ ami, instanceType, userDataBase64 }).toEqual({
    ami: "ami-0bbbbbbbbbbbbbb64",
    instanceType: "t3.large",
    userDataBase64: unknown,
  });
});
