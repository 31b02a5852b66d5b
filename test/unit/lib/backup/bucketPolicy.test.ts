import { expect, it } from "vitest";
import { bucketPolicy } from "../../../../lib/backup/bucketPolicy";

const place = { bucket: "backups", prefix: "clubhouse/production" };

it("lets the server read and add in its folder, and delete locks alone", () => {
  const statements = bucketPolicy(place).Statement.map(({ Action, Resource }) => [Resource, Action]);
  expect(statements).toEqual([
    ["arn:aws:s3:::backups", ["s3:ListBucket", "s3:GetBucketLocation"]],
    ["arn:aws:s3:::backups/clubhouse/production/*", ["s3:GetObject", "s3:PutObject"]],
    ["arn:aws:s3:::backups/clubhouse/production/locks/*", ["s3:DeleteObject"]],
  ]);
});

it("names whose credentials they are in a policy of the bucket, and nobody in one of a user", () => {
  const principal = "arn:aws:iam::123456789012:user/backup";
  const named = bucketPolicy({ ...place, principal }).Statement.map((statement) => statement.Principal);
  expect(named).toEqual([{ AWS: principal }, { AWS: principal }, { AWS: principal }]);
  expect(JSON.stringify(bucketPolicy(place))).not.toContain("Principal");
});
