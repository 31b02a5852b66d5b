import { expect, it } from "vitest";
import { awsShop, recordAws } from "../components/host/aws";
import { judgedOf, violations } from "./verdict";

it("an EC2 instance with all that belongs to it keeps to every rule", async () => {
  const resources = judgedOf(await recordAws(awsShop({ bucket: "shop-backups" })));
  expect(resources.map(({ type }) => type)).toEqual(
    expect.arrayContaining([
      "aws:ebs/volume:Volume",
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
      "aws:s3/bucket:Bucket",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "aws:s3/bucketVersioning:BucketVersioning",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ]),
  );
  expect(violations(resources)).toEqual([]);
});

it("an EC2 instance that everybody may log in to draws a warning", async () => {
  const config = awsShop({}, { sshFrom: ["0.0.0.0/0", "::/0"] });
  const found = violations(judgedOf(await recordAws(config)));
  expect(found.map(({ policy }) => policy)).toEqual(["ssh-restricted", "ssh-restricted"]);
});
