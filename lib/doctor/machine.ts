import { fileSystem, judgeDisk } from "./disks";
import { counted, type Finding, failed, ok, warning } from "./finding";
import type { MachineFacts } from "./machineFacts";

export interface MachineTerms {
  readonly stack: string;
  readonly now: Date;
  /** The digest of what the machine should be prepared with, where it is known. */
  readonly prepared: string | undefined;
  /** Whether the data are on a disk of their own. */
  readonly dataDisk: boolean;
  /** Percent of a disk that should be free. */
  readonly leastFree: number;
}

/** All that is known of a machine by logging in to it. */
export function judgeMachine(facts: MachineFacts, terms: MachineTerms): Finding[] {
  return [
    judgeUpdates(facts),
    judgeLists(facts, terms.now),
    judgeReboot(facts),
    judgeClock(facts),
    judgeFirewall(facts),
    judgeSshd(facts),
    judgeBans(facts),
    judgeUnits(facts),
    judgeEngine(facts),
    ...judgeData(facts, terms),
    judgeRootDisk(facts, terms.leastFree),
    judgePrepared(facts, terms),
  ];
}

const prepare = (stack: string) =>
  `\`pulumi up --stack ${stack} --target-replace '**-preparation'\` prepares the machine again`;
const restartFirewall = "`sudo systemctl restart slipway-firewall` on the machine loads it";
const first = (facts: MachineFacts, key: string) => facts.get(key)?.[0];

function judgeUpdates(facts: MachineFacts): Finding {
  const what = "security updates";
  const held = facts.get("held") ?? [];
  const pending = facts.get("security-update") ?? [];
  const byHand = pending.filter((name) => held.includes(name));
  const byItself = pending.filter((name) => !held.includes(name));
  if (byHand.length > 0) {
    const advice =
      "held back, as the engine restarts: `apt-mark unhold`, upgrade and hold again in a quiet hour";
    return warning(what, `${byHand.join(", ")} pending`, advice);
  }
  if (byItself.length > 0) {
    const value = `${counted(byItself.length, "package")} pending: ${byItself.slice(0, 5).join(", ")}`;
    return warning(
      what,
      value,
      "the machine installs them by itself within a day; `sudo unattended-upgrade` does it now",
    );
  }
  return ok(what, "none pending");
}

const day = 86_400;
/** Days: the lists are fetched every day, a night or two may fail. */
const oldLists = 3;

function judgeLists(facts: MachineFacts, now: Date): Finding {
  const what = "lists of updates";
  const advice = "`systemctl status apt-daily.timer apt-daily-upgrade.timer` says why";
  const fetched = Number(first(facts, "lists") ?? 0);
  const age = Math.floor((now.getTime() / 1000 - fetched) / day);
  if (fetched === 0) return warning(what, "never fetched", advice);
  if (age > oldLists) return warning(what, `${age} days old`, advice);
  if (first(facts, "unattended") !== "1") {
    return warning(what, "nothing installs them by itself", "APT::Periodic::Unattended-Upgrade is not 1");
  }
  return ok(what, `fetched ${counted(age, "day")} ago, installed by themselves`);
}

function judgeReboot(facts: MachineFacts): Finding {
  const what = "reboot";
  if (!facts.has("reboot")) return ok(what, "not needed");
  return warning(
    what,
    `needed by ${first(facts, "reboot")}`,
    "`sudo reboot` in a quiet hour: everything comes back by itself",
  );
}

function judgeClock(facts: MachineFacts): Finding {
  if (first(facts, "clock") === "yes") return ok("clock", "synchronised");
  return warning(
    "clock",
    "not synchronised",
    "`timedatectl timesync-status`, `systemctl status chrony systemd-timesyncd`",
  );
}

