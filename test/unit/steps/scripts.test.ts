import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import * as step from "../../../operations/steps/step";

const folder = join(__dirname, "../../../operations/steps");
const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));

afterEach(() => {
  vi.restoreAllMocks();
});

it.each(files)("%s does nothing when it is only imported", async (file) => {
  const read = vi.spyOn(process, "stdin", "get");
  const main = vi.spyOn(step, "stepMain");
  await import(join(folder, file));
  expect(read).not.toHaveBeenCalled();
  expect(main).not.toHaveBeenCalled();
});
