import { describe, expect, it } from "vitest";
import { bcryptHash } from "../../../lib/basicAuth";
import { caddyfile, type ProxyConfiguration, type ProxyRoute } from "../../../lib/caddyfile";
import { caddyfileTree, find, lines } from "../caddyfileTree";

const network = "shop-edge";

/** In the Caddyfile, the container of a slot. */
const inSlot = (slot: string) => `{file./etc/caddy/Caddyfile.upstreams/${slot}}`;

const api: ProxyRoute = {
  paths: ["/api", "/api/*"],
  upstreams: [{ slot: "api-0", container: "api-0-1a2b3c4", network, port: 3000 }],
  healthPath: "/ready",
  bodyLimit: 50,
};
const page: ProxyRoute = {
  upstreams: [
    { slot: "page-0", container: "page-0-1a2b3c4", network, port: 80 },
    { slot: "page-1", container: "page-1-0000000", network, port: 80 },
  ],
  healthPath: "/healthz",
  bodyLimit: 10,
};
const base: ProxyConfiguration = {
  tls: { mode: "acme", email: "ops@example.com" },
  ports: { http: 80, https: 443 },
  sites: [{ host: "shop.example.com", routes: [api, page] }],
  metrics: false,
};

function tree(change: Partial<ProxyConfiguration> = {}) {
  return caddyfileTree(caddyfile({ ...base, ...change }));
}

function routeOf(change: Partial<ProxyRoute>, site = "https://shop.example.com") {
  return find(
    tree({ sites: [{ host: "shop.example.com", routes: [{ ...page, ...change }] }] }),
    site,
    "route",
  );
}

describe("global options", () => {
  it("have the admin endpoint on a socket only, and an end to the old configuration", () => {
    const options = lines(tree()[0]?.body ?? []);
    expect(tree()[0]?.words).toEqual([]);
    expect(options).toEqual([
      "admin unix//run/caddy/admin.sock",
      "persist_config off",
      "grace_period 30s",
      "http_port 80",
      "https_port 443",
      "email ops@example.com",
      "log",
    ]);
  });

  it("have other ports", () => {
    const options = lines(tree({ ports: { http: 8080, https: 8443 } })[0]?.body ?? []);
    expect(options).toEqual(expect.arrayContaining(["http_port 8080", "https_port 8443"]));
  });
});

describe("TLS", () => {
  const modes = {
    acme: { mode: "acme", email: "ops@example.com", authority: "https://ca.example.com/directory" },
    internal: { mode: "internal", email: "ops@example.com" },
    off: { mode: "off" },
  } as const;

  it("by ACME takes the address and the authority", () => {
    const configuration = tree({ tls: modes.acme });
    const options = lines(configuration[0]?.body ?? []);
    expect(options).toContain("email ops@example.com");
    expect(options).toContain("acme_ca https://ca.example.com/directory");
    expect(lines(find(configuration, "https://shop.example.com"))).not.toContain("tls internal");
  });

  it("by an authority of its own asks nobody, and changes no trust store", () => {
    const configuration = tree({ tls: modes.internal });
    const options = lines(configuration[0]?.body ?? []);
    expect(options).toContain("skip_install_trust");
    expect(options.join()).not.toMatch(/email|acme_ca/);
    expect(lines(find(configuration, "https://shop.example.com"))[0]).toBe("tls internal");
  });

  it("off serves plain HTTP, and never asks browsers for HTTPS", () => {
    const configuration = tree({ tls: modes.off });
    expect(lines(configuration[0]?.body ?? [])).toContain("auto_https off");
    expect(lines(configuration)).toEqual(["", "http://:2020", "http://shop.example.com"]);
    const text = caddyfile({ ...base, tls: modes.off });
    expect(text).not.toMatch(/https:\/\/|tls|Strict-Transport-Security/);
  });

  it("on tells browsers to come back by HTTPS alone", () => {
    for (const tls of [modes.acme, modes.internal]) {
      const headers = lines(find(tree({ tls }), "https://shop.example.com", "route", "header"));
      expect(headers[0]).toMatch(/^Strict-Transport-Security max-age=31536000/);
    }
  });
});

it("answers questions on its health and open requests inside its container only", () => {
  expect(lines(find(tree(), "http://:2020"))).toEqual([
    "bind 127.0.0.1",
    "respond /healthz 200",
    "handle /reverse_proxy/upstreams",
  ]);
});

it("sends the headers that the checks ask for, and not who it is", () => {
  const headers = lines(find(tree(), "https://shop.example.com", "route", "header"));
  expect(headers).toEqual([
    "Strict-Transport-Security max-age=31536000; includeSubDomains",
    "X-Content-Type-Options nosniff",
    "?X-Frame-Options DENY",
    "?Referrer-Policy strict-origin-when-cross-origin",
    "?Permissions-Policy camera=(), geolocation=(), microphone=()",
    "-Server",
  ]);
});

