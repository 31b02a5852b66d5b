import { describe, expect, it } from "vitest";
import { caddyfile, type ProxyConfiguration, type ProxyRoute } from "../../../lib/caddyfile";

const network = "shop-edge";
const page: ProxyRoute = {
  upstreams: [{ slot: "page-0", container: "page-0-1a2b3c4", network, port: 80 }],
  healthPath: "/healthz",
  bodyLimit: 10,
};
const base: ProxyConfiguration = {
  tls: { mode: "acme", email: "ops@example.com" },
  ports: { http: 80, https: 443 },
  sites: [{ host: "shop.example.com", routes: [page] }],
  metrics: false,
};

describe("refuses with a RangeError that names it", () => {
  const refused = (site: { host?: string; route?: Partial<ProxyRoute> }) => () =>
    caddyfile({
      ...base,
      sites: [{ host: site.host ?? "shop.example.com", routes: [{ ...page, ...site.route }] }],
    });

  it.each([
    "",
    "-shop.example.com",
    "shop.example.com ",
    "Shop.example.com",
    "shop.example.com {",
    "a\nb",
    "*.example.com",
  ])("the host %j", (host) => {
    const problem = `proxy host "${host}" must match`;
    expect(refused({ host })).toThrow(RangeError);
    expect(refused({ host })).toThrow(problem);
  });

  it.each(["", "api", "/api *", "/api/{x}", "/a\nb", "/*/a", '/"', "/a#b", "/a**"])("the path %j", (path) => {
    expect(refused({ route: { paths: ["/api", path] } })).toThrow(RangeError);
    expect(refused({ route: { paths: ["/api", path] } })).toThrow(`proxy path "${path}" must match`);
  });

  it.each(["ready", "/ready\nrespond 200", "/ready/*"])("the health path %j", (healthPath) => {
    expect(refused({ route: { healthPath } })).toThrow(RangeError);
  });

  const upstream = { slot: "a", container: "a-1a2b3c4", network, port: 80 };

  it.each(["", "a:80", "a b", "../a", "a}", "{a", "-a", ".a", "a\nb", "unix//socket"])(
    "the name of a slot or network %j",
    (name) => {
      for (const key of ["slot", "network"] as const) {
        const upstreams = [{ ...upstream, [key]: name }];
        expect(refused({ route: { upstreams } })).toThrow(RangeError);
        expect(refused({ route: { upstreams } })).toThrow(`proxy ${key} "${name}" must match`);
      }
    },
  );

  it.each([-1, 0.5, 800_000, Number.NaN])("the port %d", (port) => {
    const upstreams = [{ ...upstream, port }];
    expect(refused({ route: { upstreams } })).toThrow(RangeError);
    expect(refused({ route: { upstreams } })).toThrow(`proxy port "${port}" must match`);
  });

  it.each(['"ops@example.com', "#ops@example.com", "ops@{$SECRET}.example", "a@b.c\nadmin :2019"])(
    "the e-mail address %j",
    (email) => {
      expect(() => caddyfile({ ...base, tls: { mode: "acme", email } })).toThrow(RangeError);
    },
  );

  it.each(["https://ca.example.com/ {", "https://ca.example.com/\nadmin :2019", "https://{$SECRET}.example"])(
    "the authority %j",
    (authority) => {
      const tls = { mode: "acme", email: "ops@example.com", authority } as const;
      expect(() => caddyfile({ ...base, tls })).toThrow(RangeError);
    },
  );
});
