import fc from "fast-check";

const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/);
const port = fc.integer({ min: 1, max: 65535 });
const count = (min: number, max: number) =>
  fc.integer({ min, max }).chain((value) => fc.constantFrom<number | string>(value, String(value)));

/** No URL takes a name that ends in a number, unless it is an address. */
const lastLabel = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,8}[a-z0-9])?$/);
export const hostName = fc
  .tuple(fc.array(label, { maxLength: 3 }), lastLabel)
  .map(([labels, last]) => [...labels, last].join("."));

/** With a dot or a port, or `localhost`: what Docker takes for a host and not for a path. */
export const registryHost = fc.oneof(
  fc.tuple(label, label).map((labels) => labels.join(".")),
  fc.tuple(hostName, port).map(([host, number]) => `${host}:${number}`),
  fc.constant("localhost"),
);

const component = fc.stringMatching(/^[a-z0-9]{1,6}(?:(?:[._]|__|-{1,2})[a-z0-9]{1,4}){0,2}$/);
export const imagePath = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
export const tag = fc
  .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}$/)
  .filter((text) => text !== "latest");
export const digest = fc.stringMatching(/^sha256:[0-9a-f]{64}$/);

export const registry = fc
  .tuple(registryHost, fc.option(imagePath, { nil: undefined }))
  .map(([host, path]) => (path === undefined ? host : `${host}/${path}`));

/** A pin, with the parts that it was made of. */
export const image = fc
  .record({
    registry: fc.option(registryHost, { nil: undefined }),
    path: imagePath,
    tag: fc.option(tag, { nil: undefined }),
    digest: fc.option(digest, { nil: undefined }),
  })
  // Without a host, a path whose first part has a dot is one of another registry.
  .filter(({ registry: host, path }) => host !== undefined || !/^(localhost|[^/]*\.[^/]*)\//.test(path))
  .map((parts) => {
    const host = parts.registry === undefined ? "" : `${parts.registry}/`;
    const version = parts.tag === undefined ? "" : `:${parts.tag}`;
    const hash = parts.digest === undefined ? "" : `@${parts.digest}`;
    return { ...parts, text: `${host}${parts.path}${version}${hash}` };
  });

const pin = image
  .filter((parts) => parts.tag !== undefined || parts.digest !== undefined)
  .map(({ text }) => text);
const postgresPin = fc
  .tuple(fc.integer({ min: 14, max: 18 }), fc.nat(20))
  .map((v) => `postgres:${v.join(".")}`);
const proxyPin = fc.tuple(fc.integer({ min: 12, max: 40 }), fc.nat(9)).map((v) => `caddy:2.${v.join(".")}`);

const prometheusPin = fc
  .tuple(fc.integer({ min: 50, max: 55 }), fc.nat(9))
  .map((v) => `prom/prometheus:v2.${v.join(".")}`);
const collectorPin = fc
  .tuple(fc.integer({ min: 149, max: 400 }), fc.nat(9))
  .map((v) => `otel/opentelemetry-collector-contrib:0.${v.join(".")}`);
const lokiPin = fc.tuple(fc.nat(5), fc.nat(9)).map((v) => `grafana/loki:3.${v.join(".")}`);

const email = fc
  .tuple(fc.stringMatching(/^[a-z0-9][a-z0-9.+_-]{0,8}$/), label, lastLabel)
  .map(([name, first, last]) => `${name}@${first}.${last}`);
const authority = fc.tuple(hostName, fc.stringMatching(/^[a-z]{0,8}$/)).map(([host, path]) => {
  return `https://a.${host}/${path}`;
});
const databaseName = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/);
const password = fc.stringMatching(/^[\x21-\x7e]{8,40}$/);
const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const cores = fc.integer({ min: 5, max: 25600 }).map((hundredths) => hundredths / 100);
const partly = <Shape extends object>(shape: { [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> }) =>
  fc.record(shape, { requiredKeys: [] }).filter((made) => Object.keys(made).length > 0);
const resources = partly({ memory: count(16, 1048576), cpus: cores });

/** A whole number, a fraction, or either as text. */
const amount = (least: number, most: number) =>
  fc
    .integer({ min: least * 100, max: most * 100 })
    .chain((hundredths) => fc.constantFrom<number | string>(hundredths / 100, String(hundredths / 100)));
const percent = amount(1, 100);

const rule = fc.record(
  {
    expression: fc.constantFrom("up == 0", "queue_length > 100", "sum by (a) (rate(b[5m])) > 1"),
    summary: fc.stringMatching(/^[A-Za-z][A-Za-z ]{0,40}$/),
    for: fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom("s", "m", "h", "d"))
      .map((v) => v.join("")),
    severity: fc.constantFrom("warning", "critical"),
  },
  { requiredKeys: ["expression", "summary"] },
);

const observability = partly({
  profile: fc.constantFrom("full", "noTraces", "metricsOnly"),
  retention: partly({
    metricsDays: count(1, 3650),
    metricsGigabytes: count(1, 10_000),
    logsDays: count(1, 3650),
    tracesDays: count(1, 3650),
  }),
  thresholds: partly({
    ...{ memory: percent, cpu: percent, connections: percent, redisMemory: percent, disk: amount(1, 99) },
    ...{ latency: amount(1, 9), errorRate: amount(1, 100), certificateDays: amount(4, 60) },
    backupAge: count(25, 720),
    availability: amount(50, 99),
  }),
  receivers: partly({
    email: fc.record({
      ...{ to: email, from: email },
      server: fc.tuple(hostName, port).map((parts) => parts.join(":")),
    }),
    ...{ slack: fc.constant(false), webhook: fc.constant(false), ntfy: fc.constant(false) },
  }),
  rules: fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z0-9]{2,12}$/), rule, { minKeys: 1, maxKeys: 2 }),
  dockerRoot: fc.stringMatching(/^(?:\/[a-z]{1,8}){1,3}$/),
});

