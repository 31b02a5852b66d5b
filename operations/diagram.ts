import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { catalog } from "../apps/catalog";
import type { AppSpec } from "../apps/spec";
import { documentOf, withDiagram } from "../lib/diagram/document";
import { repository } from "../setup/paths";
import { readOptions } from "./options";
import { OperationError, operationMain } from "./pulumi";

const usage = "npm run diagram -- [--app X] [--check]";

/** Draws each system, or one, as its spec says that it is, into its description. */
async function drawSystems(): Promise<void> {
  const given = readOptions(usage, { app: { type: "string" }, check: { type: "boolean", default: false } });
  const stale: string[] = [];
  for (const app of systems(given.app)) {
    const document = documentOf(app);
    const [before, after] = await documentWith(app, document);
    const current = before === after;
    console.log(`${document}: ${current ? "current" : given.check ? "not current" : "written"}`);
    if (current) continue;
    stale.push(app.name);
    if (given.check) continue;
    await mkdir(dirname(join(repository, document)), { recursive: true });
    await writeFile(join(repository, document), after);
  }
  if (given.check && stale.length > 0) {
    throw new OperationError(`the specs of ${stale.join(", ")} have changed: npm run diagram`);
  }
}

function systems(name: string | undefined): readonly AppSpec[] {
  if (name === undefined) return Object.values(catalog);
  const app = Object.entries(catalog).find(([system]) => system === name)?.[1];
  if (app === undefined) {
    throw new OperationError(
      `--app is ${JSON.stringify(name)}: it must be one of ${Object.keys(catalog).join(", ")}`,
    );
  }
  return [app];
}

async function documentWith(
  app: AppSpec,
  document: string,
): Promise<readonly [before: string | undefined, after: string]> {
  const before = await readFile(join(repository, document), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  try {
    return [before, withDiagram(before, app)];
  } catch (error) {
    throw new OperationError((error as RangeError).message);
  }
}

void operationMain(drawSystems);
