import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { catalog } from "../../../../apps/catalog";
import { diagram } from "../../../../lib/diagram/diagram";
import { documentOf, withDiagram } from "../../../../lib/diagram/document";
import { repository } from "../../../../setup/paths";
import { shop } from "../../fixtures";

const picture = `<!-- diagram -->\n\n\`\`\`mermaid\n${diagram(shop)}\n\`\`\`\n\n<!-- /diagram -->`;

it.each(Object.values(catalog))("is current for $name: npm run diagram", async (app) => {
  const document = await readFile(join(repository, documentOf(app)), "utf8");
  expect(document).toBe(withDiagram(document, app));
});

it("begins a description where there is none", () => {
  expect(documentOf(shop)).toBe("docs/systems/shop.md");
  expect(withDiagram(undefined, shop)).toBe(`# shop\n\n${picture}\n`);
});

it("puts the picture between its two lines, and leaves the rest as it is", () => {
  const document = "# The shop\n\n<!-- diagram -->old<!-- /diagram -->\nWhat it needs.\n";
  expect(withDiagram(document, shop)).toBe(`# The shop\n\n${picture}\nWhat it needs.\n`);
});

it.each(["# The shop\n", "<!-- diagram -->\n", "<!-- /diagram --> <!-- diagram -->"])(
  "doesn't guess where it goes in %j",
  (document) => {
    expect(() => withDiagram(document, shop)).toThrow(
      new RangeError(
        "docs/systems/shop.md doesn't say where the picture goes: it must have the line <!-- diagram -->, and <!-- /diagram --> after it",
      ),
    );
  },
);
