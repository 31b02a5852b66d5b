import { file, type Part } from "./part";

/** What Lynis asks of a server besides, as far as it makes one safer. */
export function hardening(): Part {
  return {
    name: "hardening",
    summary: "hardening: banner, file modes, core dumps, passwords, audit",
    files: [
      file("/etc/issue", banner),
      file("/etc/issue.net", banner),
      file("/etc/security/limits.d/slipway.conf", ["* hard core 0", "root hard core 0"]),
      file("/etc/systemd/coredump.conf.d/slipway.conf", ["[Coredump]", "Storage=none", "ProcessSizeMax=0"]),
      file("/etc/profile.d/slipway.sh", ["umask 027", "ulimit -S -c 0 2> /dev/null"]),
      { ...file("/etc/audit/rules.d/slipway.rules", auditRules, "audit"), mode: "0640" },
    ],
    script,
  };
}

const banner: readonly string[] = [
  "Authorised users only. All access to this system is monitored and recorded, and may be",
  "audited. Unauthorised access is prohibited and will be prosecuted under the law.",
  "",
];

/** Who became whom, and who changed what decides on it (CIS Docker Benchmark 1.1 for the engine's part). */
const auditRules: readonly string[] = [
  ...["passwd", "group", "shadow", "gshadow"].map((name) => `-w /etc/${name} -p wa -k identity`),
  "-w /etc/sudoers -p wa -k privileges",
  "-w /etc/sudoers.d -p wa -k privileges",
  "-w /etc/ssh -p wa -k sshd",
  "-w /etc/slipway -p wa -k firewall",
  "-w /etc/docker -p wa -k docker",
  "-w /usr/bin/dockerd -p wa -k docker",
];

const script = `
# Passwords of users that are made from now on; nobody logs in with one.
set_value /etc/login.defs UMASK 027
set_value /etc/login.defs PASS_MAX_DAYS 365
set_value /etc/login.defs PASS_MIN_DAYS 1
set_value /etc/login.defs SHA_CRYPT_MIN_ROUNDS 65536
set_value /etc/login.defs SHA_CRYPT_MAX_ROUNDS 65536

local path
for path in /etc/crontab /etc/ssh/sshd_config; do
  [ ! -e "$path" ] || chmod 0600 "$path"
done
for path in /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly; do
  [ ! -e "$path" ] || chmod 0700 "$path"
done

load_audit_rules() {
  augenrules --load > /dev/null 2>&1 || say "  the kernel takes no audit rules here"
}
settle audit load_audit_rules
enable auditd.service
enable acct.service
if [ -f /etc/default/sysstat ]; then
  sed 's/^ENABLED=.*/ENABLED="true"/' /etc/default/sysstat | write 0644 /etc/default/sysstat ""
fi
enable sysstat.service`;
