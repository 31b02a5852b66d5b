import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recoverContent, replaceContent } from "../../../images/backup/volumeContent.mjs";

let volume: string;

beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), "volume-"));
  await mkdir(join(volume, "photos"));
  await writeFile(join(volume, "photos/1.txt"), "old");
  await writeFile(join(volume, "only-old"), "old");
});

afterEach(() => rm(volume, { recursive: true }));

async function write(folder: string): Promise<string> {
  const content = join(folder, "volumes/uploads");
  await mkdir(join(content, "photos"), { recursive: true });
  await writeFile(join(content, "photos/1.txt"), "new");
  await chmod(content, 0o750);
  return content;
}

async function expectOld(): Promise<void> {
  expect((await readdir(volume)).sort()).toEqual(["only-old", "photos"]);
  expect(await readFile(join(volume, "photos/1.txt"), "utf8")).toBe("old");
}

async function expectNew(): Promise<void> {
  expect(await readdir(volume)).toEqual(["photos"]);
  expect(await readFile(join(volume, "photos/1.txt"), "utf8")).toBe("new");
}

test("the content is another one, with the mode of its folder", async () => {
  expect(await replaceContent(volume, write)).toEqual({ entries: 1 });
  await expectNew();
  expect((await stat(volume)).mode & 0o777).toBe(0o750);
});

test("a restore that fails leaves what was", async () => {
  const failing = async (folder: string) => {
    await write(folder);
    throw new Error("the repository is gone");
  };
  await expect(replaceContent(volume, failing)).rejects.toThrow("the repository is gone");
  await expectOld();
});

test("one that was killed while the old entries moved is undone", async () => {
  await write(join(volume, ".slipway-restore-new"));
  await mkdir(join(volume, ".slipway-restore-leaving"));
  await rename(join(volume, "photos"), join(volume, ".slipway-restore-leaving/photos"));
  await recoverContent(volume);
  await expectOld();
});

test("one that was killed while the new entries moved is undone", async () => {
  const content = await write(join(volume, ".slipway-restore-new"));
  await mkdir(join(volume, ".slipway-restore-old"));
  for (const name of ["photos", "only-old"])
    await rename(join(volume, name), join(volume, ".slipway-restore-old", name));
  await rename(join(content, "photos"), join(volume, "photos"));
  await recoverContent(volume);
  await expectOld();
});

test("one that was killed after that is completed", async () => {
  const content = await write(join(volume, ".slipway-restore-new"));
  await mkdir(join(volume, ".slipway-restore-done"));
  for (const name of ["photos", "only-old"])
    await rename(join(volume, name), join(volume, ".slipway-restore-done", name));
  await rename(join(content, "photos"), join(volume, "photos"));
  await recoverContent(volume);
  await expectNew();
});
