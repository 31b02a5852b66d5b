// @ts-check
import { open } from "node:fs/promises";

/**
 * A dump that was streamed doesn't say where the rows of each table begin: pg_dump can't go back to write it. Then every
 * process of `pg_restore --jobs` reads through all rows before its own, which takes longer than the restore itself. Here the
 * positions are put in, into the room that the format has for them. The format is that of `--format=custom`, see
 * pg_backup_archiver.c and pg_backup_custom.c.
 */

/** Versions of the format that have the fields below, of Postgres 12 to 18. */
const versions = { first: 0x010e, last: 0x0110, withCompression: 0x010f, withRelationKind: 0x0110 };
const format = { custom: 1, intSize: 4, offsetSize: 8 };
const offset = { notSet: 1, set: 2 };
const block = { rows: 1, largeObjects: 3 };

/**
 * Writes a dump to a file and puts the positions in. In another format the dump stays as it is: `pg_restore` does without.
 * @param {AsyncIterable<Buffer>} dump
 * @param {string} file
 * @returns {Promise<boolean>} whether the positions are there
 */
export async function writeIndexed(dump, file) {
  const handle = await open(file, "w");
  try {
    const reader = new Reader(written(dump, handle));
    const slots = await contents(reader);
    const found = slots === undefined ? undefined : await positions(reader, slots);
    await reader.drain();
    if (slots === undefined || found === undefined) return false;
    for (const [id, position] of found) {
      const bytes = Buffer.alloc(1 + format.offsetSize);
      bytes.writeUInt8(offset.set);
      bytes.writeBigUInt64LE(BigInt(position), 1);
      await handle.write(bytes, 0, bytes.length, slots.get(id));
    }
    return true;
  } finally {
    await handle.close();
  }
}

/**
 * @param {AsyncIterable<Buffer>} dump
 * @param {import("node:fs/promises").FileHandle} handle
 */
async function* written(dump, handle) {
  let position = 0;
  for await (const chunk of dump) {
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, at, chunk.length - at, position + at);
      at += bytesWritten;
    }
    position += chunk.length;
    yield chunk;
  }
}

/**
 * Reads the table of contents.
 * @param {Reader} reader
 * @returns {Promise<Map<number, number> | undefined>} by entry, where in the file its position is to be put
 */
async function contents(reader) {
  if ((await reader.text(5)) !== "PGDMP") return undefined;
  const version = (await reader.byte()) * 256 + (await reader.byte());
  await reader.byte();
  const sizes = [await reader.byte(), await reader.byte(), await reader.byte()];
  if (version < versions.first || version > versions.last) return undefined;
  if (sizes.join() !== [format.intSize, format.offsetSize, format.custom].join()) return undefined;
  if (version >= versions.withCompression) await reader.byte();
  else await reader.int();
  // The time, as seven numbers.
  for (let field = 0; field < 7; field++) await reader.int();
  for (const _ of ["database", "version of the server", "version of pg_dump"]) await reader.string();
  /** @type {Map<number, number>} */
  const slots = new Map();
  const count = await reader.int();
  for (let entry = 0; entry < count; entry++) {
    const id = await reader.int();
    await reader.int();
    for (const _ of ["catalog", "oid", "tag", "kind"]) await reader.string();
    await reader.int();
    for (const _ of ["definition", "drop", "copy", "schema", "tablespace", "access method"])
      await reader.string();
    if (version >= versions.withRelationKind) await reader.int();
    for (const _ of ["owner", "with oids"]) await reader.string();
    while ((await reader.string()) !== undefined);
    const slot = reader.position;
    if ((await reader.byte()) === offset.notSet) slots.set(id, slot);
    reader.skip(format.offsetSize);
  }
  return slots;
}

/**
 * Goes through the rows.
 * @param {Reader} reader
 * @param {ReadonlyMap<number, number>} slots
 * @returns {Promise<Map<number, number> | undefined>} by entry, where its rows begin
 */
async function positions(reader, slots) {
  /** @type {Map<number, number>} */
  const found = new Map();
  while (!(await reader.hasEnded())) {
    const { position } = reader;
    const kind = await reader.byte();
    const id = await reader.int();
    if (!slots.has(id)) return undefined;
    if (kind === block.rows) await skipData(reader);
    else if (kind === block.largeObjects) while ((await reader.int()) !== 0) await skipData(reader);
    else return undefined;
    found.set(id, position);
  }
  return found;
}

/**
 * Each piece has its length before it, and may be one row.
 * @param {Reader} reader
 */
async function skipData(reader) {
  for (;;) {
    const length = reader.intAtHand() ?? (await reader.int());
    if (length === 0) return;
    reader.skip(length);
  }
}

/** Reads what comes in chunks, and skips what isn't needed. */
class Reader {
  /** @param {AsyncGenerator<Buffer, void>} chunks */
  constructor(chunks) {
    /** @private @readonly */
    this.chunks = chunks;
    /** Of the next byte. */
    this.position = 0;
    /** @private @type {Buffer} */
    this.window = Buffer.alloc(0);
    /** Position of what the window has. @private */
    this.start = 0;
    /** @private */
    this.end = 0;
  }

  async hasEnded() {
    return !(await this.fill(1));
  }

  /** Goes to the end. */
  async drain() {
    for await (const _ of this.chunks);
  }

  async byte() {
    const [byte = 0] = await this.take(1);
    return byte;
  }

  /** A sign, and bytes from the lowest on. */
  async int() {
    await this.need(1 + format.intSize);
    return /** @type {number} */ (this.intAtHand());
  }

  /** The same, undefined when it isn't at hand yet: there are millions of rows, and few are at the end of a chunk. */
  intAtHand() {
    if (this.position + 1 + format.intSize > this.end) return undefined;
    const at = this.position - this.start;
    this.position += 1 + format.intSize;
    const value = this.window.readUInt32LE(at + 1);
    return this.window[at] === 0 ? value : -value;
  }

  /** @returns {Promise<string | undefined>} */
  async string() {
    const length = await this.int();
    return length < 0 ? undefined : await this.text(length);
  }

  /** @param {number} length */
  async text(length) {
    return (await this.take(length)).toString();
  }

  /** @param {number} length */
  skip(length) {
    this.position += length;
  }

  /**
   * @private
   * @param {number} length
   */
  async take(length) {
    await this.need(length);
    const at = this.position - this.start;
    this.position += length;
    return this.window.subarray(at, at + length);
  }

  /**
   * @private
   * @param {number} length
   */
  async need(length) {
    if (!(await this.fill(length)))
      throw new Error(`The dump ends too early, at byte ${this.end}: it isn't whole`);
  }

  /**
   * @private
   * @param {number} length
   * @returns {Promise<boolean>} whether there is as much
   */
  async fill(length) {
    while (this.end < this.position + length) {
      const { value: chunk, done } = await this.chunks.next();
      if (done || chunk === undefined) return false;
      const rest = this.window.subarray(Math.min(this.position - this.start, this.window.length));
      this.window = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      this.end += chunk.length;
      this.start = this.end - this.window.length;
    }
    return true;
  }
}
