import { type Dashboard, dashboards } from "../../../../lib/observability/dashboards";
import type { PanelJson, RowJson } from "../../../../lib/observability/dashboards/model";
import { observedSystem } from "./alertingObserved";

/** Without encryption, and so with the port in every request. */
export const plainSystem = observedSystem({
  routes: [{ domain: "app", url: "http://shop.lan:8080/health" }],
  grafanaUrl: "http://grafana.lan:8080",
});

/** Panels and the headings between them. */
export function everything({ panels = [] }: Dashboard): (PanelJson | RowJson)[] {
  return panels as unknown as (PanelJson | RowJson)[];
}

export function panels(dashboard: Dashboard): PanelJson[] {
  return everything(dashboard).filter((panel): panel is PanelJson => panel.type !== "row");
}

export function panel(uid: string, title: string, observed = observedSystem()): PanelJson | undefined {
  const dashboard = dashboards(observed).find((one) => one.uid === `slipway-${uid}`);
  return dashboard && panels(dashboard).find((one) => one.title === title);
}
