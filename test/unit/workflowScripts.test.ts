import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attempt } from "../../setup/images/command";
import { action, job } from "./workflowFiles";

// The scripts of the workflows, run as GitHub runs them, with a `gh` that answers from a file and notes what it is asked.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-workflow-"));
  writeFileSync(join(folder, "gh"), gh);
  chmodSync(join(folder, "gh"), 0o755);
  write("calls", "");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Looks for the first line `<pattern> => <answer>` whose pattern is in its arguments. */
const gh = `#!/bin/bash
echo "$*" >> "$STAND_IN/calls"
while IFS= read -r line; do
  if [[ "$*" == *"\${line%% => *}"* ]]; then printf '%b\\n' "\${line#* => }"; exit; fi
done < "$STAND_IN/answers"
`;

const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const read = (name: string) => readFileSync(join(folder, name), "utf8");

interface Outcome {
  readonly failed: boolean;
  readonly output: string;
  readonly calls: readonly string[];
}

async function run(script: string | undefined, answers: Readonly<Record<string, string>>, env: object) {
  if (script === undefined) throw new Error("there is no such step");
  write(
    "answers",
    Object.entries(answers)
      .map(([asked, answer]) => `${asked} => ${answer}\n`)
      .join(""),
  );
  const repository = { GITHUB_REPOSITORY: "org/app", GH_REPO: "org/app", GITHUB_RUN_ID: "99" };
  const places = { STAND_IN: folder, RUNNER_TEMP: folder, GITHUB_OUTPUT: join(folder, "output") };
  const PATH = `${folder}${delimiter}${process.env.PATH}`;
  const { output, failure } = await attempt(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
    { cwd: folder, env: { ...repository, ...places, ...env, PATH } },
  );
  const calls = read("calls")
    .split("\n")
    .filter((line) => line !== "");
  return { failed: failure !== undefined, output, calls } satisfies Outcome;
}

function scriptOf(name: string, step: string): string | undefined {
  return job(name).steps?.find((one) => one.name === step)?.run;
}

describe("the report of a check", () => {
  const title = "A stack is not what was deployed";
  const env = { TITLE: title, RUN: "https://example.com/runs/99" };
  const others = '[{"number":3,"title":"Another"}]';
  const open = `[{"number":3,"title":"Another"},{"number":5,"title":"${title}"}]`;
  const jobs =
    '{"jobs":[{"name":"Drift of staging","conclusion":"success"},{"name":"Drift of production","conclusion":"failure"},{"name":"Report","conclusion":null}]}';
  const list = "issue list --state open --limit 1000 --json number,title";

  it("opens an issue that names what failed and leads to its log", async () => {
    const script = scriptOf("report.yaml report", "Open or update the issue");
    const { failed, calls } = await run(script, { "/runs/99/jobs": jobs, "issue list": others }, env);
    expect(failed).toBe(false);
    expect(calls.at(-1)).toBe(`issue create --title ${title} --body-file body.md`);
    expect(read("body.md")).toBe("- Drift of production: failure\n\nhttps://example.com/runs/99\n");
  });

  it("adds to the issue that is open", async () => {
    const script = scriptOf("report.yaml report", "Open or update the issue");
    const { calls } = await run(script, { "/runs/99/jobs": jobs, "issue list": open }, env);
    expect(calls.at(-1)).toBe("issue comment 5 --body-file body.md");
  });

  it("closes the issue when all is well again, and no other", async () => {
    const script = scriptOf("report.yaml report", "Close the issue");
    const closed = await run(script, { "issue list": open }, env);
    expect(closed.calls).toEqual([list, `issue close 5 --comment All is well again: ${env.RUN}`]);
    write("calls", "");
    expect((await run(script, { "issue list": others }, env)).calls).toEqual([list]);
  });
});

describe("the comment on a pull request", () => {
  const env = { STACK: "staging", NUMBER: "7", OUTCOME: "success" };
  const script = () => scriptOf("preview.yaml preview", "Comment");
  const comments = "repos/org/app/issues/7/comments";

  it("is made at the first push, and has the end of a long preview in whole characters", async () => {
    write("preview.txt", `${"ä".repeat(40_000)}\nResources:\n    + 2 to create\n`);
    const { failed, calls } = await run(script(), { [comments]: "[]" }, env);
    expect(failed).toBe(false);
    expect(calls.at(-1)).toBe(`api --silent --method POST ${comments} --field body=@comment.md`);
    const comment = read("comment.md");
    expect(comment).toMatch(
      /^<!-- preview of staging -->\n### Preview of staging: success\n\n~~~~\nä+\nResources:/,
    );
    expect(comment.endsWith("    + 2 to create\n~~~~\n")).toBe(true);
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).not.toContain("\ufffd");
  });

  it("is renewed by the next ones: its own, not that of the other stack nor one that somebody copied", async () => {
    write("preview.txt", "nothing");
    const bot = { login: "github-actions[bot]" };
    const earlier = [
      { id: 1, user: { login: "mallory" }, body: "<!-- preview of staging -->" },
      { id: 2, user: bot, body: "<!-- preview of production -->" },
      { id: 4, user: bot, body: "<!-- preview of staging -->" },
    ];
    const { calls } = await run(script(), { [comments]: JSON.stringify(earlier) }, env);
    expect(calls.at(-1)).toBe(
      "api --silent --method PATCH repos/org/app/issues/comments/4 --field body=@comment.md",
    );
  });
});

describe("what was deployed", () => {
  const script = () => action("deployed").runs.steps.find(({ id }) => id === "find")?.run;
  const all = { "deployments?environment=production": "12 cccc\\n11 bbbb\\n10 aaaa" };

  it("is the newest deployment that succeeded: not one that waits, nor one that failed", async () => {
    const states = { "/12/statuses": "waiting", "/11/statuses": "success", "/10/statuses": "success" };
    await run(script(), { ...states, ...all }, { ENVIRONMENT: "production" });
    expect(read("output")).toBe("commit=bbbb\n");
  });

  it("is nothing before the first", async () => {
    write("output", "");
    const states = { "/12/statuses": "failure", "/11/statuses": "failure", "/10/statuses": "error" };
    const { failed } = await run(script(), { ...states, ...all }, { ENVIRONMENT: "production" });
    expect(failed).toBe(false);
    expect(read("output")).toBe("");
  });

  it.each([
    ["behind", true],
    ["ahead", false],
    ["identical", false],
    ["diverged", false],
  ])("isn't taken back by a commit that is %s: refused is %s", async (relation, refused) => {
    const { failed, output } = await run(
      scriptOf("deploy.yaml production", "Refuse what is older than what runs"),
      { "compare/bbbb...aaaa": relation },
      { DEPLOYED: "bbbb", GITHUB_SHA: "aaaa" },
    );
    expect(failed).toBe(refused);
    expect(output).toBe(
      refused
        ? "::error title=Deploy::aaaa is older than bbbb, which runs. To go back, revert on the branch."
        : "",
    );
  });
});
