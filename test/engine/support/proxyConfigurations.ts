import fc from "fast-check";
import { bcryptHash } from "../../../lib/basicAuth";
import { metricsPort, type ProxyConfiguration, statusPort } from "../../../lib/caddyfile";
import { hostName } from "../../unit/properties/arbitraries";

const port = fc
  .integer({ min: 1, max: 65535 })
  .filter((number) => number !== statusPort && number !== metricsPort);
const name = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}[a-z0-9]$/);
const word = fc.stringMatching(/^[A-Za-z0-9._~-]{1,10}$/);
const path = fc.array(word, { maxLength: 4 }).map((words) => `/${words.join("/")}`);
const routePath = fc.tuple(path, fc.constantFrom("", "*", "/*")).map((parts) => parts.join(""));

const upstream = fc
  .tuple(name, name, port)
  .map(([slot, network, number]) => ({ slot, container: `${slot}-1a2b3c4`, network, port: number }));

const route = fc.record(
  {
    paths: fc.array(routePath, { minLength: 1, maxLength: 4 }),
    upstreams: fc.uniqueArray(upstream, { minLength: 1, maxLength: 4, selector: ({ slot }) => slot }),
    healthPath: path,
    bodyLimit: fc.integer({ min: 1, max: 100_000 }),
    rateLimit: fc.record({
      requests: fc.integer({ min: 1, max: 100_000 }),
      window: fc.integer({ min: 1, max: 86_400 }),
    }),
    allowedOrigins: fc.array(
      hostName.map((host) => `https://${host}`),
      { maxLength: 3 },
    ),
    responseTimeout: fc.integer({ min: 1, max: 3600 }),
  },
  { requiredKeys: ["upstreams", "healthPath", "bodyLimit"] },
);

const email = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._%+-]{0,10}$/), hostName)
  .map(([who, host]) => `${who}@example.${host}`);
const authority = fc.tuple(hostName, path).map(([host, directory]) => `https://acme.${host}${directory}`);
const tls = fc.oneof(
  fc.constant({ mode: "internal" as const }),
  fc.constant({ mode: "off" as const }),
  fc.record({ mode: fc.constant("acme" as const), email }),
  fc.record({ mode: fc.constant("acme" as const), email, authority }),
);

const basicAuth = fc.record({
  username: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,20}$/),
  passwordHash: fc.constant(bcryptHash("any")),
});

const headers = fc.dictionary(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/),
  fc.stringMatching(/^[ !#-[\]-z|~]{1,40}$/),
  { maxKeys: 4 },
);

/** Any configuration that the proxy can be given. */
export const proxyConfigurations: fc.Arbitrary<ProxyConfiguration> = fc.record({
  tls,
  ports: fc
    .tuple(port, port)
    .filter(([http, https]) => http !== https)
    .map(([http, https]) => ({ http, https })),
  sites: fc.uniqueArray(
    fc.record(
      { host: hostName, routes: fc.array(route, { minLength: 1, maxLength: 4 }), basicAuth, headers },
      { requiredKeys: ["host", "routes"] },
    ),
    {
      minLength: 1,
      maxLength: 4,
      selector: ({ host }) => host,
    },
  ),
  metrics: fc.boolean(),
});
