/**
 * What a machine is asked, by a script that changes nothing and prints a line each: `key<TAB>value`. What can't be asked
 * is left out, and its check says so.
 */
export const machineScript = `export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
fact() { printf '%s\\t%s\\n' "$1" "$2"; }
facts() { while read -r line; do fact "$1" "$line"; done; }
root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
apt list --upgradable 2>/dev/null | grep -e '-security' | cut -d/ -f1 | facts security-update
apt-mark showhold 2>/dev/null | facts held
fact lists "$(stat -c %Y /var/lib/apt/lists /var/lib/apt/periodic/update-stamp 2>/dev/null | sort -n | tail -n 1)"
fact unattended "$(apt-config dump APT::Periodic::Unattended-Upgrade 2>/dev/null | tr -dc 0-9)"
if [ -e /run/reboot-required ]; then fact reboot "$(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\\n' ' ')"; fi
fact clock "$(timedatectl show -p NTPSynchronized --value 2>/dev/null)"
fact firewall "$(root nft list table inet slipway 2>&1 | tr '\\n\\t' '  ')"
root sshd -T 2>/dev/null | facts sshd
fact fail2ban "$(systemctl is-active fail2ban 2>/dev/null)"
fact jail "$(root fail2ban-client status sshd 2>/dev/null | sed -n 's/.*Currently banned:[[:space:]]*//p')"
fact docker "$(systemctl is-enabled docker 2>/dev/null)"
systemctl list-units --failed --plain --no-legend 2>/dev/null | cut -d' ' -f1 | facts failed-unit
fact data "$(findmnt --noheadings --output SOURCE,FSTYPE /var/lib/docker 2>/dev/null | tail -n 1 | tr -s ' ')"
df -kP / | facts root-disk
fact prepared "$(cat /var/lib/slipway/prepared 2>/dev/null)"
fact end yes
`;

/** Values by key, in the order in which they came. */
export type MachineFacts = ReadonlyMap<string, readonly string[]>;

/** @throws {RangeError} when the script didn't come to its end. */
export function machineFacts(lines: readonly string[]): MachineFacts {
  const facts = new Map<string, string[]>();
  for (const line of lines) {
    const tab = line.indexOf("\t");
    if (tab === -1) continue;
    const key = line.slice(0, tab);
    const value = line.slice(tab + 1).trim();
    if (value !== "") facts.set(key, [...(facts.get(key) ?? []), value]);
  }
  if (!facts.has("end")) throw new RangeError("the machine didn't answer to the end");
  return facts;
}
