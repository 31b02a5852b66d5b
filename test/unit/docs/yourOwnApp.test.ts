import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AppSpec } from "../../../apps/spec";
import { miniflux } from "../../../docs/examples/miniflux";
import { parse } from "../../../docs/examples/parse";
import { specProblems } from "../../../lib/specProblems";
import { exampleStandIns } from "../../../setup/images/exampleStandIns";
import { repository } from "../../../setup/paths";
import { quoted, quotedSettings } from "../../examples";

const examples: readonly (readonly [keyof typeof exampleStandIns, AppSpec, string])[] = [
  ["miniflux", miniflux, "reader"],
  ["parse", parse, "notes"],
];

describe.each(examples)("%s in docs/your-own-app.md", (name, app, stack) => {
  const source = readFileSync(join(repository, `docs/examples/${name}.ts`), "utf8");

  test("is the file that is tried out", () => {
    expect(quoted(`docs/examples/${name}.ts`)).toBe(source);
  });

  test("is said in less than 40 lines", () => {
    const lines = source.slice(source.indexOf("export const")).trimEnd().split("\n");
    expect(lines.at(-1)).toBe("};");
    expect(lines.length).toBeLessThan(40);
  });

  test("has no problems, and the name that the catalog knows it by", () => {
    expect(specProblems(app)).toEqual([]);
    expect(app.name).toBe(name);
  });

  test("has the release that there is a stand-in for", () => {
    const { version } = quotedSettings(stack);
    expect(`${app.images[name]?.repository}:${version}`).toBe(exampleStandIns[name].image);
  });
});
