import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureSshFolder } from "../../../../lib/host/sshFolder";

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-home-"));
});

afterAll(() => rmSync(home, { recursive: true }));

test("the folder of ssh is made for its owner alone, and left as it is when it is there", () => {
  ensureSshFolder(home);
  expect(statSync(join(home, ".ssh")).mode & 0o777).toBe(0o700);

  chmodSync(join(home, ".ssh"), 0o500);
  ensureSshFolder(home);
  expect(statSync(join(home, ".ssh")).mode & 0o777).toBe(0o500);
});
