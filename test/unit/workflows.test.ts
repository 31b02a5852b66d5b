import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { actionlintFile } from "../../setup/actionlint";
import { attempt } from "../../setup/images/command";
import {
  action,
  actionNames,
  job,
  jobs,
  repository,
  steps,
  texts,
  workflow,
  workflowNames,
} from "./workflowFiles";

it("there is one for each occasion", () => {
  expect(workflowNames.map((name) => [name, Object.keys(workflow(name).on)])).toEqual([
    ["deploy.yaml", ["push"]],
    ["drift.yaml", ["schedule", "workflow_dispatch"]],
    ["drill.yaml", ["schedule", "workflow_dispatch"]],
    ["preview.yaml", ["pull_request"]],
    ["report.yaml", ["workflow_call"]],
  ]);
});

// `npm test` brings it where there is Go.
it.skipIf(!existsSync(actionlintFile()))(
  "actionlint finds nothing, with shellcheck on each script",
  async () => {
    const args = ["-no-color", "-shellcheck", "shellcheck", "-pyflakes", ""];
    const { output, failure } = await attempt(actionlintFile(), args, { cwd: repository });
    expect(output).toBe("");
    expect(failure).toBeUndefined();
  },
);

// Which actionlint doesn't look at.
it.each(actionNames)("shellcheck finds nothing in the action %s", async (name) => {
  for (const { run } of action(name).runs.steps) {
    if (run === undefined) continue;
    const { output, failure } = await attempt("shellcheck", ["--shell=bash", "-"], {
      stdin: "pipe",
      input: run,
    });
    expect(output).toBe("");
    expect(failure).toBeUndefined();
  }
});

describe("actions", () => {
  it("are pinned by commit, with the version beside it, or of this repository", () => {
    const uses = texts.flatMap(([name, content]) =>
      [...content.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, used]) => `${name}: ${used}`),
    );
    expect(uses.length).toBeGreaterThan(10);
    const pinned = /: (?:\.\/\.github\/[\w./-]+|[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
    expect(uses.filter((used) => !pinned.test(used))).toEqual([]);
  });

  it("are the same version everywhere", () => {
    const pins = texts.flatMap(([, content]) => content.match(/[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v.+/g) ?? []);
    const names = new Set(pins.map((pin) => pin.split("@")[0]));
    expect(names).toEqual(new Set(["actions/checkout", "actions/setup-node", "pulumi/actions"]));
    expect(new Set(pins).size).toBe(names.size);
  });

  it("leave no token behind in the checkout", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(4);
    for (const { with: given } of checkouts) expect(given).toMatchObject({ "persist-credentials": false });
  });

  it("bring the CLI of the SDK's version, and no more of it", () => {
    const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    const brought = steps.filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
    // With a command it would decrypt all outputs of the stack.
    expect(brought.map((step) => step.with)).toEqual([{ "pulumi-version": dependencies["@pulumi/pulumi"] }]);
  });
});

describe("permissions", () => {
  it("are none but those of each job", () => {
    for (const name of workflowNames) expect([name, workflow(name).permissions]).toEqual([name, {}]);
    const granted = Object.fromEntries([...jobs].map(([name, { permissions }]) => [name, permissions]));
    expect(granted).toEqual({
      "deploy.yaml staging": { contents: "read", deployments: "read" },
      "deploy.yaml production": { contents: "read", deployments: "read" },
      "drift.yaml drift": { contents: "read", deployments: "read" },
      "drift.yaml report": { actions: "read", issues: "write" },
      "drill.yaml drill": { contents: "read" },
      "drill.yaml report": { actions: "read", issues: "write" },
      "preview.yaml check": { contents: "read" },
      "preview.yaml preview": { contents: "read", "pull-requests": "write" },
      "report.yaml report": { actions: "read", issues: "write" },
    });
  });
});

