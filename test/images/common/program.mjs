import { readFileSync } from "node:fs";
import { Refusal } from "./configuration.mjs";
import { misbehaves } from "./release.mjs";

/** Below the 30 s after which the engine kills what was told to stop. */
const stopMs = 25_000;

const closers = [];

/** What is closed when the program ends: the last that was opened first. */
export function onStop(close) {
  closers.unshift(close);
}

/** A program that runs until it is told to stop: it then closes all, with exit code 0. */
export function service(main) {
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, stop);
  return run(async () => {
    if (misbehaves("exit-at-start")) throw new Refusal("ending at the start, on purpose");
    await main();
  });
}

/** A program that does one thing: exit code 0, or 1 with the reason. */
export function job(main) {
  // As process 1 of a container it would not react to SIGTERM without a handler of its own.
  process.once("SIGTERM", () => process.exit(143));
  return run(async () => {
    await main();
    await closeAll();
  });
}

async function run(main) {
  try {
    process.stderr.write(readFileSync("/etc/stand-in", "utf8"));
    await main();
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exit(1);
  }
}

async function stop() {
  setTimeout(() => {
    console.error(`not stopped after ${stopMs / 1000} s`);
    process.exit(1);
  }, stopMs).unref();
  await closeAll();
  process.exit(0);
}

async function closeAll() {
  for (const close of closers.splice(0)) await close();
}
