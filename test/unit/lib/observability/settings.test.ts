import { describe, expect, it } from "vitest";
import { receiverSecrets } from "../../../../lib/observability/settings";
import { defaultThresholds } from "../../../../lib/observability/thresholds";
import { secretSpecs } from "../../../../lib/secretSpecs";
import { shop } from "../../fixtures";
import { parsed, problems } from "../../shopSettings";

const group = "a group of keys with values";
const days = "a whole number from 1 to 3650";
const gigabytes = "a whole number from 1 to 10000";
const percent = "a number from 1 to 100";
const flag = "true or false";
const mail = "an e-mail address";
const server = "the mail server with its port, such as smtp.example.com:587";
const user = "a user name without spaces";
const path = "an absolute path, such as /var/lib/docker";
const alerts = "a group of alerts, by names such as QueueTooLong, each with expression and summary";
const promql = "an expression in PromQL, such as queue_length > 100";
const time = "a time such as 90s, 5m or 1h";
const line = "one line of at most 300 characters";

const email = { to: "ops@example.com", from: "alerts@example.com", server: "smtp.example.com:587" };
const rule = { expression: "queue_length > 100", summary: "Jobs wait" };

function observability(settings: Readonly<Record<string, unknown>>) {
  return parsed({ observability: settings }).observability;
}

