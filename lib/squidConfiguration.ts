import { gatewayPort } from "./egress";
import { hostName, ipv4Address } from "./forms";

/** Networks that are not the internet: a name that leads there is refused, whoever has its DNS in hand. */
const privateNetworks = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  // The metadata service of the clouds is here.
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
  "::/96",
  // Addresses of IPv4, written as IPv6.
  "64:ff9b::/96",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
];

/**
 * Squid as a gateway: tunnels to port 443 of these hosts, and nothing else. It keeps nothing, on disk or in memory, and
 * writes a line for every tunnel that it makes or refuses.
 *
 * @throws {RangeError} for what isn't the name of a host.
 */
export function squidConfiguration(hosts: readonly string[]): string {
  for (const host of hosts) {
    if (!hostName.test(host) || !host.includes(".") || ipv4Address.test(host)) {
      throw new RangeError(
        `egress has ${JSON.stringify(host)}: it must be the whole name of a host in lower case, as api.example.com`,
      );
    }
  }
  const names = [...new Set(hosts)].sort();
  return `${[
    `http_port ${gatewayPort}`,
    // -n: of an address, it doesn't ask DNS for the name, which whoever has the address could choose.
    ...names.map((host) => `acl hosts dstdomain -n ${host}`),
    "acl https port 443",
    ...privateNetworks.map((network) => `acl private dst ${network}`),
    "acl healthcheck src 127.0.0.1",
    // In this order: a name that isn't one of the hosts is never looked up.
    "http_access deny healthcheck",
    "http_access deny !CONNECT",
    "http_access deny !https",
    ...(names.length === 0
      ? []
      : ["http_access deny !hosts", "http_access deny private", "http_access allow all"]),
    "http_access deny all",
    "cache deny all",
    "cache_mem 0",
    // Otherwise a table for as many as the engine allows, often a million.
    "max_filedescriptors 1024",
    "logformat tunnel %tl %>a %rm %ru %Ss/%03>Hs %<st bytes %tr ms",
    "access_log stdio:/dev/stdout logformat=tunnel !healthcheck",
    "cache_log /dev/stderr",
    "pid_filename none",
    "netdb_filename none",
    "pinger_enable off",
    "shutdown_lifetime 5 seconds",
  ].join("\n")}\n`;
}

/** Asks the gateway for a tunnel that it refuses to itself, with what the image brings. */
export const gatewayHealth: readonly string[] = [
  "bash",
  "-c",
  `exec 3<>/dev/tcp/127.0.0.1/${gatewayPort} && printf 'CONNECT localhost:443 HTTP/1.1\\r\\n\\r\\n' >&3 && ` +
    "read -r -t 4 _ status _ <&3 && [[ $status == 403 ]]",
];
