import { type Block, head, type PanelArguments, target, values, words } from "./fields";
import type { HeatmapJson, LogsJson, StatJson, TimeSeriesJson } from "./model";

export interface TimeSeriesArguments extends PanelArguments {
  /** Whether the series are parts of one sum. @default false */
  readonly stacked?: boolean;
}

/** Lines over time, with the limit as a dashed one. */
export function timeSeries(panel: TimeSeriesArguments): Block {
  const { title, limit, stacked = false, width = 12, height = 8 } = panel;
  const json: TimeSeriesJson = {
    ...head(panel),
    type: "timeseries",
    title,
    targets: panel.queries.map((query, index) => target(query, index, panel.source, "range")),
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: ["lastNotNull"] },
      tooltip: { mode: "multi", sort: "desc" },
    },
    fieldConfig: {
      defaults: {
        ...values(panel),
        color: { mode: "palette-classic" },
        custom: {
          drawStyle: "line",
          lineWidth: 1,
          fillOpacity: stacked ? 30 : 5,
          showPoints: "never",
          // A line that a scrape is missing from goes on; longer gaps are shown.
          spanNulls: 60_000,
          stacking: { mode: stacked ? "normal" : "none", group: "A" },
          thresholdsStyle: { mode: limit === undefined ? "off" : "dashed" },
        },
      },
      overrides: [],
    },
  };
  return { width, height, panel: json };
}

/** The newest value of each series, coloured by the limit. */
export function stat(panel: PanelArguments): Block {
  const { title, width = 4, height = 4 } = panel;
  const json: StatJson = {
    ...head(panel),
    type: "stat",
    title,
    targets: panel.queries.map((query, index) => target(query, index, panel.source, "range")),
    options: {
      graphMode: "area",
      colorMode: "value",
      justifyMode: "auto",
      textMode: "auto",
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: "standard",
      orientation: "auto",
      reduceOptions: { values: false, calcs: ["lastNotNull"], fields: "" },
    },
    fieldConfig: { defaults: { ...values(panel), color: { mode: "thresholds" } }, overrides: [] },
  };
  return { width, height, panel: json };
}

/** Whether a server answers: 1 or 0. */
export function state(expr: string): Block {
  return stat({
    title: "State",
    unit: "none",
    mappings: words("up", "down"),
    limit: { under: 1 },
    queries: [{ expr, legend: "up" }],
  });
}

/** The newest value only, for queries that are too dear to be asked for every point of a graph. */
export function newest(panel: PanelArguments): Block {
  const block = stat(panel);
  const { panel: json } = block as { panel: StatJson };
  const targets = panel.queries.map((query, index) => target(query, index, panel.source, "instant"));
  return { ...block, panel: { ...json, targets, options: { ...json.options, graphMode: "none" } } };
}

/** How often which value: the buckets of a histogram over time. */
export function heatmap(panel: PanelArguments): Block {
  const { title, unit, width = 12, height = 8 } = panel;
  const json: HeatmapJson = {
    ...head(panel),
    type: "heatmap",
    title,
    targets: panel.queries.map((query, index) => ({
      ...target(query, index, panel.source, "range"),
      format: "heatmap",
    })),
    options: {
      calculate: false,
      color: {
        mode: "scheme",
        scheme: "Oranges",
        fill: "dark-orange",
        exponent: 0.5,
        steps: 64,
        reverse: false,
      },
      cellGap: 1,
      filterValues: { le: 1e-9 },
      rowsFrame: { layout: "auto" },
      showValue: "never",
      yAxis: { unit, axisPlacement: "left", reverse: false },
      legend: { show: true },
      tooltip: { mode: "single", yHistogram: false },
      exemplars: { color: "rgba(255,0,255,0.7)" },
    },
    fieldConfig: { defaults: values(panel), overrides: [] },
  };
  return { width, height, panel: json };
}

/** Lines of logs, the newest first. */
export function logLines(panel: Omit<PanelArguments, "unit" | "source">): Block {
  const { title, width = 24, height = 16 } = panel;
  const json: LogsJson = {
    ...head({ ...panel, source: "loki" }),
    type: "logs",
    title,
    targets: panel.queries.map((query, index) => target(query, index, "loki", "range")),
    options: {
      showTime: true,
      showLabels: false,
      showCommonLabels: false,
      showLogContextToggle: true,
      wrapLogMessage: true,
      prettifyLogMessage: false,
      enableLogDetails: true,
      sortOrder: "Descending",
      dedupStrategy: "none",
    },
    fieldConfig: { defaults: { unit: "none" }, overrides: [] },
  };
  return { width, height, panel: json };
}
