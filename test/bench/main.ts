import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildReleases } from "../engine/harness/images";
import { TestStack } from "../engine/harness/stack";
import { type BackupFigures, backupNames, backupRound } from "./backups";
import { ByHand } from "./byHand";
import { Compose } from "./compose";
import { type Aim, aimLines, breakdownLines, Measurements } from "./report";
import {
  byHandRound,
  composeRound,
  names,
  readBlueprints,
  releaseFloor,
  slipwayRound,
  tracedUpdates,
} from "./round";
import type { Breakdown } from "./whereItGoes";

const usage = "npm run bench -- [--rounds 3]";
const ports = { http: 38080, https: 38443 };
/** Seconds. No round is begun that would likely end later. */
const patience = 350;

/**
 * How long the main job takes: the first `up`, one that changes nothing, a release and a rollback, beside compose with
 * the same containers, and beside what the containers take by themselves. It has a stack and ports of its own.
 */
async function bench(): Promise<void> {
  const rounds = readRounds();
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  const results = new Measurements();
  let breakdowns: { readonly noop: Breakdown; readonly release: Breakdown } | undefined;
  let backups: BackupFigures | undefined;
  let compose: Compose | undefined;
  let stack: TestStack | undefined;
  try {
    await buildReleases(["1.0.0", "1.1.0"]);
    await ByHand.removeAll();
    for (let round = 1; round <= rounds && timeLeft(started, round - 1); round++) {
      console.log(`round ${round} of ${rounds}`);
      stack = await TestStack.create("bench", { ports });
      await slipwayRound(stack, results);
      // Anew each round: the passwords are those of this round's stack.
      const blueprints = await readBlueprints(stack, join(folder, String(round)));
      await releaseFloor(blueprints, results);
      breakdowns ??= await tracedUpdates(stack);
      await stack.destroyAll();
      await byHandRound(blueprints, results);
      compose = await Compose.find(join(folder, String(round)), blueprints);
      if (compose !== undefined) {
        await composeRound(compose, blueprints, results, { asDeployed: round === 1 });
      }
    }
    console.log("backups");
    backups = await backupRound(results);
  } finally {
    await Promise.allSettled([stack?.destroyAll(), ByHand.removeAll(), compose?.down()]);
    await rm(folder, { recursive: true, force: true });
  }
  print(results, compose, breakdowns, backups);
  console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s in all`);
}

function readRounds(): number {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
  if (!/^[1-9][0-9]?$/.test(values.rounds)) {
    throw new RangeError(`--rounds ${values.rounds} is not a number from 1 to 99; usage: ${usage}`);
  }
  return Number(values.rounds);
}

function timeLeft(started: number, done: number): boolean {
  const elapsed = (performance.now() - started) / 1000;
  const enough = done === 0 || elapsed + elapsed / done < patience;
  if (!enough) console.log(`ends after round ${done}: another one would take it past ${patience} s`);
  return enough;
}

function print(
  results: Measurements,
  compose: Compose | undefined,
  breakdowns: { readonly noop: Breakdown; readonly release: Breakdown } | undefined,
  backups: BackupFigures | undefined,
): void {
  const lines = [
    "",
    compose === undefined ? "compose: not installed" : `compose: ${compose.version}`,
    "",
    ...results.table,
    "",
    ...aimLines(aims(results, backups)),
    ...(backups === undefined ? [] : [`database of the backups: ${(backups.database / 1e9).toFixed(2)} GB`]),
    "",
    ...(breakdowns === undefined ? [] : breakdownLines("where a no-op goes", breakdowns.noop)),
    "",
    ...(breakdowns === undefined ? [] : breakdownLines("where a release goes", breakdowns.release)),
  ];
  console.log(lines.join("\n"));
}

function aims(results: Measurements, backups: BackupFigures | undefined): Aim[] {
  const backup = (name: keyof typeof backupNames) => results.median(backupNames[name]);
  const median = (name: keyof typeof names) => results.median(names[name]);
  const floor = sum(median("byHandMigration"), median("byHandStart"), median("byHandStop"));
  return [
    {
      what: "first up / compose",
      value: ratio(median("first"), median("composeFirst")),
      unit: "x",
      most: 1.5,
    },
    {
      what: "first up / compose as deployed",
      value: ratio(median("first"), median("composeFirstSlow")),
      unit: "x",
    },
    {
      what: "first up / by hand",
      value: ratio(median("first"), median("byHandFirst")),
      unit: "x",
    },
    { what: "no-op", value: median("noop"), unit: "s", most: 2 },
    { what: "release - by hand", value: difference(median("release"), floor), unit: "s", most: 5 },
    { what: "rollback", value: median("rollback"), unit: "s", most: 20 },
    {
      what: "restore / bare restore",
      value: ratio(backup("restore"), backup("bareRestore")),
      unit: "x",
      most: 1.5,
    },
    {
      what: "whole command of a restore / bare restore",
      value: ratio(backup("restoreCommand"), backup("bareRestore")),
      unit: "x",
    },
    { what: "stored again / dump", value: percent(backups?.addedAgain), unit: "%", most: 5 },
  ];
}

type Known = number | undefined;

function sum(...numbers: readonly Known[]): Known {
  return numbers.reduce(
    (total, one) => (total === undefined || one === undefined ? undefined : total + one),
    0,
  );
}

function percent(share: Known): Known {
  return share === undefined ? undefined : share * 100;
}

function ratio(a: Known, b: Known): Known {
  return a === undefined || b === undefined ? undefined : a / b;
}

function difference(a: Known, b: Known): Known {
  return a === undefined || b === undefined ? undefined : a - b;
}

bench().catch((error: unknown) => {
  console.error(error instanceof RangeError ? error.message : error);
  process.exitCode = 1;
});
