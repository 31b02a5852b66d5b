import { createHash } from "node:crypto";
import { preparedMarker } from "../machineState";
import type { Preparation, PreparedFile } from "../preparation";
import type { PreparationArgs } from "./arguments";
import { dataVolume } from "./dataVolume";
import { docker } from "./docker";
import { fail2ban } from "./fail2ban";
import { firewall } from "./firewall";
import { hardening } from "./hardening";
import { hostKeys } from "./hostKeys";
import { journal } from "./journal";
import { kernel } from "./kernel";
import { packages } from "./packages";
import { type MachineFile, type Part, quoted } from "./part";
import { prelude, stagedFolder, stagedMarker } from "./prelude";
import { sshd } from "./sshd";
import { swap } from "./swap";
import { time } from "./time";
import { upgrades } from "./upgrades";
import { superuser, user } from "./user";

const packageNames: readonly string[] = [
  "ca-certificates",
  "sudo",
  "python3",
  "nftables",
  "fail2ban",
  "python3-systemd",
  "unattended-upgrades",
  "apt-listchanges",
  "needrestart",
  "auditd",
  "acct",
  "sysstat",
  "debsums",
  "libpam-pwquality",
];

/**
 * What a machine is prepared with, the same on a new one and on one that is there: Debian 12 or newer, Ubuntu 22.04 or
 * newer.
 *
 * The files are staged; the script puts them in their places, changes what isn't so yet, restarts only what it concerns,
 * and at its end notes the preparation's digest in {@link preparedMarker}.
 */
export function preparation(args: PreparationArgs): Preparation {
  const steps = parts(args);
  const files = steps.flatMap((part) => part.files ?? []).map(staged);
  const script = [prelude, ...steps.map(functionOf), ...steps.map(callOf), ending].join("\n");
  const digest = createHash("sha256").update(JSON.stringify({ files, script })).digest("hex");
  return {
    files: [
      ...files,
      {
        path: stagedMarker,
        mode: "0644",
        content: `${digest}
`,
      },
    ],
    script,
  };
}

/** What {@link preparedMarker} says on a machine that has this preparation. */
export function preparationDigest({ files }: Preparation): string {
  const marker = files.find(({ path }) => path === stagedMarker);
  if (marker === undefined) throw new Error(`The preparation has no file ${stagedMarker}.`);
  return marker.content.trim();
}

/** In this order: whom one logs in as first, the firewall before the engine, the door that is closed last. */
function parts({ publicKeys, sshFrom, swap: size, ports, dataDevice }: PreparationArgs): readonly Part[] {
  return [
    hostKeys(),
    user(publicKeys),
    packages(packageNames),
    superuser(),
    journal(),
    kernel(dataDevice),
    firewall({ sshFrom, ports }),
    ...(dataDevice === undefined ? [] : [dataVolume(dataDevice)]),
    docker(dataDevice !== undefined),
    swap(size),
    time(),
    fail2ban(sshFrom),
    upgrades(),
    hardening(),
    sshd(),
  ];
}

function staged({ path, content }: MachineFile): PreparedFile {
  return { path: `${stagedFolder}${path}`, mode: "0644", content };
}

function functionOf({ name, check, files, script }: Part): string {
  const placed = (files ?? []).map(({ mode, path, concerns }) => {
    return ["place", mode, path, ...(concerns === undefined ? [] : [concerns])].join(" ");
  });
  const body = [check?.trim(), ...placed, script?.trim()].filter((text) => text !== undefined);
  return [`prepare_${name}() {`, ...body, "}", ""].join("\n");
}

function callOf({ name, summary }: Part): string {
  return [`part=${quoted(name)}`, `say ${quoted(summary)}`, `prepare_${name}`, ""].join("\n");
}

const ending = `part=end
write 0644 ${preparedMarker} "" < ${stagedMarker}
say 'prepared'
`;
