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
    `${types.bytes} secrets-key`,
    `${types.password} secrets-password`,
    `${type} secrets`,
  ]);
  const common = {
    parent: urn(type, "secrets"),
    custom: true,
    options: { protect: true },
    dependencies: [],
    outputs: undefined,
  };
  expect(recording.get("secrets-password")).toEqual({
    ...common,
    type: types.password,
    name: "secrets-password",
    urn: urn(types.password, "secrets-password", type),
    inputs: { length: 32, special: false },
  });
  expect(recording.get("secrets-key")).toEqual({
    ...common,
    type: types.bytes,
    name: "secrets-key",
    urn: urn(types.bytes, "secrets-key", type),
    inputs: { length: 32 },
  });
});

it("keeps the values secret", async () => {
  const { made } = await secrets({ licence: pulumi.secret("abc") });
  expect(await revealed(made.get("password"))).toEqual(secret("generated-secrets-password"));
  expect(await revealed(made.get("key"))).toEqual(secret("generated-secrets-key"));
  expect(await revealed(made.get("licence"))).toEqual(secret("abc"));
});

it("generates nothing in place of what the stack sets", async () => {
  const recording = await secrets({ password: pulumi.secret("chosen"), key: pulumi.secret("a key") });
  expect(recording.list).toEqual([`${type} secrets`]);
  expect(await revealed(recording.made.get("password"))).toEqual(secret("chosen"));
});

it("registers the names and no value", async () => {
  const recording = await secrets({ licence: pulumi.secret("abc") });
  expect(recording.get("secrets").outputs).toEqual({ names: ["key", "licence", "password"] });
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