describe("each key", () => {
  it.each<[string, unknown, string]>([
    ["profile", "all", "full, noTraces, metricsOnly or off"],
    ["profile", "Full", "full, noTraces, metricsOnly or off"],
    ["profile", false, "full, noTraces, metricsOnly or off"],
    ["retention", 15, group],
    ["retention.metricsDays", 0, days],
    ["retention.metricsDays", "15d", days],
    ["retention.metricsGigabytes", 0.5, gigabytes],
    ["retention.metricsGigabytes", 10_001, gigabytes],
    ["retention.logsDays", 3651, days],
    ["retention.tracesDays", null, days],
    ["thresholds", "low", group],
    ["thresholds.memory", 0, percent],
    ["thresholds.memory", 101, percent],
    ["thresholds.cpu", "80 %", percent],
    ["thresholds.cpu", 0.5, percent],
    ["thresholds.disk", 100, "a number from 1 to 99"],
    ["thresholds.disk", 0, "a number from 1 to 99"],
    ["thresholds.latency", 0, "a number from 0.01 to 9"],
    ["thresholds.latency", "2s", "a number from 0.01 to 9"],
    ["thresholds.latency", 10, "a number from 0.01 to 9"],
    ["thresholds.errorRate", 0, "a number from 0.01 to 100"],
    ["thresholds.errorRate", 100.5, "a number from 0.01 to 100"],
    ["thresholds.certificateDays", 3, "a number from 4 to 60"],
    ["thresholds.certificateDays", 61, "a number from 4 to 60"],
    ["thresholds.connections", -1, percent],
    ["thresholds.connections", true, percent],
    ["thresholds.redisMemory", "1000", percent],
    ["thresholds.redisMemory", [], percent],
    ["thresholds.availability", 100, "a number from 50 to 99.99"],
    ["thresholds.availability", 49, "a number from 50 to 99.99"],
    ["thresholds.backupAge", 24, "a whole number from 25 to 720"],
    ["thresholds.backupAge", 721, "a whole number from 25 to 720"],
    ["thresholds.backupAge", 26.5, "a whole number from 25 to 720"],
    ["thresholds.backupAge", "26h", "a whole number from 25 to 720"],
    ["receivers", ["slack"], group],
    ["receivers.slack", "https://hooks.slack.example.com", flag],
    ["receivers.slack", "true", flag],
    ["receivers.webhook", 1, flag],
    ["receivers.ntfy", null, flag],
    ["receivers.email", "ops@example.com", group],
    ["receivers.email.to", "ops", mail],
    ["receivers.email.from", 5, mail],
    ["receivers.email.server", "smtp.example.com", server],
    ["receivers.email.server", "smtp.example.com:0", server],
    ["receivers.email.server", "smtp.example.com:65536", server],
    ["receivers.email.server", "smtps://smtp.example.com:465", server],
    ["receivers.email.username", "ops team", user],
    ["rules", [], alerts],
    ["rules", "up == 0", alerts],
    ["rules.QueueTooLong", "queue_length > 100", group],
    ["rules.QueueTooLong.expression", 5, promql],
    ["rules.QueueTooLong.for", "5 minutes", time],
    ["rules.QueueTooLong.for", "0s", time],
    ["rules.QueueTooLong.for", 300, time],
    ["rules.QueueTooLong.severity", "page", "warning or critical"],
    ["rules.QueueTooLong.summary", "", line],
    ["rules.QueueTooLong.summary", "two\nlines", line],
    ["rules.QueueTooLong.summary", "a".repeat(301), line],
    ["dockerRoot", "var/lib/docker", path],
    ["dockerRoot", "/var/lib/docker:/etc", path],
    ["dockerRoot", "/", path],
  ])("refuses %s with the value %j", (key, value, form) => {
    const whole = {
      "observability.receivers.email": email,
      "observability.rules.QueueTooLong": rule,
      "secrets.alertEmailPassword": "a-mail-password",
    };
    expect(problems({ ...whole, [`observability.${key}`]: value })).toEqual([
      `slipway:observability.${key} is ${JSON.stringify(value)}: it must be ${form}`,
    ]);
  });

  it.each([
    ["receivers.email.to", mail],
    ["receivers.email.from", mail],
    ["receivers.email.server", server],
    ["rules.QueueTooLong.expression", promql],
    ["rules.QueueTooLong.summary", line],
  ])("that has no default is asked for: %s", (key, form) => {
    const whole = { "observability.receivers.email": email, "observability.rules.QueueTooLong": rule };
    expect(problems({ ...whole, [`observability.${key}`]: undefined })).toEqual([
      `slipway:observability.${key} is missing: set it to ${form} (pulumi config set --path 'observability.${key}' <value>)`,
    ]);
  });

  it.each([
    ["profil", "Did you mean profile?"],
    ["cadvisor", "Allowed are dockerRoot, profile, receivers, retention, rules, thresholds."],
    ["retention.logDays", "Did you mean logsDays?"],
    ["thresholds.memmory", "Did you mean memory?"],
    ["receivers.pagerduty", "Allowed are email, ntfy, slack, webhook."],
    ["receivers.email.password", "Allowed are from, server, to, username."],
    ["rules.QueueTooLong.severty", "Did you mean severity? Otherwise allowed are expression, for, severity"],
  ])("that isn't known is told with a guess and the choice: %s", (key, hint) => {
    const whole = { "observability.receivers.email": email, "observability.rules.QueueTooLong": rule };
    const [problem = "", ...others] = problems({ ...whole, [`observability.${key}`]: "canary" });
    expect(others).toEqual([]);
    expect(problem).toContain(`slipway:observability.${key} is not a known key. `);
    expect(problem).toContain(hint);
    expect(problem).not.toContain("canary");
  });
});

describe("numbers", () => {
  it("may be text, which is how `pulumi config set` may write them", () => {
    const { retention, thresholds } = observability({
      retention: { metricsDays: "30", metricsGigabytes: "8" },
      thresholds: { memory: "90", latency: "0.25", availability: "99.9" },
    });
    expect(retention).toEqual({ metricsDays: 30, metricsGigabytes: 8 });
    expect(thresholds).toEqual({ ...defaultThresholds, memory: 90, latency: 0.25, availability: 99.9 });
  });

  it.each(["", " ", "1e1", "0x1f", "-5", "5,5", "NaN", "Infinity"])("are not %j", (text) => {
    expect(problems({ "observability.thresholds.memory": text })).toHaveLength(1);
    expect(problems({ "observability.retention.logsDays": text })).toHaveLength(1);
  });
});