describe("routes", () => {
  it("keep their order, in a block that Caddy doesn't sort", () => {
    const order = (configuration: ReturnType<typeof tree>) =>
      lines(find(configuration, "https://shop.example.com", "route")).filter((line) =>
        /^@route|^handle/.test(line),
      );
    expect(order(tree())).toEqual(["@route0 path /api /api/*", "handle @route0", "handle"]);
    const reversed = tree({ sites: [{ host: "shop.example.com", routes: [page, api] }] });
    expect(order(reversed)).toEqual(["handle", "@route1 path /api /api/*", "handle @route1"]);
  });

  it("answer 404 for what none of them takes", () => {
    const paths = ["/api/*"];
    expect(lines(routeOf({ paths })).at(-1)).toBe("respond 404");
    expect(lines(routeOf({}))).not.toContain("respond 404");
  });

  it("limit the size of a request", () => {
    expect(lines(find(routeOf({ bodyLimit: 50 }), "handle", "request_body"))).toEqual(["max_size 50MB"]);
  });

  it("send WebSockets to the same containers by other names, which are counted apart", () => {
    const handle = find(routeOf({}), "handle");
    expect(lines(handle)).toEqual([
      "request_body",
      "@webSocket0",
      `reverse_proxy @webSocket0 ${inSlot("page-0")}.shop-edge:80 ${inSlot("page-1")}.shop-edge:80`,
      `reverse_proxy ${inSlot("page-0")}:80 ${inSlot("page-1")}:80`,
    ]);
    const [webSockets, requests] = handle.filter(({ words }) => words[0] === "reverse_proxy");
    // Without it a reload cuts every WebSocket; for requests it would mean nothing.
    expect(lines(webSockets?.body ?? [])).toContain("stream_close_delay 5m");
    expect(lines(requests?.body ?? [])).not.toContain("stream_close_delay 5m");
  });

  it("take an upgrade for a WebSocket in any case, as clients write it", () => {
    const matcher = find(routeOf({}), "handle", "@webSocket0");
    expect(lines(matcher)).toEqual([
      "header_regexp Connection (?i)upgrade",
      "header_regexp Upgrade (?i)^websocket$",
    ]);
  });

  it("ask the health of the service at its path", () => {
    const proxies = routeOf({ healthPath: "/ready" }).flatMap(({ body }) =>
      find(body ?? [], "reverse_proxy"),
    );
    expect(lines(proxies).filter((line) => line === "health_uri /ready")).toHaveLength(2);
  });

  it("never mark the only container of a service as down", () => {
    const one = { upstreams: page.upstreams.slice(0, 1) };
    expect(lines(find(routeOf(one), "handle", "reverse_proxy")).join()).not.toContain("fail_duration");
    const two = lines(find(routeOf({}), "handle", "reverse_proxy"));
    expect(two.filter((line) => line === "fail_duration 10s")).toHaveLength(2);
  });

  it("number their matchers, so that two of one site don't share any", () => {
    const configuration = tree({
      sites: [{ host: "shop.example.com", routes: [api, { ...page, paths: ["/p"] }] }],
    });
    const names = lines(find(configuration, "https://shop.example.com", "route")).join("\n");
    expect(names).toContain("@route0 path /api /api/*");
    expect(names).toContain("@route1 path /p");
  });
});

describe("metrics", () => {
  it("are on a port of their own, told apart by host, where something scrapes them", () => {
    const text = tree({ metrics: true });
    expect(lines(text[0]?.body ?? [])).toContain("metrics");
    expect(lines(find(text, "", "metrics"))).toEqual(["per_host"]);
    expect(lines(find(text, "http://:2021"))).toEqual(["metrics"]);
  });

  it("are nowhere otherwise", () => {
    expect(caddyfile(base)).not.toContain("metrics");
  });
});

describe("a login", () => {
  const passwordHash = bcryptHash("correct horse");

  it("is asked for before any route", () => {
    const sites = [
      { host: "shop.example.com", routes: [page], basicAuth: { username: "ada", passwordHash } },
    ];
    const route = find(tree({ sites }), "https://shop.example.com", "route");
    const words = lines(route);
    expect(words.indexOf("basic_auth")).toBeGreaterThan(-1);
    expect(words.indexOf("basic_auth")).toBeLessThan(words.indexOf("handle"));
    expect(lines(find(route, "basic_auth"))).toEqual([`ada ${passwordHash}`]);
  });

  it("is taken off before any route, and stays on where there is none", () => {
    const taken = "request_header -Authorization";
    const [guarded, open] = [{ username: "ada", passwordHash }, undefined].map((basicAuth) =>
      lines(
        find(
          tree({ sites: [{ host: "shop.example.com", routes: [page], basicAuth }] }),
          "https://shop.example.com",
          "route",
        ),
      ),
    );
    expect(guarded?.indexOf(taken)).toBeGreaterThan(guarded?.indexOf("basic_auth") ?? 0);
    expect(guarded?.indexOf(taken)).toBeLessThan(guarded?.indexOf("handle") ?? 0);
    expect(open).not.toContain(taken);
  });

  it.each([
    ["user name", { username: "ada {", passwordHash }],
    ["password hash", { username: "ada", passwordHash: "correct horse" }],
  ])("with a bad %s is refused", (what, basicAuth) => {
    const sites = [{ host: "shop.example.com", routes: [page], basicAuth }];
    expect(() => caddyfile({ ...base, sites })).toThrow(`proxy ${what} "`);
  });
});
