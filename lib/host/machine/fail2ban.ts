import { file, type Part } from "./part";

/** Bans who fails to log in by SSH. Those whom SSH is open to are never banned, or a typing error would stop a release. */
export function fail2ban(sshFrom: readonly string[]): Part {
  const trusted = sshFrom.filter((network) => !network.endsWith("/0"));
  return {
    name: "fail2ban",
    summary: "fail2ban: sshd",
    files: [
      file(
        "/etc/fail2ban/jail.d/slipway.local",
        [
          "[DEFAULT]",
          `ignoreip = ${["127.0.0.1/8", "::1", ...trusted].join(" ")}`,
          "banaction = nftables-multiport",
          "banaction_allports = nftables-allports",
          "bantime = 1h",
          "findtime = 10m",
          "maxretry = 5",
          "",
          "[sshd]",
          "enabled = true",
          "backend = systemd",
          "journalmatch = _SYSTEMD_UNIT=ssh.service + _COMM=sshd",
        ],
        "fail2ban",
      ),
    ],
    script: `
systemctl enable --quiet fail2ban.service
settle fail2ban restart fail2ban.service
enable fail2ban.service`,
  };
}
