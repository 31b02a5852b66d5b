import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { alertmanagerArguments, alertmanagerFiles } from "../../../../lib/observability/alertmanager";
import { alertGroups } from "../../../../lib/observability/alerts";
import { deliveries } from "../../../../lib/observability/deliveries";
import type { Observed } from "../../../../lib/observability/observed";
import { email, noReceivers, observedSystem } from "./alertingObserved";

interface Route {
  readonly receiver: string;
  readonly matchers: readonly string[];
  readonly group_interval?: string;
  readonly repeat_interval?: string;
}

function text(changes: Partial<Observed> = {}): string {
  return alertmanagerFiles(observedSystem(changes))["alertmanager.yml"] ?? "";
}

function routes(changes: Partial<Observed> = {}): Route[] {
  return parse(text(changes)).route.routes;
}

/** Each way by what it matches, and who is told. */
function ways(changes: Partial<Observed>) {
  return routes(changes).map(({ matchers, receiver }) => [matchers.join(), receiver]);
}

function receivers(changes: Partial<Observed>): Readonly<Record<string, unknown>>[] {
  return parse(text(changes)).receivers;
}

const all = { email, slack: true, webhook: true, ntfy: true } as const;

describe("ways", () => {
  it("lead people's alerts to people and the watchdog to the heartbeat", () => {
    expect(ways({ receivers: all, heartbeat: true })).toEqual([
      ['alertname="Watchdog"', "heartbeat"],
      ['severity="none"', "none"],
      ['severity="critical"', "people"],
      ['severity="warning"', "people"],
    ]);
  });

  it("never lead the watchdog to people", () => {
    expect(ways({ receivers: all })[0]).toEqual(['alertname="Watchdog"', "none"]);
  });

  it("lead nowhere when nothing is set", () => {
    expect(receivers({})).toEqual([{ name: "none" }]);
    expect(parse(text()).route.receiver).toBe("none");
    expect(ways({}).map(([, receiver]) => receiver)).toEqual(["none", "none", "none", "none"]);
  });

  it("tell the heartbeat once a minute: it repeats in less than the interval", () => {
    expect(routes({ heartbeat: true })[0]).toMatchObject({
      group_wait: "0s",
      group_interval: "1m",
      repeat_interval: "50s",
    });
  });

  it("tell of one trouble of a service once", () => {
    expect(parse(text()).route.group_by).toEqual(["alertname", "service"]);
  });
});

describe("receivers", () => {
  it("are told all at once", () => {
    const configuration = text({ receivers: all, heartbeat: true });
    expect(deliveries(configuration, "people")).toEqual([
      "email to ops@example.com",
      "Slack",
      "webhook",
      "ntfy",
    ]);
    expect(deliveries(configuration, "none")).toEqual([]);
    expect(deliveries(configuration, "missing")).toEqual([]);
    expect(deliveries("", "people")).toEqual([]);
  });

  it.each([
    ["slack", ["Slack"]],
    ["webhook", ["webhook"]],
    ["ntfy", ["ntfy"]],
  ])("may be one: %s", (receiver, told) => {
    expect(deliveries(text({ receivers: { ...noReceivers, [receiver]: true } }), "people")).toEqual(told);
  });

  it("have their secrets in files", () => {
    const configuration = text({ receivers: all, heartbeat: true });
    expect(configuration.match(/\/run\/secrets\/\S+/g)).toEqual([
      "/run/secrets/alertmanager/emailPassword",
      "/run/secrets/alertmanager/slackUrl",
      "/run/secrets/alertmanager/webhookUrl",
      "/run/secrets/alertmanager/ntfyUrl",
      "/run/secrets/alertmanager/heartbeatUrl",
    ]);
  });

  it("hear that it is over, but for the heartbeat", () => {
    const resolved = (changes: Partial<Observed>) =>
      receivers(changes).map((receiver) => [
        receiver.name,
        ...Object.values(receiver).flatMap((configurations) =>
          Array.isArray(configurations) ? configurations.map(({ send_resolved }) => send_resolved) : [],
        ),
      ]);
    expect(resolved({ receivers: all, heartbeat: true })).toEqual([
      ["people", true, true, true, true],
      ["heartbeat", false],
      ["none"],
    ]);
  });

  it("log in to the mail server only with a user name", () => {
    const { username: _, ...anonymous } = email;
    const configuration = text({ receivers: { ...noReceivers, email: anonymous } });
    expect(configuration).not.toContain("auth_");
    expect(configuration).not.toContain("/run/secrets");
  });

  it.each([
    ["smtp.example.com:587", true],
    ["smtp.example.com:465", false],
  ])("ask %s for STARTTLS: %s", (server, required) => {
    const [people] = receivers({ receivers: { ...noReceivers, email: { ...email, server } } });
    expect(people).toMatchObject({ email_configs: [{ smarthost: server, require_tls: required }] });
  });

  it("ask ntfy for its template, and send no more than its message holds", () => {
    const [people] = receivers({ receivers: { ...noReceivers, ntfy: true } });
    expect(people).toMatchObject({
      webhook_configs: [
        { http_config: { http_headers: { "X-Template": { values: ["alertmanager"] } } }, max_alerts: 3 },
      ],
    });
  });
});

describe("a cause", () => {
  interface InhibitRule {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
    readonly equal?: readonly string[];
  }
  const rules: readonly InhibitRule[] = parse(text()).inhibit_rules;

  it("silences what follows from it, but neither the watchdog nor a test", () => {
    const observers =
      "prometheus|alertmanager|grafana|loki|tempo|guardian|collector|node-exporter|blackbox-exporter|postgres-exporter|redis-exporter|uptime-kuma";
    expect(rules.map((rule) => [rule.source_matchers, rule.target_matchers, rule.equal ?? []])).toEqual([
      [['severity="critical"'], ['severity="warning"'], ["alertname", "service"]],
      [['alertname="HostDown"'], ['alertname!~"HostDown|RouteDown|ServiceDown|Watchdog|TestAlert"'], []],
      [
        ['alertname="EngineDown"'],
        ['alertname!~"EngineDown|HostDown|RouteDown|ServiceDown|Watchdog|TestAlert"'],
        [],
      ],
      [
        ['alertname="ServiceDown"'],
        ['alertname=~"ServiceUnreachable|ContainerUnhealthy|PostgresDown|RedisDown"'],
        ["service"],
      ],
      [
        ['alertname="ServiceDown"', `service!~"${observers}"`],
        ['alertname=~"LatencyHigh|ErrorRateHigh|ErrorBudget.+"'],
        [],
      ],
    ]);
  });

  it("and what follows are alerts that there are", () => {
    const all = alertGroups(observedSystem()).flatMap((group) => group.rules);
    const names = [...all.flatMap((rule) => ("alert" in rule ? [rule.alert] : [])), "TestAlert"];
    const mentioned = rules
      .flatMap(({ source_matchers, target_matchers }) => [...source_matchers, ...target_matchers])
      .flatMap((matcher) => /^alertname[!=~]+"(.+)"$/.exec(matcher)?.[1]?.split("|") ?? []);
    const unknown = mentioned.filter((name) => !names.some((one) => new RegExp(`^${name}$`).test(one)));
    expect(mentioned.length).toBeGreaterThan(10);
    expect(unknown).toEqual([]);
  });
});

it("is a single one, and its links lead to Grafana", () => {
  expect(alertmanagerArguments(observedSystem())).toEqual([
    "--config.file=/etc/alertmanager/alertmanager.yml",
    "--storage.path=/alertmanager",
    "--cluster.listen-address=",
    "--web.external-url=https://grafana.example.com",
  ]);
});
