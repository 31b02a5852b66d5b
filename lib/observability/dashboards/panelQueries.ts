import type { Dashboard, PanelJson } from "./model";
import { everything } from "./variables";

/** A query of a panel, as Grafana would send it with all chosen. */
export interface PanelQuery {
  /** Its uid. */
  readonly dashboard: string;
  readonly panel: string;
  /** Uid of the source. */
  readonly datasource: string;
  /** Without variables. */
  readonly expr: string;
}

/** What Grafana puts in by itself; times that fit a scrape every 15 s. */
const builtIn: Readonly<Record<string, string>> = {
  __auto: "1m",
  __range: "1h",
  __rate_interval: "2m",
};

/** Every query of every panel, to be asked without Grafana. */
export function panelQueries(dashboards: readonly Dashboard[]): PanelQuery[] {
  return dashboards.flatMap((dashboard) => {
    const values = { ...builtIn, ...ownVariables(dashboard) };
    return ((dashboard.panels ?? []) as unknown as Partial<PanelJson>[]).flatMap(
      ({ title = "", targets = [] }) =>
        targets.map(({ datasource, expr }) => ({
          dashboard: dashboard.uid ?? "",
          panel: title,
          datasource: datasource.uid,
          expr: filled(expr, values),
        })),
    );
  });
}

/** A choice is of everything, a text is empty. */
function ownVariables({ templating: { list = [] } }: Dashboard): Record<string, string> {
  return Object.fromEntries(
    list.map(({ name, includeAll }) => [name, includeAll === true ? everything : ""]),
  );
}

/** `$1` and the like belong to a regular expression. */
function filled(expression: string, values: Readonly<Record<string, string>>): string {
  return expression.replace(/\$([A-Za-z_]\w*)/g, (variable, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new RangeError(`${variable} in "${expression}" is no variable of the dashboard`);
    return value;
  });
}
