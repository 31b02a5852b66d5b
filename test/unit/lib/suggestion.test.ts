import { expect, it } from "vitest";
import { closest } from "../../../lib/suggestion";

const keys = ["domains", "images", "registries", "tls", "ports"];

it.each([
  ["domain", "domains"],
  ["imgaes", "images"],
  ["Images", "images"],
  ["REGISTRYS", "registries"],
  ["tsl", "tls"],
  ["port", "ports"],
])("takes %s for %s", (word, key) => {
  expect(closest(word, keys)).toBe(key);
});

it.each(["x", "", "hostname", "observability", "registration"])("makes no guess at %j", (word) => {
  expect(closest(word, keys)).toBeUndefined();
});

it("takes the closest of several, of two that are as close the one that begins alike, else the first", () => {
  expect(closest("tsl", ["ssh", "tls"])).toBe("tls");
  expect(closest("port", ["sort", "ports", "part"])).toBe("ports");
  expect(closest("redi", ["reds", "redis", "read"])).toBe("reds");
  expect(closest("ready", ["really", "ready"])).toBe("ready");
});

it("has nothing to choose from without candidates", () => {
  expect(closest("images", [])).toBeUndefined();
});
