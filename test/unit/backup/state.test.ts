import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { readJson, writeJson } from "../../../images/backup/state.mjs";
import { temporaryFolder } from "./folder";

const module = join(__dirname, "../../../images/backup/state.mjs");

test("what is written can be read, and nothing else is left", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "backup.json");
  await writeJson(file, { last: {} });
  await writeJson(file, { last: { manual: "ä" } });
  expect(await readJson(file)).toEqual({ last: { manual: "ä" } });
  expect(await readdir(folder)).toEqual(["backup.json"]);
});

test("the group may replace it, whatever the umask", async () => {
  const file = join(await temporaryFolder(), "backup.json");
  const umask = process.umask(0o077);
  try {
    await writeJson(file, {});
  } finally {
    process.umask(umask);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o664);
});

test("one that isn't there is undefined, and one that is broken an error that names it", async () => {
  const file = join(await temporaryFolder(), "backup.json");
  expect(await readJson(file)).toBeUndefined();
  await writeFile(file, '{"last":');
  await expect(readJson(file)).rejects.toThrow(/backup\.json is no JSON: .*Delete it/);
});

test("a failure leaves the old one and nothing beside it", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "backup.json");
  // A folder can't be replaced by a file.
  await mkdir(file);
  await expect(writeJson(file, {})).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["backup.json"]);
});

test("who reads never sees a part, also when the writer is killed", async () => {
  const file = join(await temporaryFolder(), "backup.json");
  await writeJson(file, { text: "" });
  const script = `
    import { writeJson } from ${JSON.stringify(module)};
    for (let n = 0; ; n++) await writeJson(${JSON.stringify(file)}, { text: String(n % 10).repeat(300_000) });`;
  const writer = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "inherit" });
  const exit = once(writer, "exit");
  const end = Date.now() + 1_000;
  const seen = new Set<string>();
  while (Date.now() < end) {
    const { text } = JSON.parse(await readFile(file, "utf8"));
    expect(new Set(text).size).toBeLessThanOrEqual(1);
    seen.add(text);
    await sleep(1);
  }
  writer.kill("SIGKILL");
  await exit;
  expect(JSON.parse(await readFile(file, "utf8"))).toHaveProperty("text");
  expect(seen.size).toBeGreaterThan(1);
});
