import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { builtImage } from "../../../lib/builtImage";

const pins = ["postgres:17.10-bookworm", "restic/restic:0.18.1"];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-image-"));
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  writeFileSync(join(folder, "service.mjs"), "start();\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is the same for the same files and pins", () => {
  expect(builtImage("backup", folder, pins)).toMatch(/^slipway\/backup:[0-9a-f]{16}$/);
  expect(builtImage("backup", folder, [...pins])).toBe(builtImage("backup", folder, pins));
});

it.each<[string, () => void]>([
  ["another content of a file", () => writeFileSync(join(folder, "service.mjs"), "start(2);\n")],
  ["a file more", () => writeFileSync(join(folder, "cli.mjs"), "")],
  ["a file less", () => rmSync(join(folder, "service.mjs"))],
])("is another one with %s", (_, change) => {
  const before = builtImage("backup", folder, pins);
  change();
  expect(builtImage("backup", folder, pins)).not.toBe(before);
});

it("is another one with a file of another name", () => {
  const before = builtImage("backup", folder, pins);
  rmSync(join(folder, "service.mjs"));
  writeFileSync(join(folder, "services.mjs"), "start();\n");
  expect(builtImage("backup", folder, pins)).not.toBe(before);
});

it.each([
  [["postgres:17.11-bookworm", "restic/restic:0.18.1"]],
  [["postgres:17.10-bookworm", "restic/restic:0.18.2"]],
  // The same release from elsewhere may be another image.
  [["registry.example.com/postgres:17.10-bookworm", "restic/restic:0.18.1"]],
])("is another one with the pins %j", (others) => {
  expect(builtImage("backup", folder, others)).not.toBe(builtImage("backup", folder, pins));
});

it("is named after what runs in it", () => {
  expect(builtImage("proxy", folder, pins)).toBe(
    builtImage("backup", folder, pins).replace("backup", "proxy"),
  );
});
