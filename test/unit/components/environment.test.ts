import { expect, it } from "vitest";
import type { Environment } from "../../../apps/spec";
import { type EnvironmentSources, resolveEnvironment } from "../../../components/app/environment";
import { role, testPlatform } from "../fixtures";
import { record, revealed, secret } from "../mocks";

async function resolved(environment: Environment, change: Partial<EnvironmentSources> = {}) {
  const { made } = await record(() =>
    resolveEnvironment(environment, { ...testPlatform(), role: role("app"), ...change }),
  );
  return Object.fromEntries(
    await Promise.all(Object.entries(made).map(async ([name, value]) => [name, await revealed(value)])),
  );
}

it("takes text as it is", async () => {
  expect(await resolved({ MODE: "production", EMPTY: "" })).toEqual({ MODE: "production", EMPTY: "" });
});

it("takes the address of the database from the database, user and password from the role", async () => {
  const environment: Environment = {
    HOST: { database: "host" },
    PORT: { database: "port" },
    NAME: { database: "name" },
    SSL: { database: "sslmode" },
    USER: { database: "user" },
    PASSWORD: { database: "password" },
  };
  expect(await resolved(environment)).toEqual({
    HOST: "db.example.com",
    PORT: "5433",
    NAME: "shop",
    SSL: "require",
    USER: "app",
    PASSWORD: secret("password of app"),
  });
  expect(await resolved(environment, { role: role("owner") })).toMatchObject({
    USER: "owner",
    PASSWORD: secret("password of owner"),
  });
});

it("takes the address and password of Redis", async () => {
  const environment: Environment = {
    HOST: { redis: "host" },
    PORT: { redis: "port" },
    PASSWORD: { redis: "password" },
  };
  expect(await resolved(environment)).toEqual({
    HOST: "redis",
    PORT: "6379",
    PASSWORD: secret("value of redisPassword"),
  });
});

it("takes secrets, and leaves out an optional one that the stack doesn't set", async () => {
  const environment: Environment = { KEY: { secret: "signingKey" }, MAIL: { secret: "mailPassword" } };
  expect(await resolved(environment)).toEqual({ KEY: secret("value of signingKey") });
});

it("takes public origins", async () => {
  expect(await resolved({ ORIGIN: { origin: "admin" } })).toEqual({ ORIGIN: "https://admin.example.com" });
});

it("takes the first administrator, whose e-mail address may be missing", async () => {
  const environment: Environment = {
    NAME: { admin: "username" },
    EMAIL: { admin: "email" },
    PASSWORD: { admin: "password" },
  };
  const password = secret("value of bootstrapAdminPassword");
  expect(await resolved(environment, { admin: { username: "ada", email: "ada@example.com" } })).toEqual({
    NAME: "ada",
    EMAIL: "ada@example.com",
    PASSWORD: password,
  });
  expect(await resolved(environment, { admin: { username: "ada" } })).toEqual({
    NAME: "ada",
    PASSWORD: password,
  });
});

it("refuses an origin of a domain that the system doesn't have", async () => {
  await expect(resolved({ ORIGIN: { origin: "wbe" } })).rejects.toThrow(RangeError);
});

it("refuses a secret that the system doesn't have", async () => {
  await expect(resolved({ KEY: { secret: "singingKey" } })).rejects.toThrow(RangeError);
});
