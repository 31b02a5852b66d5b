import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../setup/paths";
import { systemDocuments } from "./documents";
import { readOptions } from "./options";
import { OperationError, operationMain } from "./pulumi";

const usage = "npm run docs:lines -- [--check]";

/** Corrects the lines that the descriptions of the systems refer to, and says what else is wrong in them. */
async function correctLines(): Promise<void> {
  const { check } = readOptions(usage, { check: { type: "boolean", default: false } });
  const wrong: string[] = [];
  for (const { path, text, current, problems } of systemDocuments()) {
    wrong.push(...problems.map((problem) => `${path}, ${problem}`));
    if (current) continue;
    if (check) {
      wrong.push(`${path}: lines have moved: npm run docs:lines`);
      continue;
    }
    await writeFile(join(repository, path), text);
    console.log(`${path}: lines corrected`);
  }
  if (wrong.length > 0) throw new OperationError(wrong.join("\n"));
}

void operationMain(correctLines);
