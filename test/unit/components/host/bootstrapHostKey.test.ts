import { expect, it } from "vitest";
import { BootstrapHostKey } from "../../../../components/host/bootstrapHostKey";
import { stepInputs, types } from "../../fixtures";
import { record, revealed, secret, urn } from "../../mocks";

const type = "slipway:host:BootstrapHostKey";
const pair = { privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----", publicKey: "ecdsa-sha2-nistp256 BOOT" };

function key() {
  return record(() => new BootstrapHostKey("bootstrap"), {
    printed: { "bootstrap-key": JSON.stringify(pair) },
  });
}

it("is made once, whatever changes about how it is made", async () => {
  const recording = await key();
  expect(recording.list).toEqual([`${types.command} bootstrap-key`, `${type} bootstrap`]);
  const { inputs, parent, options } = recording.get("bootstrap-key");
  expect(parent).toBe(urn(type, "bootstrap"));
  expect(inputs).toEqual({ ...stepInputs("bootstrapHostKey"), environment: {}, stdin: "{}" });
  expect(options).toMatchObject({
    ignoreChanges: ["create", "environment", "interpreter", "logging", "stdin"],
  });
});

it("is a secret but for its public half", async () => {
  const { made, get } = await key().then((recording) => ({
    made: recording.made,
    get: (name: string) => recording.get(name),
  }));
  expect(await revealed(made.result)).toEqual(secret(pair));
  expect(await revealed(made.publicKey)).toBe(pair.publicKey);
  expect(get("bootstrap").outputs).toEqual({ publicKey: pair.publicKey });
});
