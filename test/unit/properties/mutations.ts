import fc from "fast-check";
import { partNames } from "../../../lib/observability/parts";
import { leastImages } from "../configured";
import {
  badExpression,
  badFlag,
  badHost,
  badMail,
  badNumber,
  badPin,
  badRegistry,
  badUrl,
  junk,
  noText,
  outside,
  word,
} from "./badValues";

/** One mistake in a configuration. */
export interface Mutation {
  /** The key that the message must name, without the project. */
  readonly key: string;
  /** Where the value is set, when that is another key. */
  readonly at?: string;
  readonly value: unknown;
}

const rule = "observability.rules.QueueTooLong";
const receivers = "observability.receivers";

const leaves: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  "domains.app": badHost,
  "domains.grafana": badHost,
  "images.backend": badPin,
  "images.frontend": badPin,
  "images.postgres": badPin,
  "images.proxy": fc.oneof(badPin, fc.constantFrom("caddy:2.10.2", "caddy:2.11.2", "caddy:1.0")),
  "images.prometheus": fc.oneof(badPin, fc.constantFrom("p:v1.8.2", "p:v2.49.0", "p:v4.0.0", "p:main")),
  "images.grafana": fc.oneof(badPin, fc.constantFrom("g:10.4.1", "g:14.0.0", "g:11")),
  "images.loki": fc.oneof(badPin, fc.constantFrom("l:2.9.0", "l:3.6.0", "l:3.6.4", "l:k200")),
  "images.tempo": fc.oneof(badPin, fc.constantFrom("t:1.5.0", "t:2.5.0", "t:3.0.0")),
  "images.collector": fc.oneof(badPin, fc.constantFrom("o:0.148.0", "o:latest-dev")),
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
  "resources.prometheus.memory": outside(16, 1048576),
  "resources.nodeExporter.cpus": badNumber(0.05, 256),
  "observability.profile": fc.oneof(noText, fc.constantFrom("", "all", "Full", "none")),
  "observability.retention.metricsDays": outside(1, 3650),
  "observability.retention.metricsGigabytes": outside(1, 10_000),
  "observability.retention.logsDays": outside(1, 3650),
  "observability.retention.tracesDays": outside(1, 3650),
  "observability.thresholds.memory": badNumber(1, 100),
  "observability.thresholds.cpu": badNumber(1, 100),
  "observability.thresholds.disk": badNumber(1, 99),
  "observability.thresholds.latency": badNumber(0.01, 9),
  "observability.thresholds.errorRate": badNumber(0.01, 100),
  "observability.thresholds.certificateDays": badNumber(4, 60),
  "observability.thresholds.connections": badNumber(1, 100),
  "observability.thresholds.redisMemory": badNumber(1, 100),
  "observability.thresholds.availability": badNumber(50, 99.99),
  "observability.thresholds.backupAge": outside(25, 720),
  "observability.dockerRoot": fc.oneof(noText, fc.constantFrom("", "/", "docker", "/a b", "/a:/b", "/a/")),
  [`${receivers}.slack`]: badFlag,
  [`${receivers}.webhook`]: badFlag,
  [`${receivers}.ntfy`]: badFlag,
  [`${receivers}.email.to`]: badMail,
  [`${receivers}.email.from`]: badMail,
  [`${receivers}.email.server`]: fc.oneof(noText, fc.constantFrom("", "a.b", "a.b:0", "a.b:65536", "a b:25")),
  [`${receivers}.email.username`]: fc.oneof(noText, fc.constantFrom("", "a b", "a".repeat(257))),
  [`${rule}.expression`]: badExpression,
  [`${rule}.for`]: fc.oneof(noText, fc.constantFrom("", "0s", "5", "5 m", "m", "1.5h", "123456s")),
  [`${rule}.severity`]: fc.oneof(noText, fc.constantFrom("", "page", "Critical")),
  [`${rule}.summary`]: fc.oneof(noText, fc.constantFrom("", "a\nb", "a".repeat(301))),
  "backups.enabled": badFlag,
  "backups.at": fc.oneof(noText, fc.constantFrom("", "2:00", "24:00", "02:60", "2 am", "02:00:00", "noon")),
  "backups.keep.daily": outside(1, 3650),
  "backups.keep.weekly": outside(0, 520),
  "backups.keep.monthly": outside(0, 120),
  "backups.keep.restorePoints": outside(1, 1000),
  "backups.local": badFlag,
  "backups.pitr": badFlag,
  "backups.keyExported": fc.oneof(noText, fc.constantFrom("", "0123", "0123456789AB", "0123456789abc")),
  "backups.s3.endpoint": fc.oneof(
    noText,
    fc.constantFrom("", "a.b", "s3://a.b", "https://", "https://a.b/c"),
  ),
  "backups.s3.bucket": fc.oneof(noText, fc.constantFrom("", "ab", "Abc", "-ab", "a b", "a".repeat(64))),
  "backups.s3.prefix": fc.oneof(noText, fc.constantFrom("", "/a", "a/", "a b", "a".repeat(202))),
  "backups.s3.region": fc.oneof(noText, fc.constantFrom("", "EU", "eu west", "a".repeat(41))),
  "backups.s3.appendOnly": badFlag,
  "migrations.backwardCompatible": fc.oneof(fc.boolean(), fc.integer(), fc.constantFrom(null, {}, "1.2.0")),
  "migrations.skip": badFlag,
  "migrations.force": badFlag,
  // Clubhouse has neither optional services nor images with releases of the system.
  services: fc.constantFrom("frontend", ["frontend"], { frontend: true }, 5, true),
  version: fc.constantFrom("1.2.0", "latest", 5, ["1.2.0"]),
  "secrets.backupS3AccessKeyId": fc.oneof(noText, fc.constantFrom("", "short", "with a space")),
  "secrets.backupS3SecretAccessKey": fc.oneof(noText, fc.constantFrom("", "short", "with a space")),
  "secrets.alertSlackUrl": badUrl,
  "secrets.alertWebhookUrl": badUrl,
  "secrets.alertNtfyUrl": badUrl,
  "secrets.heartbeatUrl": badUrl,
  "secrets.alertEmailPassword": fc.oneof(noText, fc.constantFrom("", "short", "with a space")),
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
  ...[
    "bootstrapAdmin",
    "timeouts",
    "settings",
    "sizes",
    "observability",
    "backups",
    "backups.keep",
    "backups.s3",
    "migrations",
  ],
  ...["retention", "thresholds", "receivers", "rules", "receivers.email", "rules.QueueTooLong"].map(
    (name) => `observability.${name}`,
  ),
];

