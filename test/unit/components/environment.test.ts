import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import type { Environment } from "../../../apps/spec";
import { type EnvironmentSources, resolveEnvironment } from "../../../components/app/environment";
import type { Platform } from "../../../components/app/process";
import { role, testPlatform } from "../fixtures";
import { record, revealed, secret } from "../mocks";
import { yardPlatform } from "../yard";

const size = { workers: 5, connections: 7, memory: 950, cpus: 1.25 };

function recorded(
  environment: Environment,
  change: Partial<EnvironmentSources> = {},
  platform: () => Platform = testPlatform,
) {
  const own = { role: role("app"), size, release: "1.2.0", folder: "/run/secrets/api" };
  return record(() => resolveEnvironment(environment, { ...platform(), ...own, ...change }));
}

async function revealedAll(values: Readonly<Record<string, pulumi.Output<string>>>) {
  const known = Object.entries(values).map(async ([name, value]) => [name, await revealed(value)]);
  return Object.fromEntries(await Promise.all(known));
}

/** The variables of an environment without files. */
async function resolved(environment: Environment, change: Partial<EnvironmentSources> = {}) {
  const { made } = await recorded(environment, change);
  expect(made.files).toEqual({});
  return revealedAll(made.environment);
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
  expect(await resolved(environment)).toEqual({});
});

it("refuses an origin of a domain that the system doesn't have", async () => {
  await expect(resolved({ ORIGIN: { origin: "wbe" } })).rejects.toThrow(RangeError);
});

it("refuses a secret that the system doesn't have", async () => {
  await expect(resolved({ KEY: { secret: "singingKey" } })).rejects.toThrow(RangeError);
});

it("takes the address of a database in one line, with the role that the process has", async () => {
  const secrets = { user: pulumi.output("a@b"), password: pulumi.secret("p/w") };
  expect(await resolved({ URL: { database: "url" }, CACHE: { redis: "url" } }, { role: secrets })).toEqual({
    URL: secret("postgresql://a%40b:p%2Fw@db.example.com:5433/shop?sslmode=require"),
    CACHE: secret("redis://:value%20of%20redisPassword@redis:6379/0"),
  });
});

it("takes the object store", async () => {
  const environment: Environment = {
    ENDPOINT: { objectStore: "endpoint" },
    REGION: { objectStore: "region" },
    ID: { objectStore: "accessKey" },
    KEY: { objectStore: "secretKey" },
  };
  const { made } = await recorded(environment, {}, yardPlatform);
  expect(await revealedAll(made.environment)).toEqual({
    ENDPOINT: "http://object-store:9000",
    REGION: "us-east-1",
    ID: secret("value of objectStoreAccessKey"),
    KEY: secret("value of objectStoreSecretKey"),
  });
});

it("takes settings, and leaves out one that the stack doesn't set", async () => {
  const environment: Environment = { LEVEL: { setting: "logLevel" }, REGION: { setting: "region" } };
  expect(await resolved(environment, { settings: { logLevel: "debug" } })).toEqual({ LEVEL: "debug" });
});

it("takes the size of the process and the release of its image", async () => {
  const environment: Environment = {
    WORKERS: { size: "workers" },
    POOL: { size: "connections" },
    VERSION: { image: "release" },
  };
  expect(await resolved(environment)).toEqual({ WORKERS: "5", POOL: "7", VERSION: "1.2.0" });
});

it("joins the parts of a text, which is secret when one of them is", async () => {
  const environment: Environment = {
    PLAIN: { text: ["at ", { database: "host" }, ":", { database: "port" }] },
    LOGIN: { text: [{ database: "user" }, ":", { database: "password" }] },
    NESTED: { text: ["a", { text: ["b", { image: "release" }] }] },
  };
  expect(await resolved(environment)).toEqual({
    PLAIN: "at db.example.com:5433",
    LOGIN: secret("app:password of app"),
    NESTED: "ab1.2.0",
  });
});

it("leaves out a text of which one part is left out", async () => {
  const environment: Environment = {
    FROM: { text: ["Shop <", { setting: "sender" }, ">"] },
    MAIL: { text: [{ secret: "mailPassword" }, "!"] },
  };
  expect(await resolved(environment)).toEqual({});
});

it("names a file in the variable, and gives what is in it", async () => {
  const { made } = await recorded({
    KEY_FILE: { file: { secret: "signingKey" } },
    URL_FILE: { file: { text: ["redis is ", { redis: "host" }] } },
  });
  expect(await revealedAll(made.environment)).toEqual({
    KEY_FILE: "/run/secrets/api/KEY_FILE",
    URL_FILE: "/run/secrets/api/URL_FILE",
  });
  expect(await revealedAll(made.files)).toEqual({
    "/run/secrets/api/KEY_FILE": secret("value of signingKey"),
    "/run/secrets/api/URL_FILE": "redis is redis",
  });
});

it("leaves out the variable and the file of what the stack doesn't set", async () => {
  const { made } = await recorded({ MAIL_FILE: { file: { secret: "mailPassword" } } });
  expect(made).toEqual({ environment: {}, files: {} });
});

it.each<[string, Environment, Partial<EnvironmentSources>, string]>([
  ["Redis", { A: { redis: "url" } }, { redis: undefined }, "redis, which the spec doesn't have"],
  ["an object store", { A: { objectStore: "region" } }, {}, "objectStore, which the spec doesn't have"],
  ["a size", { A: { size: "workers" } }, { size: undefined }, "sizing, which the spec doesn't have"],
  ["a file", { A: { text: [{ file: "b" }] } }, {}, "a file is the whole of a variable's value"],
])("refuses %s where there can be none", async (_, environment, change, problem) => {
  await expect(recorded(environment, change)).rejects.toThrow(problem);
});
