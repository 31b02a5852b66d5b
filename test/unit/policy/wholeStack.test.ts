import { expect, it } from "vitest";
import { backupSettings } from "../../../lib/backup/settings";
import { observabilitySettings } from "../../../lib/observability/settings";
import { policies } from "../../../policy/policies";
import { pins } from "../fixtures";
import { backupPins } from "../shopConfig";
import { production } from "./systems";
import { violations } from "./verdict";

it("the whole system keeps to every rule", async () => {
  const resources = await production();
  expect(resources.filter(({ type }) => type === "docker:index/container:Container")).toHaveLength(21);
  expect(violations(resources)).toEqual([]);
});

it.each(["noTraces", "metricsOnly", "off"] as const)("so it does with profile %s", async (profile) => {
  expect(violations(await production({ observability: observabilitySettings.parse({ profile }) }))).toEqual(
    [],
  );
});

it("so it does with a database that somebody else runs, which is theirs to back up", async () => {
  const postgres = {
    host: "db.example.com",
    port: 5432,
    database: "shop",
    user: "shop",
    sslmode: "require",
  } as const;
  expect(violations(await production({ postgres }))).toEqual([]);
});

it("a stack that is not in production is only advised", async () => {
  const backups = backupSettings.parse({ enabled: false });
  const observability = observabilitySettings.parse({ profile: "off" });
  const images = { ...pins, ...backupPins };
  const found = violations(await production({ stack: "local", images, backups, observability }));
  expect(found.map(({ policy }) => policy)).toEqual(["images-by-digest-advised"]);
});

it("no two rules have the same name, and each has its level", () => {
  const names = policies.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const advisory = policies.filter(({ enforcementLevel }) => enforcementLevel === "advisory");
  expect(advisory.map(({ name }) => name)).toEqual(["images-by-digest-advised", "ssh-restricted"]);
  for (const { name, enforcementLevel } of policies) {
    expect(["advisory", "mandatory"], name).toContain(enforcementLevel);
  }
});
