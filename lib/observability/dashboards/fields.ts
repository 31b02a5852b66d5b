import type {
  DashboardLinkJson,
  DataSource,
  MappingJson,
  PanelJson,
  QueryJson,
  SourceName,
  ThresholdsJson,
} from "./model";

/** A panel that has no place yet. */
export interface Block {
  /** Of the 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly panel: PanelJson;
}

export interface Query {
  /** PromQL or LogQL. */
  readonly expr: string;
  /** Name of each series: `{{service}}`. */
  readonly legend: string;
}

/** Where a value begins to be bad. */
export type Limit = { readonly over: number } | { readonly under: number };

export interface PanelArguments {
  readonly title: string;
  /** Where the number needs a word. */
  readonly description?: string;
  /** As Grafana calls it: `percent`, `s`, `bytes`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** @default "prometheus" */
  readonly source?: SourceName;
  readonly limit?: Limit;
  readonly least?: number;
  readonly most?: number;
  readonly decimals?: number;
  readonly mappings?: readonly MappingJson[];
  /** Dashboard that a click on a series leads to, with its service chosen. */
  readonly leadsTo?: DashboardLinkJson;
  readonly width?: number;
  readonly height?: number;
}

const good = "green";
const bad = "red";

/** 1 and 0 in words. */
export function words(one: string, zero: string): MappingJson[] {
  return [
    {
      type: "value",
      options: { "1": { text: one, color: good, index: 0 }, "0": { text: zero, color: bad, index: 1 } },
    },
  ];
}

export function dataSource(name: SourceName): DataSource {
  return { type: name, uid: name };
}

/** What panels of every kind have. */
export function head({ description, source = "prometheus" }: Pick<PanelArguments, "description" | "source">) {
  return { ...(description === undefined ? {} : { description }), datasource: dataSource(source) };
}

/** How values are shown: their unit, their range, where they are bad. */
export function values({
  unit,
  least,
  most,
  decimals,
  limit,
  leadsTo,
  mappings = [],
}: Omit<PanelArguments, "queries">) {
  return {
    unit,
    ...(least === undefined ? {} : { min: least }),
    ...(most === undefined ? {} : { max: most }),
    ...(decimals === undefined ? {} : { decimals }),
    ...(leadsTo === undefined ? {} : { links: [leadsTo] }),
    mappings,
    thresholds: thresholds(limit),
  };
}

export function thresholds(limit: Limit | undefined): ThresholdsJson {
  const steps =
    limit === undefined
      ? [{ value: null, color: good }]
      : "over" in limit
        ? [
            { value: null, color: good },
            { value: limit.over, color: bad },
          ]
        : [
            { value: null, color: bad },
            { value: limit.under, color: good },
          ];
  return { mode: "absolute", steps };
}

/** One query of a panel, the index-th. */
export function target(
  { expr, legend }: Query,
  index: number,
  source: SourceName = "prometheus",
  type: "range" | "instant" = "range",
): QueryJson {
  const query = { refId: letter(index), datasource: dataSource(source), expr, legendFormat: legend };
  return source === "loki"
    ? { ...query, queryType: type }
    : { ...query, editorMode: "code", range: type === "range", instant: type === "instant" };
}

function letter(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}
