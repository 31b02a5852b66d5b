import { afterAll, beforeAll, expect, test } from "vitest";
import { type Finding, failed, ok, type Verdict } from "../../lib/doctor/finding";
import { docker } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { eventually } from "./support/eventually";

let stack: TestStack;

beforeAll(async () => {
  await buildReleases(["1.0.0"]);
  stack = await TestStack.create("doctor", {
    ports: { http: 18780, https: 18743 },
    settings: {
      domains: { app: "clubhouse.localhost", grafana: "grafana.localhost" },
      observability: { profile: "metricsOnly" },
      backups: { enabled: true },
    },
  });
  await stack.up();
  // What has no route is not waited for by an update.
  await eventually(60_000, async () =>
    expect((await stack.containers()).map(({ State }) => State.Health?.Status)).not.toContain("starting"),
  );
});

afterAll(async () => {
  await stack?.destroyAll();
});

interface Report {
  readonly stack: string;
  readonly exitCode: number;
  readonly findings: readonly Finding[];
}

async function examined(): Promise<{ readonly report: Report; readonly exitCode: number | null }> {
  const { output, exitCode } = await stack.operation("doctor", "--stack", stack.name, "--json");
  return { report: JSON.parse(output.slice(output.indexOf("{"))) as Report, exitCode };
}

function having(verdict: Verdict, { findings }: Report): string[] {
  return findings.filter((finding) => finding.verdict === verdict).map(({ what }) => what);
}

test("a stack that is well has nothing that failed", async () => {
  const { report, exitCode } = await examined();
  expect(having("failed", report)).toEqual([]);
  expect(exitCode).toBe(0);
  expect(report).toMatchObject({ stack: "doctor", exitCode: 0 });
  expect(report.findings).toEqual(
    expect.arrayContaining([
      ok("TLS of app", "A+: TLS 1.2, 1.3"),
      ok("redirect of app", "HTTP leads to https://clubhouse.localhost:18743, 308"),
      ok("page of app", "https://clubhouse.localhost:18743 answers 200"),
      ok("HSTS of app", "max-age=31536000; includeSubDomains"),
      ok("published ports", "of the proxy only"),
      ok("jobs", "1, none has failed"),
    ]),
  );
  expect(having("ok", report)).toEqual(
    expect.arrayContaining([
      ...["ports served", "name of app", "certificate of app", "last update", "containers", "images"],
      ...["memory limits", "restarts", "killed for memory"],
    ]),
  );
  // Also what a stack that has just been made can't have yet is looked at.
  const looked = report.findings.map(({ what }) => what);
  expect(looked).toEqual(
    expect.arrayContaining(["data disk", "newest backup", "last drill", "key of the backups"]),
  );
});

test("for people it is a line each, and a sum", async () => {
  const { output, exitCode } = await stack.operation("doctor", "--stack", stack.name);
  expect(output).toMatch(/^ok {7}TLS of app {2,}A\+: TLS 1\.2, 1\.3$/m);
  expect(output).toMatch(
    /^warning {2}key of the backups {2,}\S+ is in the stack's state alone → `npm run key/m,
  );
  expect(output).toMatch(/\d+ ok, \d+ warnings?, 0 failed\. Warnings keep the exit code 0\.\s*$/);
  expect(exitCode).toBe(0);
});

test("a container that was stopped is named, and ends in exit code 1", async () => {
  const [frontend] = await stack.containers("frontend");
  const name = frontend?.Name.slice(1) ?? "";
  await docker("stop", name);
  const { report, exitCode } = await examined();
  expect(exitCode).toBe(1);
  expect(report.exitCode).toBe(1);
  expect(report.findings).toContainEqual(
    failed(
      "containers",
      `${name} is exited, exit code 0`,
      `\`docker logs ${name}\` says why; \`docker start ${name}\``,
    ),
  );
  expect(report.findings).toContainEqual(ok("TLS of app", expect.stringMatching(/^A\+?: TLS 1\.2, 1\.3$/)));
  expect(report.findings).toContainEqual(
    expect.objectContaining({ what: "page of app", verdict: "failed", value: `${stack.origin} answers 502` }),
  );
});
