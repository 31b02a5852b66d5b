import { expect, test } from "vitest";
import { guardianCommand, guardianFiles } from "../../../../lib/observability/guardian";

test("the files are all that the script loads", () => {
  const files = guardianFiles();
  expect(`/etc/guardian/${Object.keys(files).find((name) => name === "guardian.mjs")}`).toBe(
    guardianCommand.at(-1),
  );
  const texts = Object.values(files).join("\n");
  const imported = [...texts.matchAll(/from "(?<module>[^"]+)"/g)].map(({ groups }) => groups?.module ?? "");
  const own = new Set(imported.filter((module) => !module.startsWith("node:")));
  expect([...own].sort()).toEqual(
    Object.keys(files)
      .filter((name) => name !== "guardian.mjs")
      .map((name) => `./${name}`),
  );
});
