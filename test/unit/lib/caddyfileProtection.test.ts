import { describe, expect, it } from "vitest";
import { caddyfile, type ProxyConfiguration, type ProxyRoute, type ProxySite } from "../../../lib/caddyfile";
import { caddyfileTree, find, lines } from "../caddyfileTree";

const host = "shop.example.com";
const page: ProxyRoute = {
  upstreams: [{ slot: "page-0", container: "page-0-1a2b3c4", network: "shop-edge", port: 80 }],
  healthPath: "/healthz",
  bodyLimit: 10,
};
const base: ProxyConfiguration = {
  tls: { mode: "acme" },
  ports: { http: 80, https: 443 },
  sites: [{ host, routes: [page] }],
  metrics: false,
};

function text(
  route: Partial<ProxyRoute>,
  site: Partial<ProxySite> = {},
  change: Partial<ProxyConfiguration> = {},
) {
  return caddyfile({ ...base, ...change, sites: [{ host, routes: [{ ...page, ...route }], ...site }] });
}

function handle(route: Partial<ProxyRoute>) {
  return find(caddyfileTree(text(route)), `https://${host}`, "route", "handle");
}

it("nothing of it stands in the Caddyfile of a route that asks for none", () => {
  expect(text({})).not.toMatch(/rate_limit|Origin|dial_timeout|response_header|handle_errors/);
  expect(text({ rateLimit: undefined, allowedOrigins: undefined, responseTimeout: undefined })).toBe(
    text({}),
  );
});

it("a hidden path is nobody's, whatever the service has there", () => {
  const route = lines(handle({ hiddenPath: "/metrics" }));
  expect(route.slice(0, 2)).toEqual(["@hidden0 path /metrics", "respond @hidden0 404"]);
  expect(() => text({ hiddenPath: "/metrics /x" })).toThrow(/proxy path "\/metrics \/x" must match/);
});

