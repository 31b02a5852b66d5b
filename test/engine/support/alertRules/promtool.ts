import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadExeca } from "../../../../lib/execa";
import { resolveImage } from "../../../../lib/image";
import type { AlertRule, RuleGroup } from "../../../../lib/observability/rules";
import { imageMirror } from "../../harness/images";
import type { AlertCase } from "./case";

/** The Prometheus that the rules must be understood by: the oldest pin of the guides. */
const pin = "prom/prometheus:v2.54.1";

export interface Verdict {
  readonly passed: boolean;
  readonly said: string;
}

/** What promtool says to files: the command's arguments are names of them. */
export async function promtool(
  command: readonly string[],
  files: Readonly<Record<string, unknown>>,
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-engine-promtool-"));
  try {
    // The image's user isn't the one who makes the folder.
    await chmod(folder, 0o755);
    await Promise.all(
      Object.entries(files).map(([name, content]) => writeFile(join(folder, name), stringify(content))),
    );
    const image = resolveImage(pin, { mirror: await imageMirror() });
    const { execa } = await loadExeca();
    const { failed, all } = await execa(
      "docker",
      [
        ...["run", "--rm", "--network", "none", "--volume", `${folder}:/rules:ro`, "--workdir", "/rules"],
        ...["--entrypoint", "promtool", image, ...command],
      ],
      { reject: false, all: true, stdin: "ignore" },
    );
    return { passed: !failed, said: all };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Files for promtool: cases of the same groups and distance share one, with the rules that they need and no others,
 * which promtool would evaluate for each case too.
 */
export function testFiles(
  groups: readonly RuleGroup[],
  cases: readonly AlertCase[],
): Record<string, unknown> {
  const files: Record<string, unknown> = {};
  for (const every of new Set(cases.map(distance))) {
    for (const names of new Set(cases.map(({ alert }) => neededGroups(groups, alert).join(" ")))) {
      const own = cases.filter(
        (one) => distance(one) === every && neededGroups(groups, one.alert).join(" ") === names,
      );
      if (own.length === 0) continue;
      const file = names.replaceAll(" ", "+");
      files[`${file}.rules.yml`] = { groups: groups.filter(({ name }) => names.split(" ").includes(name)) };
      files[`${file}.${every}.tests.yml`] = testFile(groups, own, every, `${file}.rules.yml`);
    }
  }
  return files;
}

function distance({ every = "15s" }: AlertCase): string {
  return every;
}

/** The group that has the alert, and those that record what it reads. */
function neededGroups(groups: readonly RuleGroup[], alert: string): string[] {
  const expression = alertRules(groups).get(alert)?.expr ?? "";
  const isNeeded = ({ rules }: RuleGroup) =>
    rules.some((rule) => ("alert" in rule ? rule.alert === alert : expression.includes(rule.record)));
  return groups.filter(isNeeded).map(({ name }) => name);
}

function testFile(groups: readonly RuleGroup[], cases: readonly AlertCase[], every: string, rules: string) {
  return {
    rule_files: [rules],
    evaluation_interval: every,
    tests: cases.map(({ alert, when, series, at, fires }) => ({
      name: `${alert}: ${when}`,
      interval: every,
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: [
        {
          eval_time: at,
          alertname: alert,
          exp_alerts: fires.map(({ labels, summary }) => ({
            exp_labels: labels,
            exp_annotations: { ...alertRules(groups).get(alert)?.annotations, summary },
          })),
        },
      ],
    })),
  };
}

/** The alerts among the rules, by name. */
export function alertRules(groups: readonly RuleGroup[]): ReadonlyMap<string, AlertRule> {
  return new Map(
    groups.flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [[rule.alert, rule]] : []))),
  );
}
