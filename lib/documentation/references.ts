import { posix } from "node:path";
import type ts from "typescript";
import { lineOf, parsed, titlesIn } from "./declarations";
import { outsideCode, rowsOf } from "./tables";

/** The text of a file by its path from the project's folder; undefined when there is none. */
export type ReadFile = (path: string) => string | undefined;

export interface CheckedDocument {
  /** The document with every line that could be found. */
  readonly text: string;
  /** What has to be put right by hand, each with its line. */
  readonly problems: readonly string[];
}

/** [`components/edge/sites.ts:41`](../../components/edge/sites.ts#L41) `sitesOf` */
const reference = /\[`([^`:]+):\d+`\]\([^()\s]+\)(?: `([^`]+)`)?/g;
/** `test/unit/sites.test.ts` "the title of the test" */
const test = /`(test\/[^`]+\.test\.ts)`(?: "((?:[^"\\]|\\.)+)")?/g;
const link = /\]\(((?!https?:|#)[^()\s]+)\)/g;

/**
 * Looks up what a document refers to: a symbol and its line, the tests of its tables, the files that it links to. No
 * cell of a table may be empty.
 *
 * @param path of the document, from the project's folder.
 */
export function checkReferences(path: string, text: string, read: ReadFile): CheckedDocument {
  const files = new Files(read);
  const lines = text.split("\n");
  const { rows, problems } = rowsOf(lines);
  const note = (index: number, problem: string) => problems.push(`line ${index + 1}: ${problem}`);

  for (const [index, line] of outsideCode(lines)) {
    lines[index] = line.replace(reference, (whole, file: string, symbol: string | undefined) => {
      try {
        return written(path, file, symbol, files);
      } catch (error) {
        note(index, `${file}: ${(error as Error).message}`);
        return whole;
      }
    });
    for (const [, target = ""] of lines[index]?.matchAll(link) ?? []) {
      const file = posix.join(posix.dirname(path), target.replace(/#.*$/, ""));
      if (files.text(file) === undefined) note(index, `${file}: there is no such file`);
    }
  }
  for (const { line, cells } of rows) {
    for (const [, file = "", title] of cells.join("\n").matchAll(test)) {
      const problem = testProblem(file, title, files);
      if (problem !== undefined) note(line - 1, `${file}: ${problem}`);
    }
  }
  return { text: lines.join("\n"), problems };
}

/** The project's files, each read and parsed once: a table names the same one many times. */
class Files {
  private readonly texts = new Map<string, string | undefined>();
  private readonly programs = new Map<string, ts.SourceFile>();

  constructor(private readonly read: ReadFile) {}

  text(path: string): string | undefined {
    if (!this.texts.has(path)) this.texts.set(path, this.read(path));
    return this.texts.get(path);
  }

  program(path: string, text: string): ts.SourceFile {
    const known = this.programs.get(path) ?? parsed(path, text);
    this.programs.set(path, known);
    return known;
  }
}

/** @throws {RangeError} when the symbol can't be found. */
function written(document: string, file: string, symbol: string | undefined, files: Files): string {
  if (symbol === undefined) {
    throw new RangeError("it has a line, and no symbol after it: [`path:0`](path) `symbol`");
  }
  const line = lineIn(file, symbol.replaceAll("\\|", "|"), files);
  const target = posix.relative(posix.dirname(document), file);
  return `[\`${file}:${line}\`](${target}#L${line}) \`${symbol}\``;
}

function lineIn(file: string, symbol: string, files: Files): number {
  const text = files.text(file);
  if (text === undefined) throw new RangeError("there is no such file");
  if (file.endsWith(".ts")) return lineOf(files.program(file, text), symbol);
  const index = text.split("\n").findIndex((line) => line.includes(symbol));
  if (index === -1) throw new RangeError(`no line of it has \`${symbol}\``);
  return index + 1;
}

function testProblem(file: string, title: string | undefined, files: Files): string | undefined {
  const text = files.text(file);
  if (text === undefined) return "there is no such file";
  if (title === undefined) return 'it has no title after it: `test/….test.ts` "title"';
  const plain = title.replace(/\\(.)/g, "$1");
  return titlesIn(files.program(file, text)).has(plain) ? undefined : `no test in it is called "${plain}"`;
}
