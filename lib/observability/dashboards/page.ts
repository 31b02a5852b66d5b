import type { Observed } from "../observed";
import { arranged, type Section } from "./grid";
import { tag, toAll } from "./links";
import type { AnnotationJson, Dashboard, DashboardJson, VariableJson } from "./model";

/** What a dashboard is made from. */
export interface Page {
  /** Stable: bookmarks and links in alerts have it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  readonly variables?: readonly VariableJson[];
  readonly annotations?: readonly AnnotationJson[];
  /** Hours that it shows at first. @default 6 */
  readonly hours?: number;
}

/** The dashboard as Grafana reads it. */
export function dashboard({ system, stack }: Observed, page: Page): Dashboard {
  const { uid, title, description, sections, variables = [], annotations = [], hours = 6 } = page;
  const json: DashboardJson = {
    uid,
    title,
    description: `${description} System ${system}, stack ${stack}.`,
    tags: [tag],
    timezone: "browser",
    editable: false,
    graphTooltip: 1,
    time: { from: `now-${hours}h`, to: "now" },
    refresh: "30s",
    schemaVersion: 39,
    links: [toAll()],
    templating: { list: variables },
    annotations: { list: annotations },
    panels: arranged(sections),
  };
  // The same data; only the compiler takes the text of an enumeration's member for something else than the member.
  return json as unknown as Dashboard;
}
