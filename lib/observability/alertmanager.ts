import { messageText, messageTitle } from "./alertMessage";
import type { Observed } from "./observed";
import { everyPart, partHost } from "./parts";
import { alertNames } from "./rules";
import { yamlText } from "./yamlText";

/** Receivers by name. */
export const receiverNames = {
  /** Everything that the stack sets under `observability.receivers`, each of them told. */
  people: "people",
  /** The off-box address that hears every minute that alerting works. */
  heartbeat: "heartbeat",
  /** Tells nobody. */
  none: "none",
} as const;

const secrets = "/run/secrets/alertmanager";

/** Configuration of Alertmanager 0.28 or later, by path below /etc/alertmanager. */
export function alertmanagerFiles(observed: Observed): Record<string, string> {
  return {
    "alertmanager.yml": yamlText({
      route: route(observed),
      inhibit_rules: inhibitRules(),
      receivers: receivers(observed),
    }),
  };
}

export function alertmanagerArguments({ grafanaUrl }: Observed): string[] {
  return [
    "--config.file=/etc/alertmanager/alertmanager.yml",
    "--storage.path=/alertmanager",
    // A single one: it listens to no others.
    "--cluster.listen-address=",
    // Where links in messages lead. Its own page is not public, Grafana shows the same.
    `--web.external-url=${grafanaUrl}`,
  ];
}

function route(observed: Observed) {
  const people = hasReceivers(observed) ? receiverNames.people : receiverNames.none;
  return {
    receiver: people,
    // One message for all containers of a service that have the same trouble.
    group_by: ["alertname", "service"],
    // For what has neither severity; every rule of ours has one.
    ...warningWaits,
    routes: [
      {
        matchers: [`alertname="${alertNames.watchdog}"`],
        receiver: observed.heartbeat ? receiverNames.heartbeat : receiverNames.none,
        group_wait: "0s",
        group_interval: "1m",
        // Less than the interval: what was sent within the last minute, by a moment, waits for the next one.
        repeat_interval: "50s",
      },
      { matchers: ['severity="none"'], receiver: receiverNames.none },
      { matchers: ['severity="critical"'], receiver: people, ...criticalWaits },
      { matchers: ['severity="warning"'], receiver: people, ...warningWaits },
    ],
  };
}

/** Somebody should act now. */
const criticalWaits = {
  // Time of one evaluation of the rules, for the containers of a service that fail together.
  group_wait: "15s",
  // Soon enough to hear that it is over, or that it spreads.
  group_interval: "1m",
  // A reminder to those who didn't hear the first.
  repeat_interval: "1h",
};

/** Somebody should look today. */
const warningWaits = {
  // A critical one that follows within the minute silences it before it is sent.
  group_wait: "1m",
  // What comes and goes is told every 5 minutes at most.
  group_interval: "5m",
  // Twice a working day at most.
  repeat_interval: "12h",
};

/** The alert of a cause silences those of what follows from it. */
function inhibitRules() {
  const { watchdog, hostDown, engineDown, serviceDown, test } = alertNames;
  const noticed = ["RouteDown", serviceDown, watchdog, test].join("|");
  const observers = everyPart.map(partHost).join("|");
  return [
    {
      source_matchers: ['severity="critical"'],
      target_matchers: ['severity="warning"'],
      equal: ["alertname", "service"],
    },
    // What runs on the host says that it is down: so much of it is up, and what users notice is never silenced.
    {
      source_matchers: [`alertname="${hostDown}"`],
      target_matchers: [`alertname!~"${hostDown}|${noticed}"`],
    },
    {
      source_matchers: [`alertname="${engineDown}"`],
      target_matchers: [`alertname!~"${engineDown}|${hostDown}|${noticed}"`],
    },
    {
      source_matchers: [`alertname="${serviceDown}"`],
      target_matchers: ['alertname=~"ServiceUnreachable|ContainerUnhealthy|PostgresDown|RedisDown"'],
      equal: ["service"],
    },
    {
      // Requests are counted by host: which services an error comes from isn't known, but not from those that observe.
      source_matchers: [`alertname="${serviceDown}"`, `service!~"${observers}"`],
      target_matchers: ['alertname=~"LatencyHigh|ErrorRateHigh|ErrorBudget.+"'],
    },
  ];
}

function hasReceivers({ receivers: { email, slack, webhook, ntfy } }: Observed): boolean {
  return email !== undefined || slack || webhook || ntfy;
}

function receivers(observed: Observed) {
  return [
    ...(hasReceivers(observed) ? [people(observed)] : []),
    ...(observed.heartbeat
      ? [
          {
            name: receiverNames.heartbeat,
            webhook_configs: [{ url_file: `${secrets}/heartbeatUrl`, send_resolved: false }],
          },
        ]
      : []),
    { name: receiverNames.none },
  ];
}

function people(observed: Observed) {
  const { email, slack, webhook, ntfy } = observed.receivers;
  const webhooks = [
    ...(webhook ? [{ url_file: `${secrets}/webhookUrl`, send_resolved: true }] : []),
    ...(ntfy ? [ntfyConfiguration()] : []),
  ];
  return {
    name: receiverNames.people,
    ...(email === undefined ? {} : { email_configs: [emailConfiguration(email, observed)] }),
    ...(slack ? { slack_configs: [slackConfiguration(observed)] } : {}),
    ...(webhooks.length === 0 ? {} : { webhook_configs: webhooks }),
  };
}

function emailConfiguration(email: NonNullable<Observed["receivers"]["email"]>, observed: Observed) {
  const { to, from, server, username } = email;
  return {
    to,
    from,
    smarthost: server,
    ...(username === undefined
      ? {}
      : { auth_username: username, auth_password_file: `${secrets}/emailPassword` }),
    // Port 465 speaks TLS from the first byte, so there is no STARTTLS to ask for.
    require_tls: !server.endsWith(":465"),
    send_resolved: true,
    headers: { Subject: messageTitle(observed) },
    // Plain text only: Alertmanager's own page links to itself, which is not public.
    html: "",
    text: messageText,
  };
}

function slackConfiguration(observed: Observed) {
  return {
    api_url_file: `${secrets}/slackUrl`,
    send_resolved: true,
    title: messageTitle(observed),
    title_link: observed.grafanaUrl,
    fallback: messageTitle(observed),
    text: messageText,
  };
}

/** ntfy reads Alertmanager's own format with a template that it has for it (ntfy 2.14 or later). */
function ntfyConfiguration() {
  return {
    url_file: `${secrets}/ntfyUrl`,
    send_resolved: true,
    http_config: { http_headers: { "X-Template": { values: ["alertmanager"] } } },
    // A message of more than 4,096 bytes is refused and lost; an alert with its source takes up to 1,200.
    max_alerts: 3,
  };
}
