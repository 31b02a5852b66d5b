import { file, type Part } from "./part";

/** Security updates by themselves, but for the engine; nothing restarts the machine. */
export function upgrades(): Part {
  return {
    name: "upgrades",
    summary: "upgrades: security updates by themselves, not of the engine",
    files: [
      file("/etc/apt/apt.conf.d/52slipway", unattended),
      file("/etc/needrestart/conf.d/slipway.conf", restarts),
    ],
    script: `
enable apt-daily.timer
enable apt-daily-upgrade.timer
if [ ! -e "$state/prepared" ]; then
  say "  security updates: this may take some minutes"
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 unattended-upgrade > "$state/upgrade.log" 2>&1 < /dev/null || say "  not all could be installed: see $state/upgrade.log"
fi`,
  };
}

const unattended: readonly string[] = [
  'APT::Periodic::Update-Package-Lists "1";',
  'APT::Periodic::Unattended-Upgrade "1";',
  'APT::Periodic::AutocleanInterval "7";',
  "#clear Unattended-Upgrade::Origins-Pattern;",
  "#clear Unattended-Upgrade::Allowed-Origins;",
  "#clear Unattended-Upgrade::Package-Blacklist;",
  "Unattended-Upgrade::Origins-Pattern {",
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: apt's own variables.
  '  "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";',
  '  "origin=Ubuntu,archive=${distro_codename}-security";',
  '  "origin=UbuntuESM,archive=${distro_codename}-infra-security";',
  '  "origin=UbuntuESMApps,archive=${distro_codename}-apps-security";',
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: apt's own variables.
  "};",
  "// A new engine is a person's decision.",
  'Unattended-Upgrade::Package-Blacklist { "docker\\.io$"; "docker-"; "containerd"; "runc$"; };',
  'Unattended-Upgrade::Automatic-Reboot "false";',
];

/** needrestart restarts services whose libraries changed: not the one that everything runs in. */
const restarts: readonly string[] = [
  "$nrconf{override_rc}{qr(^docker)} = 0;",
  "$nrconf{override_rc}{qr(^containerd)} = 0;",
];
