import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caddyfile, containersBySlot, type ProxyConfiguration } from "../../../lib/caddyfile";
import { caddyfileTree, find, lines } from "../caddyfileTree";
import { hostName, nasty } from "./arbitraries";

const name = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/);
const number = fc.integer({ min: 1, max: 65535 });
const plainPath = fc.stringMatching(/^\/[A-Za-z0-9/._~-]{0,12}$/);
const path = fc.oneof(
  plainPath,
  plainPath.map((text) => `${text}*`),
);
const upstream = fc.record({ slot: name, container: name, network: name, port: number });
const route = fc.record(
  {
    paths: fc.array(path, { minLength: 1, maxLength: 3 }),
    upstreams: fc.array(upstream, { minLength: 1, maxLength: 3 }),
    healthPath: plainPath,
    bodyLimit: fc.integer({ min: 1, max: 1000 }),
    rateLimit: fc.record({
      requests: fc.integer({ min: 1, max: 1000 }),
      window: fc.integer({ min: 1, max: 600 }),
    }),
    allowedOrigins: fc.array(
      hostName.map((host) => `https://${host}`),
      { maxLength: 2 },
    ),
    responseTimeout: fc.integer({ min: 1, max: 60 }),
  },
  { requiredKeys: ["upstreams", "healthPath", "bodyLimit"] },
);
const headers = fc.dictionary(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/),
  fc.stringMatching(/^[A-Za-z0-9 ;:'*/=]{1,20}$/),
  { maxKeys: 3 },
);
const configuration: fc.Arbitrary<ProxyConfiguration> = fc.record({
  tls: fc.oneof(
    fc.record({
      mode: fc.constant("acme" as const),
      email: fc.constantFrom("ops@example.com", undefined),
      authority: fc.constantFrom("https://ca.example.com/directory", undefined),
    }),
    fc.record({ mode: fc.constantFrom("internal" as const, "off" as const) }),
  ),
  ports: fc.record({ http: number, https: number }),
  metrics: fc.constant(false),
  sites: fc.uniqueArray(
    fc.record(
      { host: hostName, routes: fc.array(route, { maxLength: 4 }), headers },
      { requiredKeys: ["host", "routes"] },
    ),
    { maxLength: 4, selector: ({ host }) => host },
  ),
});

const inSlot = (slot: string) => `{file./etc/caddy/Caddyfile.upstreams/${slot}}`;

/** The same configuration, with other containers in its slots. */
function released(one: ProxyConfiguration, generation: string): ProxyConfiguration {
  return {
    ...one,
    sites: one.sites.map((site) => ({
      ...site,
      routes: site.routes.map((served) => ({
        ...served,
        upstreams: served.upstreams.map((each) => ({ ...each, container: `${each.slot}-${generation}` })),
      })),
    })),
  };
}

/** The same value, with the keys of every object in the opposite order. */
function reordered<Value>(value: Value): Value;
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reordered(inner)]),
  );
}

describe("for every configuration", () => {
  it("the text is the same, whatever the order of the keys", () => {
    fc.assert(
      fc.property(configuration, (one) => {
        expect(caddyfile(reordered(one))).toBe(caddyfile(one));
        expect(caddyfile(structuredClone(one))).toBe(caddyfile(one));
      }),
    );
  });

  it("a release changes which container is in a slot, and not the text", () => {
    fc.assert(
      fc.property(configuration, (one) => {
        const [before, after] = [released(one, "1a2b3c4"), released(one, "fffffff")];
        expect(caddyfile(after)).toBe(caddyfile(before));
        const slots = one.sites.flatMap(({ routes }) =>
          routes.flatMap(({ upstreams }) => upstreams.map(({ slot }) => slot)),
        );
        expect(containersBySlot(after)).toEqual(
          Object.fromEntries(slots.map((slot) => [slot, `${slot}-fffffff`])),
        );
      }),
    );
  });

  it("the braces balance, and there is one block a site, in order, then one for each that leads to its port", () => {
    fc.assert(
      fc.property(configuration, (one) => {
        const scheme = one.tls.mode === "off" ? "http" : "https";
        const sites = one.sites.map(({ host }) => `${scheme}://${host}`);
        const redirected = one.tls.mode !== "off" && one.ports.https !== 443;
        const redirections = redirected ? one.sites.map(({ host }) => `http://${host}`) : [];
        expect(lines(caddyfileTree(caddyfile(one)))).toEqual(["", "http://:2020", ...sites, ...redirections]);
      }),
    );
  });

  it("every path and upstream stands in the route that it is of, in order", () => {
    fc.assert(
      fc.property(configuration, (one) => {
        const tree = caddyfileTree(caddyfile(one)).slice(2);
        for (const [index, { routes }] of one.sites.entries()) {
          const site = find(tree[index]?.body ?? [], "route");
          const matchers = site.filter(({ words }) => words[0]?.startsWith("@route"));
          expect(matchers.map(({ words }) => words.slice(2))).toEqual(
            routes.flatMap(({ paths }) => (paths === undefined ? [] : [paths])),
          );
          const handles = site.filter(({ words }) => words[0] === "handle");
          expect(handles).toHaveLength(routes.length);
          for (const [position, { upstreams, healthPath, bodyLimit }] of routes.entries()) {
            const handle = handles[position]?.body ?? [];
            const proxies = handle.filter(({ words }) => words[0] === "reverse_proxy");
            expect(proxies.map(({ words }) => words.filter((word) => word.includes(":")))).toEqual([
              upstreams.map(({ slot, network, port }) => `${inSlot(slot)}.${network}:${port}`),
              upstreams.map(({ slot, port }) => `${inSlot(slot)}:${port}`),
            ]);
            for (const proxy of proxies)
              expect(lines(proxy.body ?? [])).toContain(`health_uri ${healthPath}`);
            expect(lines(find(handle, "request_body"))).toEqual([`max_size ${bodyLimit}MB`]);
          }
        }
      }),
    );
  });

  it("what no route takes is answered with 404, and no route is left without an answer", () => {
    fc.assert(
      fc.property(configuration, (one) => {
        const tree = caddyfileTree(caddyfile(one)).slice(2);
        for (const [index, { routes }] of one.sites.entries()) {
          const last = lines(find(tree[index]?.body ?? [], "route")).at(-1);
          expect(last === "respond 404").toBe(routes.every(({ paths }) => paths !== undefined));
        }
      }),
    );
  });
});