describe("secrets", () => {
  const own =
    "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]'";

  it("reach no job of a pull request from a fork", () => {
    const withSecrets = Object.entries(workflow("preview.yaml").jobs).filter(([, one]) =>
      JSON.stringify(one).includes("secrets."),
    );
    expect(withSecrets.map(([id, one]) => [id, one.if])).toEqual([["preview", own]]);
  });

  it("aren't where a fork's code would run with them: pull_request_target, workflow_run, issue_comment", () => {
    const triggers = workflowNames.flatMap((name) => Object.keys(workflow(name).on));
    expect(new Set(triggers)).toEqual(
      new Set(["push", "schedule", "workflow_dispatch", "pull_request", "workflow_call"]),
    );
  });

  it("are told of where they are missing", () => {
    const { steps: said = [] } = job("preview.yaml check");
    const note = said.find(({ name }) => name === "Say why there is no preview");
    expect(note?.if).toBe(
      "github.event.pull_request.head.repo.full_name != github.repository || github.event.pull_request.user.login == 'dependabot[bot]'",
    );
  });

  it("are given to the steps that need them, not to the packages and actions of others", () => {
    for (const name of workflowNames) expect(workflow(name).env).toBeUndefined();
    for (const [, one] of jobs) expect(JSON.stringify(one.env ?? {})).not.toContain("secrets.");
    const given = steps.filter((step) => JSON.stringify(step.with ?? {}).includes("secrets."));
    expect(new Set(given.map(({ uses }) => uses))).toEqual(new Set(["./.github/actions/prepare"]));
    const named = steps.filter((step) => JSON.stringify(step.env ?? {}).includes("secrets."));
    expect(new Set(named.map(({ name }) => name))).toEqual(
      new Set(["Preview", "Update", "Is all well", "Compare", "Drill", "Alert"]),
    );
    for (const { run } of named) expect(run).toBeDefined();
  });

  it("of an environment reach only jobs of it; that of production has approvers", () => {
    const environments = Object.fromEntries([...jobs].map(([name, one]) => [name, one.environment]));
    expect(environments).toEqual({
      "deploy.yaml staging": "staging",
      "deploy.yaml production": "production",
      "drift.yaml drift": "watch",
      "drift.yaml report": undefined,
      "drill.yaml drill": "watch",
      "drill.yaml report": undefined,
      "preview.yaml check": undefined,
      "preview.yaml preview": "preview",
      "report.yaml report": undefined,
    });
  });

  it("and variables are all in the documentation", () => {
    const documentation = readFileSync(join(repository, "docs/ci.md"), "utf8");
    const names = texts.flatMap(([, content]) =>
      [...content.matchAll(/\b(?:secrets|vars)\.([A-Z_]+)/g)].map(([, name]) => name ?? ""),
    );
    const missing = [...new Set(names)].filter((name) => !documentation.includes(`| \`${name}\``));
    expect(names.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });
});

describe("scripts", () => {
  // What a branch or a title is called would be run as a part of the script.
  it("get what others can name by the environment only", () => {
    const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(scripts.length).toBeGreaterThan(10);
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  it("believe no host key that the network gives them", () => {
    for (const [, content] of texts)
      expect(content).not.toMatch(/ssh-keyscan|StrictHostKeyChecking|accept-new/);
  });
});

describe("jobs", () => {
  it("end", () => {
    for (const [name, one] of jobs) {
      if (one.steps !== undefined) expect([name, one["timeout-minutes"]]).toEqual([name, expect.any(Number)]);
    }
  });

  it("that log in to machines run where those let them in; others on runners of GitHub's", () => {
    const own = `\${{ vars.RUNNER || 'ubuntu-24.04' }}`;
    const runners = [...jobs].filter(([, one]) => one["runs-on"] === own).map(([name]) => name);
    const loggingIn = [...jobs].filter(([, { steps = [] }]) =>
      steps.some((step) => step.with?.["ssh-private-key"] !== undefined),
    );
    expect(runners).toEqual(loggingIn.map(([name]) => name));
    const rest = [...jobs.values()].map((one) => one["runs-on"]).filter((runner) => runner !== own);
    expect(new Set(rest)).toEqual(new Set(["ubuntu-24.04", undefined]));
  });
});

describe("a deployment", () => {
  it("is of the branch main and of releases", () => {
    expect(workflow("deploy.yaml").on).toEqual({ push: { branches: ["main"], tags: ["v*"] } });
  });

  it("reaches production by way of staging, and is never broken off", () => {
    expect(job("deploy.yaml staging").needs).toBeUndefined();
    expect(job("deploy.yaml production").needs).toBe("staging");
    expect(job("deploy.yaml production").steps).toEqual(job("deploy.yaml staging").steps);
    expect(job("deploy.yaml staging").concurrency).toEqual({
      group: "deploy-staging",
      "cancel-in-progress": false,
    });
    expect(job("deploy.yaml production").concurrency).toEqual({
      group: "deploy-production",
      "cancel-in-progress": false,
    });
  });

  it("keeps to the policies, and looks whether all is well", () => {
    const scripts = (job("deploy.yaml staging").steps ?? []).flatMap(({ run }) => run ?? []);
    expect(scripts.slice(-2)).toEqual([
      'pulumi up --stack "$STACK" --policy-pack policy --yes --non-interactive',
      'npm run doctor -- --stack "$STACK"',
    ]);
  });
});

describe("what watches", () => {
  it("compares what was deployed, not the branch, with what there is", () => {
    const { steps: all = [] } = job("drift.yaml drift");
    const checkouts = all.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.at(-1)?.with).toMatchObject({ ref: `\${{ steps.deployed.outputs.commit }}` });
    expect(all.at(-1)?.run).toBe(
      'pulumi preview --stack "$STACK" --refresh --expect-no-changes --policy-pack policy --diff --color never --non-interactive',
    );
  });

  it("covers both stacks every night, and proves a backup every week", () => {
    expect(job("drift.yaml drift").strategy?.matrix).toEqual({ stack: ["staging", "production"] });
    expect(workflow("drift.yaml").on.schedule).toEqual([{ cron: "23 3 * * *" }]);
    expect(workflow("drill.yaml").on.schedule).toEqual([{ cron: "47 4 * * 0" }]);
    expect(job("drill.yaml drill").steps?.at(-1)?.run).toBe("npm run drill -- --stack production");
  });

  it.each(["drift", "drill"])("reports of %s however it ended", (name) => {
    expect(job(`${name}.yaml report`)).toMatchObject({
      needs: name,
      if: "always()",
      uses: "./.github/workflows/report.yaml",
      with: { failed: `\${{ needs.${name}.result != 'success' }}` },
    });
  });
});