function judgeFirewall(facts: MachineFacts): Finding {
  const what = "firewall";
  const rules = first(facts, "firewall") ?? "";
  if (!rules.startsWith("table inet slipway")) {
    return failed(what, "table inet slipway isn't loaded", restartFirewall);
  }
  const open = ["input", "forward"].filter(
    (chain) => !new RegExp(`chain ${chain} \\{\\s*type filter hook ${chain} [^;]*; policy drop;`).test(rules),
  );
  if (open.length > 0) {
    return failed(what, `chain ${open.join(" and ")} lets through what it doesn't know`, restartFirewall);
  }
  return ok(what, "table inet slipway is loaded and drops what it doesn't know");
}

/** What sshd must say of itself (dev-sec, Lynis). */
const sshd: Readonly<Record<string, string>> = {
  permitrootlogin: "no",
  passwordauthentication: "no",
  kbdinteractiveauthentication: "no",
  maxauthtries: "3",
  logingracetime: "30",
  x11forwarding: "no",
  allowagentforwarding: "no",
  permitemptypasswords: "no",
};

function judgeSshd(facts: MachineFacts): Finding {
  const what = "sshd";
  const lines = facts.get("sshd");
  if (lines === undefined) return warning(what, "`sshd -T` can't be run", "log in and look at it by hand");
  const said = new Map(lines.map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
  const other = Object.entries(sshd).filter(([key, value]) => said.has(key) && said.get(key) !== value);
  if (other.length === 0) return ok(what, "no root, no passwords, 3 tries");
  const value = other.map(([key, wanted]) => `${key} is ${said.get(key)}, not ${wanted}`).join(", ");
  return failed(
    what,
    value,
    "`sudo sshd -T` after `sudo systemctl reload ssh`; what is read before /etc/ssh/sshd_config.d/00-slipway.conf wins over it",
  );
}

function judgeBans(facts: MachineFacts): Finding {
  const what = "fail2ban";
  const state = first(facts, "fail2ban") ?? "not there";
  if (state !== "active") return failed(what, state, "`systemctl status fail2ban` says why");
  const banned = first(facts, "jail");
  if (banned === undefined)
    return warning(what, "active, without a jail for sshd", "`fail2ban-client status`");
  return ok(what, `active, banned now: ${banned}`);
}

function judgeUnits(facts: MachineFacts): Finding {
  const units = facts.get("failed-unit") ?? [];
  if (units.length === 0) return ok("systemd", "no unit has failed");
  return warning("systemd", `${units.join(", ")} failed`, `\`systemctl status ${units[0]}\` says why`);
}

function judgeEngine(facts: MachineFacts): Finding {
  if (first(facts, "docker") === "enabled") return ok("engine at start", "comes back after a reboot");
  return failed(
    "engine at start",
    `docker.service is ${first(facts, "docker") ?? "not there"}`,
    "`sudo systemctl enable docker`",
  );
}

function judgeData(facts: MachineFacts, { dataDisk }: MachineTerms): Finding[] {
  if (!dataDisk) return [];
  const mounted = first(facts, "data");
  if (mounted !== undefined) return [ok("data volume", `${mounted} at /var/lib/docker`)];
  const advice =
    "stop the engine before anything is written beside it; `journalctl -b -u var-lib-docker.mount` says why";
  return [failed("data volume", "nothing is mounted at /var/lib/docker", advice)];
}

function judgeRootDisk(facts: MachineFacts, leastFree: number): Finding {
  const disk = fileSystem(facts.get("root-disk") ?? []);
  return judgeDisk("system disk", disk, leastFree, "`journalctl --disk-usage`, `sudo apt-get clean`");
}

function judgePrepared(facts: MachineFacts, { stack, prepared }: MachineTerms): Finding {
  const what = "preparation";
  const digest = first(facts, "prepared");
  if (digest === undefined) return failed(what, "the machine isn't prepared to the end", prepare(stack));
  const shown = digest.slice(0, 12);
  if (prepared !== undefined && prepared !== digest) {
    return failed(what, `${shown}, the stack's is ${prepared.slice(0, 12)}`, prepare(stack));
  }
  return ok(what, prepared === undefined ? shown : `${shown}, the stack's own`);
}
