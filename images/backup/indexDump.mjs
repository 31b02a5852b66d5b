// @ts-check

import { writeIndexed } from "./dumpIndex.mjs";
import { reasonOf } from "./errors.mjs";

/** `node indexDump.mjs <file>`: writes the dump on standard input to the file, with the positions that it lacks. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("Usage: node indexDump.mjs <file>, with a dump on standard input");
writeIndexed(process.stdin, file).catch((error) => {
  process.stderr.write(`${file}: ${reasonOf(error)}\n`);
  process.exitCode = 1;
});
