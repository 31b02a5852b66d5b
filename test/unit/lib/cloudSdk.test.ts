import { expect, it } from "vitest";
import { withSdk } from "../../../lib/cloudSdk";

function failing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

it("gives what was loaded", () => {
  expect(withSdk(() => 5)).toBe(5);
});

it("says how a missing SDK comes", () => {
  expect(() => withSdk(failing("Cannot find module '@pulumi/aws/provider'\nRequire stack:"))).toThrow(
    "@pulumi/aws is not installed, which slipway:host and slipway:dns.provider of this stack need: run `npm ci`",
  );
});

it.each(["Cannot find module './awsHost'", "@pulumi/aws is broken"])("leaves %s as it is", (message) => {
  expect(() => withSdk(failing(message))).toThrow(message);
});