const known = new Set([...groups, "app", "host", "imageMirror", ...Object.keys(leaves)]);
const inner = ["resources.backend", "resources.proxy", ...groups];

const missing: Mutation[] = ["domains.app", "images.backend", "images.frontend"].map((key) => ({
  key,
  value: undefined,
}));

/** A receiver without its secret, which is what the message must name. */
const lonely = fc.constantFrom(
  { key: "secrets.alertSlackUrl", at: `${receivers}.slack`, value: true },
  { key: "secrets.alertWebhookUrl", at: `${receivers}.webhook`, value: true },
  { key: "secrets.alertNtfyUrl", at: `${receivers}.ntfy`, value: true },
  {
    key: "secrets.alertEmailPassword",
    at: `${receivers}.email`,
    value: { to: "a@b.c", from: "a@b.c", server: "a.b:25", username: "a" },
  },
);

/** Backups that nothing is kept of. */
const nowhere: Mutation = { key: "backups.s3", at: "backups", value: { local: false } };

const badRuleName = fc
  .constantFrom("queueTooLong", "Q", "Qu", "Queue_Long", "queue", "1Queue", "Q".repeat(62))
  .map(
    (name): Mutation => ({ key: `observability.rules.${name}`, value: { expression: "up", summary: "a" } }),
  );

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

const settable = new Set([
  ...Object.keys(leastImages).flatMap((image) => [`images.${image}`, `registries.${image}`]),
  ...partNames.map((part) => `resources.${part}`),
]);

/** Keys that the schema has besides the leaves. */
function isSetting(key: string): boolean {
  return (
    settable.has(key) ||
    /^resources\.(backend|frontend|postgres|redis|proxy|backup|drill)(\.(memory|cpus))?$/.test(key) ||
    /^secrets\.\w+Password$/.test(key)
  );
}

/** The groups that it is about: a mistake in another must not hide it. */
const tops = ({ key, at = key }: Mutation) => [key, at].map((path) => path.split(".")[0]);

const overlap = <Item>(one: readonly Item[], other: readonly Item[]) =>
  one.some((item) => other.includes(item));

/** One to three mistakes in different places. */
export const mutations = fc.uniqueArray(
  fc.oneof(
    { arbitrary: wrongLeaf, weight: 6 },
    { arbitrary: unknownKey, weight: 3 },
    { arbitrary: wrongGroup, weight: 2 },
    { arbitrary: badRuleName, weight: 1 },
    { arbitrary: lonely, weight: 1 },
    { arbitrary: fc.constant(nowhere), weight: 1 },
    { arbitrary: fc.constantFrom(...missing), weight: 1 },
  ),
  { minLength: 1, maxLength: 3, selector: tops, comparator: overlap },
);

/** The settings with the mistakes in them. */
export function mutated(settings: object, mistakes: readonly Mutation[]): Record<string, unknown> {
  const result = structuredClone(settings) as Record<string, unknown>;
  for (const { key, at = key, value } of mistakes) {
    const names = at.split(".");
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
