import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { extract, type Header } from "tar-stream";
import { expect, it } from "vitest";
import { fileArchive } from "../../../operations/steps/fileArchive";

async function unpacked(archive: Buffer): Promise<{ header: Header; content: string }[]> {
  const entries: { header: Header; content: string }[] = [];
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    entries.push({ header: entry.header, content: await text(entry) });
  }
  return entries;
}

it("has each file, readable by its owner alone", async () => {
  const entries = await unpacked(await fileArchive({ "a.yml": "a: 1\n" }, "65534:65533"));
  expect(entries).toHaveLength(1);
  expect(entries[0]?.header).toMatchObject({
    name: "a.yml",
    mode: 0o400,
    uid: 65534,
    gid: 65533,
    type: "file",
  });
  expect(entries[0]?.content).toBe("a: 1\n");
});

it("has the folders of the files before them, which their owner alone may enter", async () => {
  const entries = await unpacked(await fileArchive({ "b/c/d.json": "{}", "b/e.json": "{}", f: "" }, "472:0"));
  expect(entries.map(({ header }) => `${header.type} ${header.name}`)).toEqual([
    "directory b",
    "directory b/c",
    "file b/c/d.json",
    "file b/e.json",
    "file f",
  ]);
  for (const { header } of entries.slice(0, 2)) {
    expect(header).toMatchObject({ mode: 0o700, uid: 472, gid: 0 });
  }
});
