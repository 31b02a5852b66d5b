import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeIndexed } from "../../../images/backup/dumpIndex.mjs";
import { temporaryFolder } from "./folder";

type Version = 14 | 15 | 16;

/** Rows of tables, each a list of pieces. */
type Tables = readonly (readonly Uint8Array[])[];

const int = (value: number) => {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(value < 0 ? 1 : 0);
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
};
const string = (text: string | undefined) =>
  text === undefined ? int(-1) : Buffer.concat([int(Buffer.byteLength(text)), Buffer.from(text)]);

/** An archive as pg_dump writes it, with positions when it can go back and without when it can't. */
function archive(version: Version, tables: Tables, hasPositions: boolean): Buffer {
  const head = (positions: readonly number[]) =>
    Buffer.concat([
      Buffer.from("PGDMP"),
      Buffer.from([1, version, 0, 4, 8, 1]),
      version >= 15 ? Buffer.from([0]) : int(0),
      ...Array.from({ length: 7 }, () => int(26)),
      ...["shop", "17.5", "17.5"].map(string),
      int(tables.length + 1),
      entry(version, 1, Buffer.concat([Buffer.from([3]), Buffer.alloc(8)])),
      ...tables.map((_, index) => {
        const slot = Buffer.alloc(9);
        slot.writeUInt8(hasPositions ? 2 : 1);
        slot.writeBigUInt64LE(BigInt(hasPositions ? (positions[index] ?? 0) : 0), 1);
        return entry(version, index + 2, slot);
      }),
    ]);
  let position = head([]).length;
  const positions: number[] = [];
  const data = tables.map((pieces, index) => {
    const rows = Buffer.concat([
      ...pieces.flatMap((piece) => [int(piece.length), Buffer.from(piece)]),
      int(0),
    ]);
    // Every third has large objects.
    const content = index % 3 === 2 ? Buffer.concat([int(16_384), rows, int(0)]) : rows;
    const block = Buffer.concat([Buffer.from([index % 3 === 2 ? 3 : 1]), int(index + 2), content]);
    positions.push(position);
    position += block.length;
    return block;
  });
  return Buffer.concat([head(positions), ...data]);
}

function entry(version: Version, id: number, slot: Buffer): Buffer {
  const texts = (count: number) => Array.from({ length: count }, () => string("text"));
  return Buffer.concat([
    ...[int(id), int(1), ...texts(4), int(3), ...texts(4), string(undefined), string("heap")],
    ...(version >= 16 ? [int(114)] : []),
    ...[...texts(2), string("7"), string(undefined), slot],
  ]);
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });

describe("a dump that was streamed", () => {
  test("becomes what pg_dump writes to a file, however it comes in chunks", async () => {
    const file = join(await temporaryFolder(), "shop.dump");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Version>(14, 15, 16),
        fc.array(pieces, { maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        async (version, tables, size) => {
          expect(await writeIndexed(inChunks(archive(version, tables, false), size), file)).toBe(true);
          expect(await readFile(file)).toEqual(archive(version, tables, true));
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each([
    ["another version", (dump: Buffer) => dump.writeUInt8(17, 6)],
    ["another format", (dump: Buffer) => dump.writeUInt8(3, 10)],
    ["something else", (dump: Buffer) => dump.write("PLAIN")],
  ])("stays as it is when it is in %s", async (_, change) => {
    const file = join(await temporaryFolder(), "shop.dump");
    const dump = archive(16, [[Buffer.from("row")]], false);
    change(dump);
    expect(await writeIndexed(inChunks(dump, 10), file)).toBe(false);
    expect(await readFile(file)).toEqual(dump);
  });

  test("is refused when its end is missing", async () => {
    const file = join(await temporaryFolder(), "shop.dump");
    const dump = archive(16, [[Buffer.from("row"), Buffer.from("another row")]], false);
    await expect(writeIndexed(inChunks(dump.subarray(0, -3), 10), file)).rejects.toThrow("ends too early");
  });
});
