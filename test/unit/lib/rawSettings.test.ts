import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { isGroup, rawSettings } from "../../../lib/rawSettings";

describe("rawSettings", () => {
  it("are those of the project, by their keys", () => {
    const config = { "slipway:app": "clubhouse", "docker:host": "ssh://host", "slipwayx:app": "other" };
    expect(rawSettings(config, "slipway")).toEqual({ app: "clubhouse" });
  });

  it("have groups taken apart, and all else as text", () => {
    const config = {
      "slipway:ports": '{"http":8080}',
      "slipway:list": "[1]",
      "slipway:number": "5000",
      "slipway:text": '"quoted"',
      "slipway:broken": "{",
      "slipway:nothing": "null",
    };
    expect(rawSettings(config, "slipway")).toEqual({
      ports: { http: 8080 },
      list: [1],
      number: "5000",
      text: '"quoted"',
      broken: "{",
      nothing: "null",
    });
  });

  it("leave out what Pulumi.yaml has as an empty default, and nothing inside a group", () => {
    const config = {
      "slipway:host": "",
      "slipway:registries": "{}",
      "slipway:services": "[]",
      "slipway:missing": undefined,
      "slipway:tls": '{"email":""}',
    };
    expect(rawSettings(config, "slipway")).toEqual({ tls: { email: "" } });
  });

  it("leave out the empty default of every key that Pulumi.yaml has, and of each only its own", () => {
    const { config } = parse(readFileSync("Pulumi.yaml", "utf8")) as {
      config: Record<string, { type: string; default: unknown }>;
    };
    for (const [key, { default: empty }] of Object.entries(config)) {
      const text = typeof empty === "string" ? empty : JSON.stringify(empty);
      expect(rawSettings({ [`slipway:${key}`]: text }, "slipway"), key).toEqual({});
      const mistaken = text === "[]" ? "{}" : "[]";
      expect(rawSettings({ [`slipway:${key}`]: mistaken }, "slipway")).toEqual({
        [key]: JSON.parse(mistaken),
      });
    }
  });
});

it("takes for a group what has keys, and no list", () => {
  for (const group of [{}, { a: 1 }]) expect(isGroup(group)).toBe(true);
  for (const other of [null, undefined, [], "{}", 1, true]) expect(isGroup(other)).toBe(false);
});
