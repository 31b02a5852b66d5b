import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CheckedDocument, checkReferences } from "../lib/documentation/references";
import { repository } from "../setup/paths";

export interface SystemDocument extends CheckedDocument {
  /** From the project's folder. */
  readonly path: string;
  /** Whether what it has is what it should have. */
  readonly current: boolean;
}

const folder = "docs/systems";

/** The descriptions of the systems, with their references looked up. */
export function systemDocuments(): SystemDocument[] {
  const names = readdirSync(join(repository, folder)).filter((name) => name.endsWith(".md"));
  return names.sort().map((name) => {
    const path = `${folder}/${name}`;
    const before = readFileSync(join(repository, path), "utf8");
    const checked = checkReferences(path, before, textOf);
    return { ...checked, path, current: checked.text === before };
  });
}

/** Of a folder, which has none but can be linked to, it is empty. */
function textOf(path: string): string | undefined {
  const stats = statSync(join(repository, path), { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? "" : readFileSync(join(repository, path), "utf8");
}
