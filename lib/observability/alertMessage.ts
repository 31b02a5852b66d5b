import type { Observed } from "./observed";

/** Subject of a message, as a template of Alertmanager: `[FIRING:2] clubhouse production: ServiceDown backend`. */
export function messageTitle({ system, stack }: Observed): string {
  const state = '{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}';
  return `[${state}] ${system} ${stack}: {{ .GroupLabels.alertname }}{{ with .GroupLabels.service }} {{ . }}{{ end }}`;
}

/** What a message says of each alert: what is wrong, since when, what to do and where to look. */
export const messageText = `{{ range .Alerts }}{{ .Annotations.summary }} ({{ .Status }}, {{ .Labels.severity }})
{{ with .Annotations.description }}{{ . }}
{{ end }}Since: {{ .StartsAt.UTC.Format "2006-01-02 15:04:05 MST" }}
{{ with .Annotations.runbook_url }}Runbook: {{ . }}
{{ end }}{{ with .Annotations.dashboard_url }}Dashboard: {{ . }}
{{ end }}
{{ end }}`;
