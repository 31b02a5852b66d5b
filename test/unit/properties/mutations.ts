import fc from "fast-check";

/** One mistake in a configuration. */
export interface Mutation {
  /** The key that the message must name, without the project. */
  readonly key: string;
  readonly value: unknown;
}

const word = fc.stringMatching(/^[a-z][A-Za-z0-9_-]{0,11}$/);
const junk = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== "{}"),
);
const noText = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({ a: 1 }),
);
const noNumber = fc.oneof(
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constantFrom("", "x", "1.5", "-1", " 1", "1e3", "0x10", "1".repeat(16)),
);
const outside = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ max: least - 1 }),
    fc.integer({ min: most + 1 }),
    fc.integer({ min: most + 1, max: 999_999_999 }).map(String),
    fc.double({ min: least, max: most, noNaN: true }).filter((number) => !Number.isInteger(number)),
    noNumber,
  );
const badHost = fc.oneof(
  noText,
  fc.constantFrom("", "-a", "a-", "a..b", ".a", "a.", "A.b", "a b", "a:80", "http://a", "a/b", "a_b", "*.a"),
  fc.constant(`${"a".repeat(64)}.b`),
  fc.constant("a.".repeat(126).concat("ab")),
);
const badPin = fc.oneof(
  noText,
  fc.constantFrom(
    "",
    "app",
    "app:latest",
    "app:",
    ":1",
    "App:1",
    "a b:1",
    "app:1:2",
    "app@sha256:12",
    "/app:1",
  ),
);
// "" and "{}" at the top are what Pulumi.yaml has for "not set", so they are no mistake there.
const badRegistry = fc.constantFrom("https://a.b", "a.b/", "a b", "-a.b", "a.b:port", "a.b:123456", "a.b/C");
const badMail = fc.oneof(noText, fc.constantFrom("", "a", "a@b", "@b.c", "a@", "a b@c.d", "a@b@c.d", "a@.c"));

const leaves: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  "domains.app": badHost,
  "images.backend": badPin,
  "images.frontend": badPin,
  "images.postgres": badPin,
  "images.proxy": fc.oneof(badPin, fc.constantFrom("caddy:2.10.2", "caddy:2.11.2", "caddy:1.0")),
  imageMirror: badRegistry,
  "registries.redis": fc.oneof(noText, badRegistry, fc.constant("")),
  "replicas.backend": outside(1, 50),
  "replicas.frontend": outside(1, 50),
  "resources.postgres.memory": outside(16, 1048576),
  "resources.backend.memory": outside(16, 1048576),
  "resources.redis.cpus": fc.oneof(
    fc.constantFrom(null, true, "half", "", "-1", [], {}),
    fc.double({ max: 0.049, noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: 256.01, noNaN: true, noDefaultInfinity: true }),
  ),
  "secrets.redisPassword": fc.oneof(noText, fc.constantFrom("", "short", "with a space", "ünïcodeünïcode")),
  "secrets.totpEncryptionKey": fc.oneof(noText, fc.constantFrom("", "a".repeat(44), "not base64")),
  "tls.mode": fc.oneof(noText, fc.constantFrom("", "ACME", "manual")),
  "tls.email": badMail,
  "tls.authority": fc.oneof(noText, fc.constantFrom("", "http://a.b", "a.b", "https://", "ftp://a.b")),
  "ports.http": outside(1, 65535),
  "ports.https": outside(1, 65535),
  "bootstrapAdmin.username": fc.oneof(noText, fc.constantFrom("", "a", "a b", "-ab", "a".repeat(65))),
  "bootstrapAdmin.email": badMail,
  "timeouts.ready": outside(1, 3600),
  "timeouts.drain": outside(0, 3600),
  "timeouts.migration": outside(1, 86400),
  "postgres.host": badHost,
  "postgres.port": outside(1, 65535),
  "postgres.database": fc.oneof(noText, fc.constantFrom("", "A", "1a", "a-b", 'a"', "a".repeat(64))),
  "postgres.user": fc.oneof(noText, fc.constantFrom("", "A", "1a", "a-b", "a".repeat(64))),
  "postgres.sslmode": fc.oneof(noText, fc.constantFrom("", "prefer", "on")),
};

const groups = [
  ...["domains", "images", "registries", "replicas", "resources", "secrets", "postgres", "tls", "ports"],
  ...["bootstrapAdmin", "timeouts"],
];

const known = new Set([...groups, "app", "host", "imageMirror", ...Object.keys(leaves)]);
const inner = ["resources.backend", "resources.proxy", ...groups];

const missing: Mutation[] = ["domains.app", "images.backend", "images.frontend"].map((key) => ({
  key,
  value: undefined,
}));

const wrongLeaf = fc
  .constantFrom(...Object.keys(leaves))
  .chain((key) => (leaves[key] ?? junk).map((value): Mutation => ({ key, value })));
// A group that is a text is JSON to the CLI, so a text that is a group would be none.
const noGroup = fc.oneof(fc.boolean(), fc.integer(), fc.constant(null), fc.constant([]), word);
const wrongGroup = fc.record({ key: fc.constantFrom(...groups), value: noGroup });
const unknownKey = fc
  .record({ group: fc.option(fc.constantFrom(...inner), { nil: undefined }), name: word, value: junk })
  .map(
    ({ group, name, value }): Mutation => ({ key: group === undefined ? name : `${group}.${name}`, value }),
  )
  .filter(({ key }) => !known.has(key) && !isSetting(key));

/** Keys that the schema has besides the leaves. */
function isSetting(key: string): boolean {
  return (
    /^(images|registries|resources)\.(backend|frontend|postgres|redis|proxy)(\.(memory|cpus))?$/.test(key) ||
    /^secrets\.\w+Password$/.test(key)
  );
}

const top = ({ key }: Mutation) => key.split(".")[0];

/** One to three mistakes in different places. */
export const mutations = fc.uniqueArray(
  fc.oneof(
    { arbitrary: wrongLeaf, weight: 6 },
    { arbitrary: unknownKey, weight: 3 },
    { arbitrary: wrongGroup, weight: 2 },
    { arbitrary: fc.constantFrom(...missing), weight: 1 },
  ),
  { minLength: 1, maxLength: 3, selector: top },
);

/** The settings with the mistakes in them. */
export function mutated(settings: object, mistakes: readonly Mutation[]): Record<string, unknown> {
  const result = structuredClone(settings) as Record<string, unknown>;
  for (const { key, value } of mistakes) {
    const names = key.split(".");
    const last = names.pop() ?? "";
    let group = result;
    for (const name of names) {
      group[name] ??= {};
      group = group[name] as Record<string, unknown>;
    }
    if (value === undefined) delete group[last];
    else Object.defineProperty(group, last, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}