describe("a rate limit", () => {
  it("counts by address, before anything else is done with a request", () => {
    const route = handle({ rateLimit: { requests: 100, window: 60 } });
    expect(lines(route)[0]).toBe("rate_limit");
    expect(lines(find(route, "rate_limit"))).toEqual([`zone ${host}/0`]);
    expect(lines(find(route, "rate_limit", "zone"))).toEqual([
      "key {remote_host}",
      "events 100",
      "window 60s",
    ]);
  });

  it("has a zone of its own for each route of each site", () => {
    const rateLimit = { requests: 5, window: 1 };
    const routes = [{ ...page, paths: ["/login"], rateLimit }, page, { ...page, rateLimit }];
    const sites = [
      { host, routes },
      { host: "api.example.com", routes },
    ];
    const zones = [...caddyfile({ ...base, sites }).matchAll(/^\s*zone (\S+) \{$/gm)].map(([, name]) => name);
    expect(zones).toEqual([`${host}/0`, `${host}/2`, "api.example.com/0", "api.example.com/2"]);
  });

  it.each([0, -1, 0.5, 1e21, Number.NaN])("of %d is refused", (number) => {
    expect(() => text({ rateLimit: { requests: number, window: 60 } })).toThrow(
      new RangeError(`proxy number of requests "${number}" must match ^[1-9][0-9]{0,8}$`),
    );
    expect(() => text({ rateLimit: { requests: 1, window: number } })).toThrow(
      new RangeError(`proxy window of requests "${number}" must match ^[1-9][0-9]{0,8}$`),
    );
  });
});

describe("allowed origins", () => {
  it("are compared before a request or a WebSocket is passed on", () => {
    const route = handle({ allowedOrigins: ["https://shop.example.com", "http://nas.lan:8080"] });
    expect(lines(find(route, "@foreign0"))).toEqual([
      "header Origin *",
      "not header Origin https://shop.example.com",
      "not header Origin http://nas.lan:8080",
    ]);
    const order = lines(route);
    expect(order.indexOf("respond @foreign0 403")).toBeGreaterThan(-1);
    expect(order.indexOf("respond @foreign0 403")).toBeLessThan(
      order.findIndex((line) => line.startsWith("reverse_proxy")),
    );
  });

  it("that are none leave out every request that names one", () => {
    expect(lines(find(handle({ allowedOrigins: [] }), "@foreign0"))).toEqual(["header Origin *"]);
  });

  it.each([
    "*",
    "https://*.example.com",
    "https://a.example/",
    "https://a.example https://b.example",
    "{host}",
  ])("like %j are refused", (origin) => {
    expect(() => text({ allowedOrigins: [origin] })).toThrow(RangeError);
    expect(() => text({ allowedOrigins: [origin] })).toThrow(`proxy origin "${origin}" must match`);
  });
});

describe("a response timeout", () => {
  const proxies = (responseTimeout: number) =>
    handle({ responseTimeout }).filter(({ words }) => words[0] === "reverse_proxy");

  it("ends a request that isn't answered, and a WebSocket that isn't opened", () => {
    for (const { body = [] } of proxies(30)) {
      expect(lines(find(body, "transport"))).toEqual([
        "dial_timeout 5s",
        "response_header_timeout 30s",
        "keepalive 4s",
      ]);
      expect(lines(body)).toContain("lb_try_duration 5s");
    }
    expect(proxies(30)).toHaveLength(2);
  });

  it("that is short leaves no time for a second try after it", () => {
    for (const { body = [] } of proxies(2)) expect(lines(body)).toContain("lb_try_duration 2s");
  });

  it.each([0, 1.5])("of %d is refused", (responseTimeout) => {
    expect(() => text({ responseTimeout })).toThrow(`proxy response timeout "${responseTimeout}" must match`);
  });
});

describe("headers of the system", () => {
  const policy = "default-src 'self'; report-uri /csp?a=1#b";
  const headersIn = (source: string, ...path: readonly string[]) =>
    lines(find(caddyfileTree(source), ...path));

  it("stand instead of the usual ones, in any case, and besides them; an application keeps its own", () => {
    const headers = { "x-frame-options": "SAMEORIGIN", "Content-Security-Policy": policy };
    const source = text({}, { headers });
    const expected = [
      "Strict-Transport-Security max-age=31536000; includeSubDomains",
      "X-Content-Type-Options nosniff",
      "?Referrer-Policy strict-origin-when-cross-origin",
      "?Permissions-Policy camera=(), geolocation=(), microphone=()",
      `?Content-Security-Policy ${policy}`,
      "?x-frame-options SAMEORIGIN",
      "-Server",
    ];
    expect(headersIn(source, `https://${host}`, "route", "header")).toEqual(expected);
    // What Caddy answers itself, as 413, 429 and 504.
    expect(headersIn(source, `https://${host}`, "handle_errors", "header")).toEqual(expected);
  });

  it("are the same text whatever their order", () => {
    const [one, other] = [
      { A: "1", B: "2" },
      { B: "2", A: "1" },
    ];
    expect(text({}, { headers: one })).toBe(text({}, { headers: other }));
  });

  it("ask for HTTPS only where there is HTTPS", () => {
    const headers = { "strict-transport-security": "max-age=60" };
    const encrypted = text({}, { headers });
    expect(encrypted.match(/strict-transport-security.*/gi)).toEqual([
      'strict-transport-security "max-age=60"',
      'strict-transport-security "max-age=60"',
    ]);
    expect(text({}, { headers }, { tls: { mode: "off" } })).not.toMatch(/strict-transport-security/i);
  });

  it.each(['a"b', "a\\", "{env.SECRET}", "a\nb", "é", ""])("with the value %j are refused", (value) => {
    const headers = { "X-Shop": value };
    expect(() => text({}, { headers })).toThrow(RangeError);
    expect(() => text({}, { headers })).toThrow(`proxy header X-Shop "${value}" must match`);
  });

  it.each(["", "X Shop", "?X", "-X", "X-{a}", "X:"])("with the name %j are refused", (name) => {
    expect(() => text({}, { headers: { [name]: "a" } })).toThrow(`proxy header "${name}" must match`);
  });
});
