import { expect, it } from "vitest";
import { gatewayHealth, squidConfiguration } from "../../../lib/squidConfiguration";

const lines = (hosts: readonly string[]) => squidConfiguration(hosts).split("\n");

it("lets tunnels to port 443 of the hosts through, and nothing else", () => {
  const given = lines(["api.stripe.com", "files.stripe.com"]);
  expect(given.filter((line) => /^(acl (hosts|https)|http_)/.test(line))).toEqual([
    "http_port 3128",
    "acl hosts dstdomain -n api.stripe.com",
    "acl hosts dstdomain -n files.stripe.com",
    "acl https port 443",
    "http_access deny healthcheck",
    "http_access deny !CONNECT",
    "http_access deny !https",
    "http_access deny !hosts",
    "http_access deny private",
    "http_access allow all",
    "http_access deny all",
  ]);
});

it.each([
  ["this machine", "127.0.0.0/8"],
  ["the metadata service of a cloud", "169.254.0.0/16"],
  ["networks of Docker", "172.16.0.0/12"],
  ["private networks", "10.0.0.0/8"],
  ["private networks of IPv6", "fc00::/7"],
])("refuses a name that leads to %s", (_, network) => {
  expect(lines(["api.stripe.com"])).toContain(`acl private dst ${network}`);
});

it("is the same for the same hosts in another order", () => {
  expect(squidConfiguration(["b.example.com", "a.example.com", "b.example.com"])).toBe(
    squidConfiguration(["a.example.com", "b.example.com"]),
  );
});

it("lets nothing through where there is no host", () => {
  expect(lines([]).filter((line) => line.startsWith("http_access"))).toEqual([
    "http_access deny healthcheck",
    "http_access deny !CONNECT",
    "http_access deny !https",
    "http_access deny all",
  ]);
});

it("writes down each tunnel but those of the health check, and keeps nothing", () => {
  expect(lines(["api.stripe.com"])).toEqual(
    expect.arrayContaining([
      "acl healthcheck src 127.0.0.1",
      "access_log stdio:/dev/stdout logformat=tunnel !healthcheck",
      "cache deny all",
      "cache_mem 0",
      "pid_filename none",
    ]),
  );
});

it.each([
  "https://api.stripe.com",
  "api.stripe.com:443",
  ".stripe.com",
  "*.stripe.com",
  "localhost",
  "1.1.1.1",
  "a.b\nhttp_access allow all",
  "API.stripe.com",
  "",
])("refuses %j, which is not the name of a host", (host) => {
  expect(() => squidConfiguration(["api.example.com", host])).toThrow(
    new RangeError(
      `egress has ${JSON.stringify(host)}: it must be the whole name of a host in lower case, as api.example.com`,
    ),
  );
});

it("is healthy while it refuses a tunnel to itself", () => {
  expect(gatewayHealth).toEqual([
    "bash",
    "-c",
    "exec 3<>/dev/tcp/127.0.0.1/3128 && printf 'CONNECT localhost:443 HTTP/1.1\\r\\n\\r\\n' >&3 && " +
      "read -r -t 4 _ status _ <&3 && [[ $status == 403 ]]",
  ]);
});
