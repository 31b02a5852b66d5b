import { expect, it } from "vitest";
import type { AppSpec } from "../../../apps/spec";
import { describeIssues } from "../../../lib/configurationErrors";
import { specProblems } from "../../../lib/specProblems";
import { stackSchema } from "../../../lib/stackSchema";
import { yard, yardPins } from "../yard";

const { api, mailer, migrations } = yardPins;
const good = {
  app: "yard",
  domains: { web: "yard.example.com", monitoring: "grafana.example.com" },
  images: { api, mailer, migrations },
  tls: { mode: "internal" },
};

function problems(change: Readonly<Record<string, unknown>>, app: AppSpec = yard): readonly string[] {
  const settings = { ...good, ...change };
  const schema = stackSchema(app, settings);
  const result = schema.safeParse(settings);
  return result.success ? [] : describeIssues(result.error.issues, settings, schema);
}

it("finds nothing wrong with a good spec", () => {
  expect(specProblems(yard)).toEqual([]);
});

it("has limits of a migration in an image of its own", () => {
  expect(problems({ resources: { migration: { memory: 256 } } })).toEqual([]);
  const [problem, ...others] = problems({ resources: { "bootstrap-admin": { memory: 256 } } });
  expect(others).toEqual([]);
  expect(problem).toContain("slipway:resources.bootstrap-admin");
});

it("refuses a database elsewhere for a service that reaches only some hosts", () => {
  const postgres = { host: "db.example.com", database: "yard", user: "yard" };
  const secrets = { databaseAppPassword: "letters0letters0" };
  expect(problems({ postgres, secrets })).toEqual([]);
  const { mailer, ...others } = yard.services;
  if (mailer === undefined) throw new Error("the yard has no mailer");
  const app = { ...yard, services: { ...others, mailer: { ...mailer, usesData: true } } };
  const found = problems({ postgres, secrets }, app);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(
    /^slipway:postgres .*left out: service mailer reaches the hosts of its egress and no server elsewhere/,
  );
});

it.each([
  ["proxy-data", "has the name of what the backups have anyway: choose another"],
  ["object-store", "has the name of what the backups have anyway: choose another"],
  ["Up loads", "must be lower case letters, digits and hyphens"],
])("refuses a volume called %s", (volume, problem) => {
  const volumes = { ...yard.volumes, [volume]: { description: "more", backedUp: true } };
  expect(specProblems({ ...yard, volumes })).toContain(`yard: volumes.${volume} ${problem}`);
});
