import { file, type Part } from "./part";
import { refusals, refusalsName, refusalsUnit } from "./refusals";

/** Addresses that the engine gives to its networks: what the system asks of itself. */
const engineNetworks = ["172.16.0.0/12", "192.168.0.0/16"];

/**
 * Bans who fails to log in by SSH, and from the published ports who is refused again and again by the proxy. Those whom
 * SSH is open to are never banned, or a typing error would stop a release.
 */
export function fail2ban(sshFrom: readonly string[]): Part {
  const trusted = ["127.0.0.1/8", "::1", ...sshFrom.filter((network) => !network.endsWith("/0"))];
  return {
    name: "fail2ban",
    summary: "fail2ban: sshd, proxy",
    files: [
      ...refusals(),
      file("/etc/fail2ban/filter.d/slipway-proxy.conf", filter, "fail2ban"),
      file(
        "/etc/fail2ban/jail.d/slipway.local",
        [
          "[DEFAULT]",
          `ignoreip = ${trusted.join(" ")}`,
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
          "",
          ...proxyJail("slipway-proxy", { statuses: "401|403", atMost: 60 }, trusted),
          "",
          ...proxyJail("slipway-proxy-limits", { statuses: "429", atMost: 300 }, trusted),
        ],
        "fail2ban",
      ),
    ],
    script: `
settle units systemctl daemon-reload
systemctl enable --quiet ${refusalsUnit}
systemctl is-active --quiet ${refusalsUnit} || pending refusals
settle refusals systemctl restart ${refusalsUnit}
systemctl enable --quiet fail2ban.service
settle fail2ban restart fail2ban.service
enable fail2ban.service`,
  };
}

/** As lines come from the journal, with the host's name and the process before them. */
const filter: readonly string[] = [
  "[Definition]",
  `failregex = ^\\s*\\S+ ${refusalsName}\\[\\d+\\]: refused (?:<statuses>) to <ADDR>$`,
  "",
  "[Init]",
  "statuses = 401|403|429",
];

interface Refused {
  readonly statuses: string;
  /** Within ten minutes. A page left open whose login has ended asks on, and others may share its address. */
  readonly atMost: number;
}

/**
 * What containers publish is forwarded, never comes in: a ban on the way in would do nothing. It closes all that is
 * published, and leaves SSH.
 */
function proxyJail(name: string, { statuses, atMost }: Refused, trusted: readonly string[]): string[] {
  return [
    `[${name}]`,
    "enabled = true",
    "backend = systemd",
    `journalmatch = _SYSTEMD_UNIT=${refusalsUnit}`,
    `filter = slipway-proxy[statuses="${statuses}"]`,
    `ignoreip = ${[...trusted, ...engineNetworks].join(" ")}`,
    `maxretry = ${atMost}`,
    "bantime = 10m",
    `action = nftables[type=allports, name=${name}, protocol="tcp,udp", chain=f2b-forward, chain_hook=forward]`,
  ];
}
