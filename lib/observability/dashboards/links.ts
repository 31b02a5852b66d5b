import type { Observed } from "../observed";
import type { DashboardLinkJson } from "./model";

/** All dashboards have it, so that each can link to those that there are. */
export const tag = "slipway";

const plain = {
  icon: "external link",
  tooltip: "",
  asDropdown: false,
  targetBlank: false,
  includeVars: false,
  keepTime: true,
} as const;

/** A link to each of the dashboards. */
export function toAll(): DashboardLinkJson {
  return { ...plain, title: "Dashboards", type: "dashboards", url: "", tags: [tag] };
}

/** From a series with the label `service` to the logs of the service, at the same time, where there are logs. */
export function toLogs({ parts }: Observed): { leadsTo?: DashboardLinkJson } {
  if (!parts.includes("loki")) return {};
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in.
  const url = "/d/slipway-logs?var-service=${__field.labels.service}&${__url_time_range}";
  return { leadsTo: { ...plain, title: "Logs", type: "link", url, tags: [] } };
}