describe("a receiver", () => {
  const slack = "https://hooks.slack.example.com/services/T0/B0/x";
  it.each<[string, unknown, string, string]>([
    ["slack", true, "alertSlackUrl", "slipway:observability.receivers.slack"],
    ["webhook", true, "alertWebhookUrl", "slipway:observability.receivers.webhook"],
    ["ntfy", true, "alertNtfyUrl", "slipway:observability.receivers.ntfy"],
    [
      "email",
      { ...email, username: "alerts" },
      "alertEmailPassword",
      "slipway:observability.receivers.email.username",
    ],
  ])("needs its secret: %s", (name, value, secret, receiver) => {
    const receivers = { [`observability.receivers.${name}`]: value };
    const [problem = "", ...others] = problems(receivers);
    expect(others).toEqual([]);
    expect(problem).toContain(`slipway:secrets.${secret} is missing: set it to the `);
    expect(problem).toContain(receiver);
    expect(problem).toContain(`(pulumi config set --secret --path 'secrets.${secret}' <value>)`);
    expect(problems({ ...receivers, [`secrets.${secret}`]: slack })).toEqual([]);
  });

  it("needs none that it doesn't use", () => {
    expect(problems({ "observability.receivers": { slack: false, webhook: false, ntfy: false } })).toEqual(
      [],
    );
    expect(problems({ "observability.receivers.email": email })).toEqual([]);
  });

  it("is told with all others that lack theirs, and with all other problems", () => {
    const receivers = { slack: true, webhook: true, ntfy: true, email: { ...email, username: "alerts" } };
    expect(problems({ "observability.receivers": receivers })).toHaveLength(4);
    expect(problems({ "observability.receivers": receivers, "ports.http": 0, tsl: {} })).toHaveLength(6);
    expect(problems({ "observability.receivers": { ...receivers, slack: "yes" } })).toHaveLength(4);
  });

  it("has an address by http or https", () => {
    expect(problems({ "secrets.alertSlackUrl": "hooks.slack.example.com" })).toEqual([
      "slipway:secrets.alertSlackUrl is [secret]: it must be an http or https URL",
    ]);
    expect(problems({ "secrets.heartbeatUrl": "ftp://example.com" })).toHaveLength(1);
    expect(problems({ "secrets.heartbeatUrl": "https://example.com/ping?id=1" })).toEqual([]);
  });

  it("has a secret that is one of every system's", () => {
    expect(Object.keys(secretSpecs(shop))).toEqual(
      expect.arrayContaining(receiverSecrets.map(({ secret }) => secret)),
    );
  });
});

describe("a rule", () => {
  it.each([
    ["queue_length >", "it goes wrong at its end, where something is missing"],
    ["queue length > 100", 'it goes wrong at "length > 100", character 7'],
    ["rate(queue_length) > 1", "the function needs a range of time, such as [5m]"],
  ])("is refused when %s doesn't parse", (expression, where) => {
    const [problem = "", ...others] = problems({
      "observability.rules.QueueTooLong": { ...rule, expression },
    });
    expect(others).toEqual([]);
    const start = `slipway:observability.rules.QueueTooLong.expression is ${JSON.stringify(expression)}: it must be ${promql}; `;
    expect(problem.startsWith(start)).toBe(true);
    expect(problem).toContain(where);
  });

  it.each([
    "queueTooLong",
    "Q",
    "Qu",
    "Queue_Too_Long",
    "Queue too long",
    `Q${"a".repeat(61)}`,
    "constructor",
  ])("has no name like %j", (name) => {
    const rules = { [name]: rule };
    expect(problems({ "observability.rules": rules })).toEqual([
      `slipway:observability.rules.${name} has a bad name: it must be 3 to 61 letters and digits, the first a capital letter, such as QueueTooLong`,
    ]);
  });

  it("has five minutes and a warning unless it says otherwise", () => {
    const loud = { ...rule, for: "90s", severity: "critical" };
    expect(observability({ rules: { QueueTooLong: rule, QueueFull: loud } }).rules).toEqual({
      QueueTooLong: { ...rule, for: "5m", severity: "warning" },
      QueueFull: loud,
    });
  });
});

it("has its defaults where only a part of a group is set", () => {
  const { profile, thresholds, receivers } = observability({
    receivers: { email },
    thresholds: { disk: 30 },
  });
  expect(profile).toBe("full");
  expect(thresholds).toEqual({ ...defaultThresholds, disk: 30 });
  expect(receivers).toEqual({ email, slack: false, webhook: false, ntfy: false });
});
