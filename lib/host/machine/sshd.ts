import { machineUser } from "../connection";
import { file, type Part } from "./part";

/** The first value counts: this file is read before the one that cloud-init writes, and before the main one. */
const path = "/etc/ssh/sshd_config.d/00-slipway.conf";

const settings: readonly string[] = [
  "PermitRootLogin no",
  "PubkeyAuthentication yes",
  "PasswordAuthentication no",
  "KbdInteractiveAuthentication no",
  "PermitEmptyPasswords no",
  "PermitUserEnvironment no",
  "MaxAuthTries 3",
  "LoginGraceTime 30",
  // An update opens many sessions at once.
  "MaxSessions 64",
  "MaxStartups 100:30:200",
  "X11Forwarding no",
  "AllowAgentForwarding no",
  // The engine's socket is reached by a tunnel from the one who deploys; nothing else is. With AllowTcpForwarding no,
  // sshd refuses sockets too.
  "AllowTcpForwarding local",
  "AllowStreamLocalForwarding local",
  "PermitOpen [/var/run/docker.sock]:*",
  "PermitTunnel no",
  "GatewayPorts no",
  "ClientAliveInterval 60",
  "ClientAliveCountMax 2",
  "TCPKeepAlive no",
  "Compression no",
  "UseDNS no",
  "LogLevel VERBOSE",
  "Banner /etc/issue.net",
];

/** What `sshd -T` must say, lest a file that is read earlier has the last word. */
const crucial = settings.slice(0, 4).map((setting) => setting.toLowerCase());

/** Whoever logs in from now on must not be one of those that the machine's own settings keep out. */
export const admission = `
# lets_in keyword name...: whether a list of sshd's settings, if there is one, has one of the names.
lets_in() {
  local pattern name patterns
  mapfile -t patterns < <(awk -v key="$1" '$1 == key { for (field = 2; field <= NF; field++) print $field }' <<< "$effective")
  [ "\${#patterns[@]}" -gt 0 ] || return 0
  for pattern in "\${patterns[@]}"; do
    for name in "\${@:2}"; do
      # shellcheck disable=SC2053 # sshd's patterns are as bash's are.
      [[ "$name" != \${pattern%%@*} ]] || return 0
    done
  done
  return 1
}
local effective groups
effective=$(sshd -T)
read -ra groups < <(id -nG ${machineUser})
lets_in allowusers ${machineUser} || fail "nobody could log in any more: add ${machineUser} to AllowUsers in /etc/ssh/sshd_config"
lets_in allowgroups "\${groups[@]}" || fail "nobody could log in any more: add ${machineUser} to AllowGroups in /etc/ssh/sshd_config"`;

/** Keys only, nobody as root. The last step that can cut off who runs this, so that all others are done. */
export function sshd(): Part {
  return {
    name: "sshd",
    summary: "sshd: keys only, no root, no forwarding but to the engine",
    check: `
mkdir -p /run/sshd
if ! grep -qsE '^[[:space:]]*Include[[:space:]]+/etc/ssh/sshd_config\\.d/\\*\\.conf' /etc/ssh/sshd_config; then
  { echo 'Include /etc/ssh/sshd_config.d/*.conf'; cat /etc/ssh/sshd_config; } | write 0644 /etc/ssh/sshd_config ssh
fi${admission}`,
    files: [file(path, settings, "ssh")],
    script: `
local setting
if ! sshd -t; then
  mv -f ${path} ${path}.refused
  fail "sshd refuses its settings, so they are not in effect (they are in ${path}.refused)"
fi
# Once and in full: under pipefail a grep that stops reading early makes its pipe fail.
effective=$(sshd -T)
for setting in ${crucial.map((setting) => `"${setting}"`).join(" ")}; do
  grep -qx "$setting" <<< "$effective" || fail "sshd doesn't have '$setting': something in /etc/ssh/sshd_config comes before ${path}"
done
systemctl enable --quiet ssh.service 2> /dev/null || true
settle ssh systemctl try-reload-or-restart ssh.service`,
  };
}
