import { gzipSync } from "node:zlib";
import { yamlText } from "../observability/yamlText";
import { machineUser } from "./connection";
import { bootstrapMarker } from "./machine/hostKeys";
import { stagedFolder, stateFolder } from "./machine/prelude";
import { publicKeysFile } from "./machine/user";
import type { Preparation } from "./preparation";

/** A host key that authenticates a new machine at the first contact, and nothing afterwards. */
export interface BootstrapHostKey {
  /** ECDSA, in OpenSSH's form. */
  readonly privateKey: string;
  readonly publicKey: string;
}

export interface UserDataArgs {
  readonly bootstrapHostKey: BootstrapHostKey;
}

/** Bytes that DigitalOcean accepts. */
const textLimit = 65_536;
/** Bytes that EC2 accepts, compressed or not. */
const compressedLimit = 16_384;

const program = `${stateFolder}/prepare`;

/**
 * User data with which cloud-init prepares a new machine. Whatever runs on the machine can read them as long as it lives,
 * so there is no secret in them but the bootstrap host key.
 *
 * @throws when nobody could log in, or the cloud wouldn't take them.
 */
export function userData(preparation: Preparation, { bootstrapHostKey }: UserDataArgs): string {
  const publicKeys = authorizedKeys(preparation);
  if (publicKeys.length === 0) {
    throw new Error(
      "slipway:machine.publicKeys is empty: a new machine would let nobody in. Add the line of your ~/.ssh/id_ed25519.pub",
    );
  }
  const text = `#cloud-config\n${yamlText({
    ssh_keys: { ecdsa_private: bootstrapHostKey.privateKey, ecdsa_public: bootstrapHostKey.publicKey },
    disable_root: true,
    ssh_pwauth: false,
    users: [
      {
        name: machineUser,
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL:ALL) NOPASSWD:ALL",
        // Also while the machine prepares itself, to see what it does.
        ssh_authorized_keys: [...publicKeys],
      },
    ],
    write_files: [
      { path: bootstrapMarker, permissions: "0644", content: "" },
      { path: program, permissions: "0700", encoding: "gz+b64", content: compressed(bundle(preparation)) },
    ],
    runcmd: [[program]],
  })}`;
  refuseMoreThan(textLimit, Buffer.byteLength(text), publicKeys.length);
  return text;
}

/** The same for EC2, which takes them compressed, in base64; cloud-init unpacks them. */
export function compressedUserData(preparation: Preparation, args: UserDataArgs): string {
  const compressed = gzipSync(userData(preparation, args), { level: 9 });
  refuseMoreThan(compressedLimit, compressed.length, authorizedKeys(preparation).length);
  return compressed.toString("base64");
}

function refuseMoreThan(limit: number, size: number, keys: number): void {
  if (size <= limit) return;
  throw new Error(
    `The user data of the machine have ${size} bytes, and the cloud accepts ${limit}: shorten slipway:machine.publicKeys ` +
      `(${keys} of them) or slipway:machine.sshFrom. Keys of the kind ed25519 are short.`,
  );
}

function authorizedKeys({ files }: Preparation): string[] {
  const content = files.find(({ path }) => path === `${stagedFolder}${publicKeysFile}`)?.content ?? "";
  return content.split("\n").filter((line) => line !== "");
}

/** The files and the script as one script, without its comments: together they compress to a third. */
function bundle({ files, script }: Preparation): string {
  const written = files.map(({ path, mode, content }) =>
    [
      `mkdir -p "$(dirname ${path})"`,
      `cat > ${path}.slipway-new << 'SLIPWAY-END'`,
      `${content}SLIPWAY-END`,
      `chmod ${mode} ${path}.slipway-new`,
      `mv -f ${path}.slipway-new ${path}`,
      "",
    ].join("\n"),
  );
  const commands = script.split("\n").filter((line) => !/^\s*#/.test(line));
  return ["#!/bin/bash", "set -euo pipefail", "umask 022", ...written, ...commands].join("\n");
}

/** The same bytes on every machine: Node's gzip has neither a time nor a name in them. */
function compressed(text: string): string {
  return gzipSync(text, { level: 9 }).toString("base64");
}
