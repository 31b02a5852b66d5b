import { type AlertCase, critical, warning } from "./case";

const certificate =
  'probe_ssl_earliest_cert_expiry{job="probe",instance="https://shop.example.com/",domain="app"}';
const discarded = 'loki_discarded_samples_total{job="loki",reason="rate_limited",tenant="fake"}';
const sendFailed = 'otelcol_exporter_send_failed_log_records{job="collector",exporter="otlp_http/loki"}';
const undelivered = (integration: string) =>
  `alertmanager_notifications_failed_total{job="alertmanager",integration="${integration}",reason="serverError"}`;

export const monitoringCases: readonly AlertCase[] = [
  {
    alert: "Watchdog",
    when: "all is well",
    series: {},
    at: "1m",
    fires: [{ labels: { severity: "none" }, summary: "alerting works" }],
  },
  {
    alert: "TargetDown",
    when: "a part does not answer",
    series: {
      'up{job="loki",instance="loki:3100"}': "1x20 0x40",
      'up{job="tempo",instance="tempo:3200"}': "1x60",
      // They have alerts of their own.
      'up{job="app",service="backend",instance="10.0.0.1:8080"}': "0x60",
      'up{job="node",instance="node-exporter:9100"}': "0x60",
    },
    at: "8m",
    fires: [{ labels: { ...warning, job: "loki" }, summary: "loki has given no metrics for 2 minutes" }],
  },
  {
    alert: "TargetDown",
    when: "it was restarted",
    series: { 'up{job="loki",instance="loki:3100"}': "1x20 0x5 1x40" },
    at: "8m",
    fires: [],
  },
  {
    alert: "ReloadFailed",
    when: "two of three refused theirs",
    series: {
      'prometheus_config_last_reload_successful{job="prometheus",instance="prometheus:9090"}': "1x20 0x60",
      'alertmanager_config_last_reload_successful{job="alertmanager",instance="alertmanager:9093"}': "1x80",
      'caddy_config_last_reload_successful{job="proxy",instance="proxy:2021"}': "1x20 0x60",
    },
    at: "12m",
    fires: [
      { labels: { ...warning, job: "prometheus" }, summary: "prometheus refused its new configuration" },
      { labels: { ...warning, job: "proxy" }, summary: "proxy refused its new configuration" },
    ],
  },
  {
    alert: "ReloadFailed",
    when: "the next one was taken",
    series: {
      'prometheus_config_last_reload_successful{job="prometheus",instance="prometheus:9090"}':
        "1x20 0x8 1x60",
    },
    at: "12m",
    fires: [],
  },
  {
    alert: "RuleEvaluationFailing",
    when: "a group fails each time",
    series: {
      'prometheus_rule_evaluation_failures_total{job="prometheus",rule_group="/etc/prometheus/rules.yml;host"}':
        "0x20 1+1x60",
      'prometheus_rule_evaluation_failures_total{job="prometheus",rule_group="/etc/prometheus/rules.yml;redis"}':
        "3x80",
    },
    at: "15m",
    fires: [
      {
        labels: { ...warning, service: "prometheus", rule_group: "/etc/prometheus/rules.yml;host" },
        summary: "20 evaluations of the rules /etc/prometheus/rules.yml;host failed within 5 minutes",
      },
    ],
  },
  {
    alert: "RuleEvaluationFailing",
    when: "it failed once",
    series: {
      'prometheus_rule_evaluation_failures_total{job="prometheus",rule_group="/etc/prometheus/rules.yml;host"}':
        "0x20 1x60",
    },
    at: "11m",
    fires: [],
  },
  {
    alert: "AlertDeliveryFailing",
    when: "the mail server refuses",
    series: { [undelivered("email")]: "0x10 1x20 2x20 3x60", [undelivered("slack")]: "4x80" },
    at: "15m",
    fires: [
      {
        labels: { ...critical, service: "alertmanager", integration: "email" },
        summary: "3 messages by email could not be delivered within 15 minutes",
      },
    ],
  },
  {
    alert: "AlertDeliveryFailing",
    when: "the next message was taken",
    series: { [undelivered("email")]: "0x20 1x60" },
    at: "11m",
    fires: [],
  },
  {
    alert: "LogsRefused",
    when: "there are too many",
    series: { [discarded]: "0x20 100+100x60" },
    at: "15m",
    fires: [
      {
        labels: { ...warning, service: "loki", reason: "rate_limited" },
        summary: "Loki refused 2000 log lines within 5 minutes: rate_limited",
      },
    ],
  },
  {
    alert: "LogsRefused",
    when: "there were once",
    series: { [discarded]: "0x20 100x60" },
    at: "11m",
    fires: [],
  },
  {
    alert: "CollectorFailing",
    when: "Loki takes nothing",
    series: { [sendFailed]: "0x20 10+10x80" },
    at: "20m",
    fires: [
      {
        labels: { ...warning, service: "collector", exporter: "otlp_http/loki" },
        summary: "200 logs or spans of otlp_http/loki could not be passed on within 5 minutes",
      },
    ],
  },
  {
    alert: "CollectorFailing",
    when: "a few lines were lost",
    series: { [sendFailed]: "0x20 10+10x10 110x80" },
    at: "20m",
    fires: [],
  },
  expiry("CertificateExpiring", 19.9, "2h", [
    {
      labels: { ...warning, host: "shop.example.com" },
      summary: "shop.example.com: the certificate ends in 19.9 days",
    },
  ]),
  expiry("CertificateExpiring", 20.1, "2h", []),
  // Then it is the other one's.
  expiry("CertificateExpiring", 2.9, "2h", []),
  expiry("CertificateAboutToExpire", 2.9, "10m", [
    {
      labels: { ...critical, host: "shop.example.com" },
      summary: "shop.example.com: the certificate ends in 2.9 days",
    },
  ]),
  expiry("CertificateAboutToExpire", 3.1, "10m", []),
];

/** promtool's time begins at 0; two hours later as many days are left. */
function expiry(alert: string, days: number, at: string, fires: AlertCase["fires"]): AlertCase {
  const seconds = Math.round(days * 86_400) + (at === "2h" ? 7200 : 600);
  return {
    alert,
    when: `its certificate is good for ${days} days`,
    every: "1m",
    series: { [certificate]: `${seconds}x130` },
    at,
    fires,
  };
}
