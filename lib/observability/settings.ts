import { z } from "zod";
import { emailAddress } from "../forms";
import { allowed, flag, group, number, section, text, whole } from "../schemaForms";
import { profiles } from "./profiles";
import { promqlProblem } from "./promql";
import { defaultThresholds, type Thresholds } from "./thresholds";

const duration = /^[1-9][0-9]{0,4}[smhd]$/;
const mailServer = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?:(?<port>[1-9][0-9]{0,4})$/;
const mailServerForm = "the mail server with its port, such as smtp.example.com:587";
const hostPath = /^(?:\/[A-Za-z0-9._-]+)+$/;

const off = flag.default(false);

const receivers = section({
  email: group({
    to: text(emailAddress, "an e-mail address"),
    from: text(emailAddress, "an e-mail address"),
    /** Speaks SMTP with STARTTLS, or with TLS on port 465. */
    server: text(mailServer, mailServerForm).refine(
      (server) => Number(mailServer.exec(server)?.groups?.port ?? 0) <= 65535,
      allowed(mailServerForm),
    ),
    /** None: the server asks for no login. */
    username: text(/^[\x21-\x7e]{1,256}$/, "a user name without spaces").optional(),
  }).optional(),
  slack: off,
  webhook: off,
  ntfy: off,
});

export type Receivers = z.output<typeof receivers>;

const expressionForm = "an expression in PromQL, such as queue_length > 100";

const rule = group({
  /** PromQL; what it returns is alerted. */
  expression: z.string(allowed(expressionForm)).superRefine((expression, context) => {
    const detail = promqlProblem(expression);
    if (detail === undefined) return;
    context.addIssue({ code: "custom", message: expressionForm, params: { detail } });
  }),
  for: text(duration, "a time such as 90s, 5m or 1h").default("5m"),
  severity: z.enum(["warning", "critical"], allowed("warning or critical")).default("warning"),
  summary: text(/^.{1,300}$/, "one line of at most 300 characters"),
});

/** An alert of the stack's own. */
export type RuleSettings = z.output<typeof rule>;

/**
 * How the system is observed: the key `observability` of a stack.
 *
 * @param thresholds where the system wants others than are usual.
 */
export function observabilitySettingsOf(thresholds: Partial<Thresholds> = {}) {
  const defaults = { ...defaultThresholds, ...thresholds };
  return section({
    profile: z.enum(profiles, allowed("full, noTraces, metricsOnly or off")).default("full"),
    retention: section({
      metricsDays: whole(1, 3650).optional(),
      metricsGigabytes: whole(1, 10_000).optional(),
      logsDays: whole(1, 3650).optional(),
      tracesDays: whole(1, 3650).optional(),
    }),
    thresholds: section({
      memory: threshold(defaults, "memory", 1, 100),
      cpu: threshold(defaults, "cpu", 1, 100),
      disk: threshold(defaults, "disk", 1, 99),
      // Past 10 s the proxy counts requests without telling how long they took.
      latency: threshold(defaults, "latency", 0.01, 9),
      errorRate: threshold(defaults, "errorRate", 0.01, 100),
      certificateDays: threshold(defaults, "certificateDays", 4, 60),
      connections: threshold(defaults, "connections", 1, 100),
      redisMemory: threshold(defaults, "redisMemory", 1, 100),
      availability: threshold(defaults, "availability", 50, 99.99),
      // Backups are daily: below, it would fire every day.
      backupAge: whole(25, 720).default(defaults.backupAge),
    }),
    receivers,
    rules: z
      .record(z.string().regex(/^[A-Z][A-Za-z0-9]{2,60}$/), rule, {
        error: ({ code }) =>
          code === "invalid_key"
            ? "3 to 61 letters and digits, the first a capital letter, such as QueueTooLong"
            : "a group of alerts, by names such as QueueTooLong, each with expression and summary",
      })
      .default({}),
    /** Where the engine keeps the logs of the containers: `docker info --format '{{.DockerRootDir}}'`. */
    dockerRoot: text(hostPath, "an absolute path, such as /var/lib/docker").default("/var/lib/docker"),
  });
}

/** Of a system that wants nothing unusual. */
export const observabilitySettings = observabilitySettingsOf();

export type ObservabilitySettings = z.output<typeof observabilitySettings>;

/** As it was written, whatever may be wrong in it. */
export interface PartialObservability {
  readonly profile?: unknown;
  readonly receivers?: PartialReceivers | undefined;
}

export interface PartialReceivers {
  readonly email?: { readonly username?: unknown } | undefined;
  readonly slack?: unknown;
  readonly webhook?: unknown;
  readonly ntfy?: unknown;
}

/** What each receiver needs to be set under `secrets`. */
export const receiverSecrets: readonly {
  readonly secret: string;
  readonly form: string;
  readonly needed: (receivers: PartialReceivers) => boolean;
}[] = [
  {
    secret: "alertEmailPassword",
    form: "the password of slipway:observability.receivers.email.username",
    needed: ({ email }) => email?.username !== undefined,
  },
  {
    secret: "alertSlackUrl",
    form: "the URL of Slack's incoming webhook, which slipway:observability.receivers.slack sends to",
    needed: ({ slack }) => slack === true,
  },
  {
    secret: "alertWebhookUrl",
    form: "the URL that slipway:observability.receivers.webhook posts to",
    needed: ({ webhook }) => webhook === true,
  },
  {
    secret: "alertNtfyUrl",
    form: "the URL of the topic that slipway:observability.receivers.ntfy publishes to",
    needed: ({ ntfy }) => ntfy === true,
  },
];

function threshold(defaults: Thresholds, name: keyof Thresholds, least: number, most: number) {
  const form = allowed(`a number from ${least} to ${most}`);
  return number(form).pipe(z.number(form).min(least, form).max(most, form)).default(defaults[name]);
}
