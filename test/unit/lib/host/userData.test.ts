import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { preparation } from "../../../../lib/host/machine/preparation";
import type { Preparation } from "../../../../lib/host/preparation";
import { compressedUserData, userData } from "../../../../lib/host/userData";

const key =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF5v2v0x8uQzMbMYfCk8Yq2b6cJQ2sU7m3rA1uXh0zqT ada@example.com";
const bootstrapHostKey = {
  privateKey:
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
  publicKey: "ecdsa-sha2-nistp256 AAAAE2VjZHNh",
};

function prepared(publicKeys: readonly string[] = [key]): Preparation {
  const dataDevice = "/dev/disk/by-id/scsi-0DO_Volume_shop";
  return preparation({
    publicKeys,
    sshFrom: ["203.0.113.7/32"],
    swap: 2048,
    ports: { http: 80, https: 443 },
    dataDevice,
  });
}

function program(text: string): string {
  const { write_files } = parse(text) as { write_files: { path: string; content: string }[] };
  const content = write_files.find(({ path }) => path === "/var/lib/slipway/prepare")?.content ?? "";
  return gunzipSync(Buffer.from(content, "base64")).toString();
}

it("tells cloud-init who may log in, the host key of the first contact, and to run the preparation", () => {
  const text = userData(prepared(), { bootstrapHostKey });
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  expect(parse(text)).toEqual({
    ssh_keys: { ecdsa_private: bootstrapHostKey.privateKey, ecdsa_public: bootstrapHostKey.publicKey },
    disable_root: true,
    ssh_pwauth: false,
    users: [
      {
        name: "deploy",
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL:ALL) NOPASSWD:ALL",
        ssh_authorized_keys: [key],
      },
    ],
    write_files: [
      { path: "/var/lib/slipway/bootstrap_host_key", permissions: "0644", content: "" },
      {
        path: "/var/lib/slipway/prepare",
        permissions: "0700",
        encoding: "gz+b64",
        content: expect.any(String),
      },
    ],
    runcmd: [["/var/lib/slipway/prepare"]],
  });
});

it("is the same text for the same machine", () => {
  expect(userData(prepared(), { bootstrapHostKey })).toBe(userData(prepared(), { bootstrapHostKey }));
});

it("writes the files and runs the script", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-user-data-"));
  const path = join(folder, "files/etc/thing.conf");
  const content = "# kept\na = '$HOME'\n\\ `end`\n";
  const script = `#!/bin/bash\n# left out\ncat ${path} > ${folder}/copy\n`;
  try {
    const text = userData(
      {
        files: [
          ...prepared().files.filter((file) => file.path.endsWith("/public_keys")),
          { path, mode: "0640", content },
        ],
        script,
      },
      { bootstrapHostKey },
    );
    const written = program(text).replaceAll("/var/lib/slipway/files", `${folder}/files`);
    expect(written).not.toContain("left out");
    execFileSync("bash", ["-s"], { input: written });
    expect(readFileSync(join(folder, "copy"), "utf8")).toBe(content);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("fits into what EC2 takes with ten keys", () => {
  const keys = Array.from({ length: 10 }, (_, index) => {
    // As little compressible as real ones.
    const blob = createHash("sha256").update(String(index)).digest("base64").slice(0, 43);
    return `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${blob} person${index}@example.com`;
  });
  const compressed = Buffer.from(compressedUserData(prepared(keys), { bootstrapHostKey }), "base64");
  expect(compressed.length).toBeLessThanOrEqual(16_384);
  expect(gunzipSync(compressed).toString()).toBe(userData(prepared(keys), { bootstrapHostKey }));
});

it("refuses more than clouds take, and says what to shorten", () => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const blob = Array.from({ length: 8 }, (_, part) =>
        createHash("sha256").update(`${index} ${part}`).digest("base64").slice(0, 43),
      );
      return `ssh-rsa AAAAB3NzaC1yc2E${blob.join("")} person${index}@example.com`;
    });
  const said = (count: number, limit: number) =>
    new RegExp(
      `^The user data of the machine have \\d+ bytes, and the cloud accepts ${limit}: shorten slipway:machine\\.publicKeys \\(${count} of them\\)`,
    );
  expect(() => compressedUserData(prepared(keys(40)), { bootstrapHostKey })).toThrow(said(40, 16_384));
  expect(userData(prepared(keys(40)), { bootstrapHostKey })).toMatch(/^#cloud-config\n/);
  expect(() => userData(prepared(keys(120)), { bootstrapHostKey })).toThrow(said(120, 65_536));
});

it("refuses a machine that would let nobody in", () => {
  expect(() => userData(prepared([]), { bootstrapHostKey })).toThrow(
    "slipway:machine.publicKeys is empty: a new machine would let nobody in.",
  );
});
