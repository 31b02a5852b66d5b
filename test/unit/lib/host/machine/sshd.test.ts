import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { admission } from "../../../../../lib/host/machine/sshd";

/** Runs the check where sshd has these settings, and the user these groups. */
function checked(settings: string, groups = "deploy docker"): string {
  const script = `set -Eeuo pipefail
sshd() { printf '%s\\n' ${JSON.stringify(settings)}; }
id() { echo ${groups}; }
fail() { echo "$*"; exit 1; }
check() {
${admission}
}
check
echo good`;
  const { stdout, stderr } = spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
  return stdout.trim() + stderr;
}

it.each([
  "permitrootlogin yes",
  "allowusers root\nallowusers deploy",
  "allowusers deploy@203.0.113.*",
  "allowusers dep*",
  "allowgroups wheel docker",
])("goes on where %j lets the new user in", (settings) => {
  expect(checked(settings)).toBe("good");
});

it.each([
  ["allowusers root\nallowusers ada", "AllowUsers"],
  ["allowgroups wheel", "AllowGroups"],
])("stops before the door is closed where %j would keep the new user out", (settings, list) => {
  expect(checked(settings)).toBe(
    `nobody could log in any more: add deploy to ${list} in /etc/ssh/sshd_config`,
  );
});
