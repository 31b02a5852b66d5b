import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ExternalPostgres } from "../../../components/data/externalPostgres";
import { givenSecrets, shop } from "../fixtures";
import { record, revealed, secret } from "../mocks";

const type = "slipway:data:ExternalPostgres";
const settings = {
  host: "db.example.com",
  port: 6432,
  database: "shop",
  user: "shop",
  sslmode: "verify-full",
} as const;

function external(spec = shop.postgres) {
  return record(() => new ExternalPostgres("postgres", { settings, spec, secrets: givenSecrets() }));
}

it("creates nothing", async () => {
  const recording = await external();
  expect(recording.list).toEqual([`${type} postgres`, "slipway:data:Secrets secrets"]);
  expect(recording.get("postgres")).toMatchObject({ inputs: {}, options: {}, dependencies: [] });
});

it("gives the settings of the stack, with the password as a secret", async () => {
  const { made } = await external();
  expect(await revealed(made.host)).toBe("db.example.com");
  expect(await revealed(made.port)).toBe(6432);
  expect(await revealed(made.name)).toBe("shop");
  expect(await revealed(made.sslmode)).toBe("verify-full");
  expect(await revealed(made.app.user)).toBe("shop");
  expect(await revealed(made.app.password)).toEqual(secret("value of databaseAppPassword"));
});

it("has one role for migrations and services", async () => {
  const { made } = await external();
  expect(made.owner).toBe(made.app);
});

it("has the roles of the spec that log in, by their names, with the passwords that the stack sets", async () => {
  const roles = { authenticator: { secret: "licence", memberOf: ["visitor"] }, visitor: {} };
  const { made } = await external({ ...shop.postgres, roles });
  expect(Object.keys(made.roles)).toEqual(["authenticator"]);
  expect(await revealed(pulumi.output(made.roles.authenticator?.user))).toBe("authenticator");
  expect(await revealed(pulumi.output(made.roles.authenticator?.password))).toEqual(
    secret("value of licence"),
  );
});

it("has no other roles where the spec has none", async () => {
  const { made } = await external();
  expect(made.roles).toEqual({});
});

it("registers where it is", async () => {
  const recording = await external();
  expect(recording.get("postgres").outputs).toEqual({ host: "db.example.com", port: 6432, name: "shop" });
});
