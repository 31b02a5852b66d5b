import { expect, it } from "vitest";
import { postgresUrl, redisUrl } from "../../../lib/connectionUrl";

const postgres = {
  host: "db.example.com",
  port: 5433,
  name: "shop",
  user: "shop_app",
  password: "letters0",
  sslmode: "require",
};
/** All that means something in a URL. */
const hostile = "a/b?c#d@e:f%g&h=i+j k\\l\"m'ü[]";

it("is the address of a database as libpq takes it", () => {
  expect(postgresUrl(postgres)).toBe(
    "postgresql://shop_app:letters0@db.example.com:5433/shop?sslmode=require",
  );
});

it("is the address of a Redis server without a user", () => {
  expect(redisUrl({ host: "redis", port: 6379, password: "letters0" })).toBe(
    "redis://:letters0@redis:6379/0",
  );
});

it("keeps a name or password apart from the rest, whatever is in it", () => {
  const url = new URL(postgresUrl({ ...postgres, name: hostile, user: hostile, password: hostile }));
  expect([url.username, url.password, url.pathname.slice(1)].map(decodeURIComponent)).toEqual([
    hostile,
    hostile,
    hostile,
  ]);
  expect([url.host, url.search]).toEqual(["db.example.com:5433", "?sslmode=require"]);
  const redis = new URL(redisUrl({ host: "redis", port: 6379, password: hostile }));
  expect([redis.host, redis.username, decodeURIComponent(redis.password), redis.pathname]).toEqual([
    "redis:6379",
    "",
    hostile,
    "/0",
  ]);
});
