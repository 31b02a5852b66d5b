import { expect, it } from "vitest";
import { redisConfiguration } from "../../../lib/redisConfiguration";

const demand = { password: "secret", eviction: "noeviction", memory: 256 } as const;

it("asks for a password, keeps data on disk and limits it to 70 % of the memory", () => {
  expect(redisConfiguration(demand).split("\n")).toEqual([
    "bind * -::*",
    "port 6379",
    "protected-mode yes",
    'requirepass "secret"',
    "dir /data",
    "appendonly yes",
    "appendfsync everysec",
    "maxmemory 179mb",
    "maxmemory-policy noeviction",
    "",
  ]);
});

it.each([
  [16, "maxmemory 11mb"],
  [100, "maxmemory 70mb"],
  [1024, "maxmemory 716mb"],
])("limits data in %i MiB", (memory, line) => {
  expect(redisConfiguration({ ...demand, memory }).split("\n")).toContain(line);
});

it("limits data to what the spec says, whatever the memory is", () => {
  const lines = redisConfiguration({ ...demand, memory: 384, maxMemory: 256 }).split("\n");
  expect(lines.filter((line) => line.startsWith("maxmemory "))).toEqual(["maxmemory 256mb"]);
});

it("forgets what was used least where the spec says so", () => {
  const lines = redisConfiguration({ ...demand, eviction: "allkeys-lru" }).split("\n");
  expect(lines).toContain("maxmemory-policy allkeys-lru");
});

it("quotes a password so that it can't end early", () => {
  expect(redisConfiguration({ ...demand, password: 'a"b\\c' })).toContain('requirepass "a\\"b\\\\c"\n');
});
