import { readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { repository } from "../setup/paths";

const guide = "docs/your-own-app.md";

/** What a document quotes of a file. */
export function quoted(file: string, document = guide): string {
  const text = readFileSync(join(repository, document), "utf8");
  const code = text.split(`<!-- ${file} -->\n\`\`\``)[1]?.match(/^\w+\n(.*?)^```$/ms)?.[1];
  if (code === undefined) throw new Error(`${document} has no code after the comment "${file}"`);
  return code;
}

/** The settings of a stack's file that a document quotes. */
export function quotedSettings(stack: string, document = guide): Readonly<Record<string, unknown>> {
  const yaml = quoted(`Pulumi.${stack}.yaml`, document);
  const { config } = parseYaml(yaml) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("slipway:", ""), value]),
  );
}

/** Makes an example known to a copy of the project, as docs/your-own-app.md has it done by hand. */
export async function addExample(name: string, project: string): Promise<void> {
  await cp(join(repository, `docs/examples/${name}.ts`), join(project, `apps/${name}.ts`));
  const catalog = join(project, "apps/catalog.ts");
  const text = await readFile(catalog, "utf8");
  const entered = text.replace("= {", `= { ${name},`);
  if (entered === text) throw new Error(`${catalog} has no list of systems`);
  await writeFile(catalog, `import { ${name} } from "./${name}";\n${entered}`);
}
