import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { Step } from "../../../components/step";
import type { AwaitReadyInput } from "../../../operations/steps/awaitReady";
import { stepInputs, stepOptions, testHost, types } from "../fixtures";
import { record, secret, unknown, urn } from "../mocks";

const what = "Service api, release 1.2.0,";

const one = { id: "one", files: {}, owner: "1000:1000" };
const two = { id: "two", files: { "/run/secrets/key": "canary" }, owner: "1000:1000" };

function step(containers: pulumi.Input<AwaitReadyInput["containers"]>) {
  const input = { what, containers, timeout: 90 };
  return record(
    () => new Step<AwaitReadyInput>("api-ready", { script: "awaitReady", host: testHost(), input }),
  );
}

it("runs the script against the engine of the host, with its input on standard input", async () => {
  const recording = await step([one]);
  expect(recording.get("api-ready")).toEqual({
    type: types.command,
    name: "api-ready",
    urn: urn(types.command, "api-ready"),
    parent: "",
    custom: true,
    inputs: {
      ...stepInputs("awaitReady"),
      stdin: JSON.stringify({ what, containers: [one], timeout: 90 }),
    },
    options: stepOptions,
    dependencies: [],
    outputs: undefined,
  });
});

it("keeps an input secret that has a secret in it, as a whole", async () => {
  const recording = await step(pulumi.secret([one, two]));
  expect(recording.get("api-ready").inputs).toEqual({
    ...stepInputs("awaitReady"),
    stdin: secret(JSON.stringify({ what, containers: [one, two], timeout: 90 })),
  });
});

it("does not guess in a preview what it depends on", async () => {
  const recording = await record(
    () => {
      const host = testHost();
      const earlier = new Step<{ a: string }>("earlier", { script: "runJob", host, input: { a: "1" } });
      const input = { container: earlier.id };
      return new Step<{ container: string }>("later", { script: "runJob", host, input });
    },
    { preview: true },
  );
  expect(recording.get("later").inputs.stdin).toBe(unknown);
  expect(recording.get("later").dependencies).toEqual(["earlier"]);
});

it("knows no engine where it makes a machine ready to have one", async () => {
  const recording = await record(
    () => new Step<{ a: string }>("first", { script: "prepareHost", input: { a: "1" } }),
  );
  expect(recording.get("first").inputs).toEqual({
    ...stepInputs("prepareHost"),
    environment: {},
    stdin: JSON.stringify({ a: "1" }),
  });
});

it("names a script that exists, by a path from the program's folder", async () => {
  const scripts = [
    ...(["awaitReady", "runJob", "reconcileDatabase", "applyProxyConfiguration"] as const),
    ...(["configureParts", "noteRelease", "bootstrapHostKey", "readHostKey", "prepareHost"] as const),
  ];
  const recording = await record(() => {
    const host = testHost();
    for (const script of scripts) new Step<{ a: string }>(script, { script, host, input: { a: "1" } });
  });
  for (const script of scripts) {
    const { create } = recording.get(script).inputs;
    expect(existsSync(join(__dirname, "../../..", String(create)))).toBe(true);
  }
});
