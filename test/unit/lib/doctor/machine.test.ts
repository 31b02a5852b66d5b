import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { judgeMachine, type MachineTerms } from "../../../../lib/doctor/machine";
import { machineFacts, machineScript } from "../../../../lib/doctor/machineFacts";

const now = new Date("2026-11-21T12:00:00Z");
const digest = "0123456789abcdef".repeat(4);
const terms: MachineTerms = { stack: "production", now, prepared: digest, dataDisk: true, leastFree: 20 };

const firewall =
  "table inet slipway {  chain input {   type filter hook input priority filter; policy drop;   ct state vmap { established : accept }  }" +
  "  chain forward {   type filter hook forward priority filter - 10; policy drop;  } }";

/** What a machine prints that is well. */
const good: Readonly<Record<string, readonly string[]>> = {
  held: ["docker.io", "containerd"],
  lists: [String(now.getTime() / 1000 - 3600)],
  unattended: ["1"],
  clock: ["yes"],
  firewall: [firewall],
  sshd: [
    ...["permitrootlogin no", "passwordauthentication no", "kbdinteractiveauthentication no"],
    ...["maxauthtries 3", "logingracetime 30", "x11forwarding no", "allowagentforwarding no"],
  ],
  fail2ban: ["active"],
  jail: ["2"],
  docker: ["enabled"],
  data: ["/dev/sda ext4"],
  "root-disk": [
    "Filesystem     1024-blocks     Used Available Capacity Mounted on",
    "/dev/vda1       81106868 12000000  69090484      15% /",
  ],
  prepared: [digest],
  end: ["yes"],
};

function findings(
  change: Readonly<Record<string, readonly string[]>> = {},
  more: Partial<MachineTerms> = {},
) {
  const lines = Object.entries({ ...good, ...change }).flatMap(([key, values]) =>
    values.map((value) => `${key}\t${value}`),
  );
  return judgeMachine(machineFacts(lines), { ...terms, ...more });
}

it("finds nothing wrong with a machine that is as it was prepared", () => {
  expect(findings().map(({ what, verdict, value }) => `${verdict} ${what}: ${value}`)).toEqual([
    "ok security updates: none pending",
    "ok lists of updates: fetched 0 days ago, installed by themselves",
    "ok reboot: not needed",
    "ok clock: synchronised",
    "ok firewall: table inet slipway is loaded and drops what it doesn't know",
    "ok sshd: no root, no passwords, 3 tries",
    "ok fail2ban: active, banned now: 2",
    "ok systemd: no unit has failed",
    "ok engine at start: comes back after a reboot",
    "ok data volume: /dev/sda ext4 at /var/lib/docker",
    "ok system disk: 70.7 GB of 83.1 GB free, 85 %",
    "ok preparation: 0123456789ab, the stack's own",
  ]);
});

it.each([
  ["security-update", ["openssl", "libssl3"], "warning", "2 packages pending: openssl, libssl3"],
  ["security-update", ["docker.io", "openssl"], "warning", "docker.io pending"],
  ["lists", [String(now.getTime() / 1000 - 5 * 86_400)], "warning", "5 days old"],
  ["lists", [], "warning", "never fetched"],
  ["unattended", ["0"], "warning", "nothing installs them by itself"],
  ["reboot", ["linux-image-6.1.0-28-amd64"], "warning", "needed by linux-image-6.1.0-28-amd64"],
  ["clock", ["no"], "warning", "not synchronised"],
  ["firewall", ["Error: No such file or directory"], "failed", "table inet slipway isn't loaded"],
  [
    "firewall",
    [firewall.replace("- 10; policy drop", "- 10; policy accept")],
    "failed",
    "chain forward lets through what it doesn't know",
  ],
  ["sshd", ["permitrootlogin yes"], "failed", "permitrootlogin is yes, not no"],
  ["sshd", [], "warning", "`sshd -T` can't be run"],
  ["fail2ban", ["inactive"], "failed", "inactive"],
  ["jail", [], "warning", "active, without a jail for sshd"],
  ["failed-unit", ["cron.service"], "warning", "cron.service failed"],
  ["docker", ["disabled"], "failed", "docker.service is disabled"],
  ["data", [], "failed", "nothing is mounted at /var/lib/docker"],
  ["prepared", [], "failed", "the machine isn't prepared to the end"],
  ["prepared", ["f".repeat(64)], "failed", "ffffffffffff, the stack's is 0123456789ab"],
])("tells of %s %j", (key, values, verdict, value) => {
  const wrong = findings({ [key]: values }).filter((finding) => finding.verdict !== "ok");
  expect(wrong).toEqual([{ what: expect.any(String), verdict, value, advice: expect.stringMatching(/\S/) }]);
});

it("asks for a data volume only where there is one", () => {
  const found = findings({ data: [] }, { dataDisk: false });
  expect(found.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
});

it("takes no answer that was broken off for one", () => {
  expect(() => machineFacts(["clock\tyes"])).toThrow(new RangeError("the machine didn't answer to the end"));
});

it("asks by a script that a shell understands", () => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: machineScript, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
