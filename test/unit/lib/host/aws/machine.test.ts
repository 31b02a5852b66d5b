import { expect, it } from "vitest";
import { encryptedOnly } from "../../../../../lib/host/aws/bucketAccess";
import { dataDevice, firstSubnet, importableKey } from "../../../../../lib/host/aws/machine";

it("finds a volume by the id that its serial number has without the hyphen", () => {
  expect(dataDevice("vol-0123456789abcdef0")).toBe(
    "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0",
  );
});

it("imports the first key that EC2 takes, without its comment", () => {
  const security = "sk-ssh-ed25519@openssh.com AAAAsecurity key@example.com";
  const elliptic = "ecdsa-sha2-nistp256 AAAAelliptic";
  expect(importableKey([security, elliptic, "ssh-ed25519 AAAAada ada@example.com", "ssh-rsa AAAAold"])).toBe(
    "ssh-ed25519 AAAAada",
  );
  expect(importableKey(["ssh-rsa AAAAold"])).toBe("ssh-rsa AAAAold");
  expect(importableKey([security, elliptic])).toBeUndefined();
});

it("takes the first 64 bits of the block that Amazon gives", () => {
  expect(firstSubnet("2600:1f18:abcd:ef00::/56")).toBe("2600:1f18:abcd:ef00::/64");
});

it("refuses whoever speaks to a bucket without encryption", () => {
  expect(encryptedOnly("arn:aws:s3:::shop-backups")).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EncryptedConnectionsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::shop-backups", "arn:aws:s3:::shop-backups/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
});