const harmless: ProxyConfiguration["sites"][number]["routes"][number] = {
  paths: ["/a"],
  upstreams: [{ slot: "a", container: "a-1a2b3c4", network: "b", port: 1 }],
  healthPath: "/h",
  bodyLimit: 1,
};

/** Puts a text into one place of a configuration. */
const places: Readonly<Record<string, (text: string) => ProxyConfiguration>> = {
  host: (text) => withSite(text, harmless),
  path: (text) => withSite("a.example", { ...harmless, paths: ["/a", text] }),
  "health path": (text) => withSite("a.example", { ...harmless, healthPath: text }),
  slot: (text) => withUpstream({ slot: text, container: "a-1a2b3c4", network: "b", port: 1 }),
  network: (text) => withUpstream({ slot: "a", container: "a-1a2b3c4", network: text, port: 1 }),
  "e-mail address": (text) => ({
    ...withSite("a.example", harmless),
    tls: { mode: "acme", email: text, authority: "https://ca.example.com" },
  }),
  header: (text) => withHeaders({ [text]: "usual" }),
  "value of a header": (text) => withHeaders({ "X-Usual": text }),
  origin: (text) => withSite("a.example", { ...harmless, allowedOrigins: [text] }),
  authority: (text) => ({
    ...withSite("a.example", harmless),
    tls: { mode: "acme", email: "a@b.example", authority: text },
  }),
};

function withSite(host: string, route: typeof harmless): ProxyConfiguration {
  return {
    tls: { mode: "acme" },
    ports: { http: 80, https: 443 },
    sites: [{ host, routes: [route] }],
    metrics: false,
  };
}

function withHeaders(headers: Readonly<Record<string, string>>): ProxyConfiguration {
  const one = withSite("a.example", harmless);
  return { ...one, sites: one.sites.map((site) => ({ ...site, headers })) };
}

function withUpstream(upstream: (typeof harmless.upstreams)[number]): ProxyConfiguration {
  return withSite("a.example", { ...harmless, upstreams: [upstream] });
}

function written(place: string, text: string): string {
  return caddyfile((places[place] ?? withSite)(text, harmless));
}

/** A value that the place takes, and that occurs nowhere else. */
const examples: Readonly<Record<string, string>> = {
  host: "example.example",
  path: "/example",
  "health path": "/example",
  slot: "example-slot",
  network: "example-network",
  "e-mail address": "example@b.example",
  header: "X-Example",
  "value of a header": "example 'self'; a",
  origin: "https://example.example",
  authority: "https://example.example/directory",
};

describe.each(Object.keys(places))("any text as %s", (place) => {
  it("is refused with a RangeError that names it, or stands as it is where it belongs, and nowhere else", () => {
    const example = examples[place] ?? "";
    const usual = JSON.stringify(caddyfileTree(written(place, example)));
    const expected = (text: string): unknown =>
      JSON.parse(usual, (_, word: unknown) =>
        typeof word === "string" ? word.replace(example, () => text) : word,
      );
    const near = fc.tuple(nasty, fc.nat(example.length)).map(([text, at]) => {
      return example.slice(0, at) + text + example.slice(at);
    });
    fc.assert(
      fc.property(fc.oneof(nasty, near, fc.stringMatching(/^[a-z0-9/.:@]{1,8}$/)), (text) => {
        let caddy: string;
        try {
          caddy = written(place, text);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toContain(text);
          return;
        }
        // What Caddy would put the environment in for.
        expect(caddy).not.toContain("{$");
        expect(caddyfileTree(caddy)).toEqual(expected(text));
      }),
      { numRuns: 500 },
    );
  });
});
