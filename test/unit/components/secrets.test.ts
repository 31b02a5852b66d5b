import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import type { SecretSpec } from "../../../apps/spec";
import { Secrets } from "../../../components/data/secrets";
import { types } from "../fixtures";
import { record, revealed, secret, urn } from "../mocks";

const type = "slipway:data:Secrets";

const specs = {
  password: spec("generate", "password"),
  key: spec("generate", "base64-32"),
  token: spec("generate", "hex-32"),
  mail: spec("optional", "password"),
  licence: spec("required", "password"),
} as const;

function spec(origin: SecretSpec["origin"], form: SecretSpec["form"]): SecretSpec {
  return { description: "for the test", origin, form };
}

function secrets(given: Readonly<Record<string, pulumi.Output<string>>> = {}) {
  return record(() => new Secrets("secrets", { specs, given }));
}

it("generates what the stack doesn't set, once, and protects it", async () => {
  const recording = await secrets();
  expect(recording.list).toEqual([
    `${types.password} secrets-key`,
    `${types.password} secrets-password`,
    `${types.password} secrets-token`,
    `${type} secrets`,
  ]);
  for (const [name, length] of [
    ["secrets-password", 32],
    // 43 letters and digits carry the 256 bits of 32 bytes.
    ["secrets-key", 43],
    ["secrets-token", 43],
  ] as const) {
    expect(recording.get(name)).toEqual({
      type: types.password,
      name,
      urn: urn(types.password, name, type),
      parent: urn(type, "secrets"),
      custom: true,
      inputs: { length, special: false },
      options: { protect: true },
      dependencies: [],
      outputs: undefined,
    });
  }
});

it("makes nothing whose id, which the state shows, is the secret itself", async () => {
  const recording = await secrets();
  const made = recording.all.filter(({ custom }) => custom).map((one) => one.type);
  expect(new Set(made)).toEqual(new Set([types.password]));
});

it("makes keys of 32 bytes in base64", async () => {
  const { made } = await secrets();
  const { secret: key } = (await revealed(made.get("key"))) as { secret: string };
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
});

it("makes keys of 32 bytes in hexadecimal", async () => {
  const { made } = await secrets();
  const token = createHash("sha256").update("generated-secrets-token").digest("hex");
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(await revealed(made.get("token"))).toEqual(secret(token));
});

it("keeps the values secret", async () => {
  const { made } = await secrets({ licence: pulumi.secret("abc") });
  expect(await revealed(made.get("password"))).toEqual(secret("generated-secrets-password"));
  const key = createHash("sha256").update("generated-secrets-key").digest("base64");
  expect(await revealed(made.get("key"))).toEqual(secret(key));
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(await revealed(made.get("licence"))).toEqual(secret("abc"));
});

it("generates nothing in place of what the stack sets", async () => {
  const recording = await secrets({
    password: pulumi.secret("chosen"),
    key: pulumi.secret("a key"),
    token: pulumi.secret("a token"),
  });
  expect(recording.list).toEqual([`${type} secrets`]);
  expect(await revealed(recording.made.get("password"))).toEqual(secret("chosen"));
});

it("registers the names and no value", async () => {
  const recording = await secrets({ licence: pulumi.secret("abc") });
  expect(recording.get("secrets").outputs).toEqual({ names: ["key", "licence", "password", "token"] });
});

it("has no value for an optional one that the stack doesn't set", async () => {
  const { made } = await secrets();
  expect(made.find("mail")).toBeUndefined();
  expect(() => made.get("mail")).toThrow(new RangeError('secret "mail" is optional and not set'));
});

it("has the value of an optional one that the stack sets", async () => {
  const { made } = await secrets({ mail: pulumi.secret("post") });
  expect(await revealed(made.get("mail"))).toEqual(secret("post"));
});

it("refuses a name that is no secret", async () => {
  const { made } = await secrets();
  expect(() => made.get("pasword")).toThrow(/^secret "pasword" is not one of /);
});