const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]$/);
const store = fc.record(
  {
    endpoint: fc.oneof(hostName, registryHost).map((host) => `https://${host}`),
    bucket,
    prefix: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,20}[A-Za-z0-9]$/),
    region: fc.stringMatching(/^[a-z]{2}-[a-z]{4,8}-[1-9]$/),
    appendOnly: fc.boolean(),
  },
  { requiredKeys: ["endpoint", "bucket"] },
);
const twoDigits = (most: number) => fc.nat(most).map((number) => String(number).padStart(2, "0"));

/** Where nothing is kept on the machine, it goes to a store. */
const backups = partly({
  enabled: fc.boolean(),
  at: fc.tuple(twoDigits(23), twoDigits(59)).map((parts) => parts.join(":")),
  keep: partly({
    ...{ daily: count(1, 3650), weekly: count(0, 520), monthly: count(0, 120) },
    restorePoints: count(1, 1000),
  }),
  local: fc.boolean(),
  s3: store,
  pitr: fc.boolean(),
  keyExported: fc.stringMatching(/^[0-9a-f]{12}$/),
}).filter(({ enabled = true, local = true, s3 }) => !enabled || local || s3 !== undefined);

const release = fc.stringMatching(/^[1-9][0-9]?\.[0-9]{1,2}\.[0-9]{1,2}(?:-[a-z0-9]{1,6})?$/);
const migrations = partly({
  backwardCompatible: fc.array(release, { maxLength: 3 }),
  skip: fc.boolean(),
  force: fc.boolean(),
});

/** A good configuration of Clubhouse. */
export const settings = fc
  .record(
    {
      app: fc.constant("clubhouse"),
      domains: fc.record({ app: hostName, grafana: hostName }).filter(({ app, grafana }) => app !== grafana),
      images: fc.record(
        {
          ...{ backend: pin, frontend: pin, redis: pin, postgres: postgresPin, proxy: proxyPin },
          ...{ prometheus: prometheusPin, loki: lokiPin, collector: collectorPin },
          ...{ restic: pin, node: pin },
        },
        { requiredKeys: ["backend", "frontend"] },
      ),
      tls: fc.oneof(
        fc.record({ mode: fc.constant("acme"), email, authority }, { requiredKeys: ["email"] }),
        fc.record({ mode: fc.constantFrom("internal", "off"), email }, { requiredKeys: ["mode"] }),
      ),
      host: fc.constant("local"),
      registries: partly({ backend: registry, postgres: registry, proxy: registry }),
      imageMirror: registry,
      replicas: partly({ backend: count(1, 50), frontend: count(1, 50) }),
      resources: partly({
        ...{ backend: resources, frontend: resources, postgres: resources, proxy: resources },
        ...{ prometheus: resources, guardian: resources, backup: resources, drill: resources },
      }),
      secrets: partly({ redisPassword: password, databaseAppPassword: password, totpEncryptionKey: key }),
      postgres: fc.record(
        {
          host: hostName,
          database: databaseName,
          user: databaseName,
          port: count(1, 65535),
          sslmode: fc.constantFrom("disable", "require", "verify-ca", "verify-full"),
        },
        { requiredKeys: ["host", "database", "user"] },
      ),
      ports: fc.record({ http: count(8000, 8999), https: count(9000, 9999) }),
      bootstrapAdmin: fc.record(
        { username: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{1,20}$/), email },
        { requiredKeys: ["username"] },
      ),
      observability,
      backups,
      migrations,
      timeouts: partly({ ready: count(1, 3600), drain: count(0, 3600), migration: count(1, 86400) }),
    },
    { requiredKeys: ["app", "domains", "images", "tls"] },
  )
  // A server of somebody else needs the password of its role, and a store its key, unless nothing is backed up.
  .map((made) => ({ ...made, ...secretsOf(made) }));

interface Needing {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly postgres?: unknown;
  readonly backups?: { readonly enabled?: boolean; readonly s3?: unknown };
}

function secretsOf({ secrets, postgres, backups: chosen }: Needing): Pick<Needing, "secrets"> {
  const needed = {
    ...(postgres === undefined ? {} : { databaseAppPassword: "that-of-the-role" }),
    ...(chosen?.s3 === undefined || chosen.enabled === false ? {} : storeKey),
  };
  return Object.keys(needed).length === 0 ? {} : { secrets: { ...secrets, ...needed } };
}

const storeKey = { backupS3AccessKeyId: "an-access-key", backupS3SecretAccessKey: "its-secret-key" };

export type GoodSettings = typeof settings extends fc.Arbitrary<infer Made> ? Made : never;

/** Text with what ends words, lines, quotes and blocks. */
export const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(..." \n\t\r{}\"'`\\#$@*/.:;-_a0Z%,|&<>()[]=~"), maxLength: 20 }),
);
