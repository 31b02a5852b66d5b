import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bucketPolicy } from "../../../../lib/backup/bucketPolicy";

test("the policy in the documentation is the one that was tried", () => {
  const text = readFileSync(join(__dirname, "../../../../docs/backups.md"), "utf8");
  const [, json = ""] = /```json\n([^`]+)```/.exec(text) ?? [];
  const prefix = "clubhouse/production";
  expect(JSON.parse(json)).toEqual(bucketPolicy({ bucket: "clubhouse-backups", prefix }));
});
