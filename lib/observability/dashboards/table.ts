import {
  type Block,
  head,
  type Limit,
  type PanelArguments,
  type Query,
  target,
  thresholds,
  values,
} from "./fields";
import type { MappingJson, TableJson, TransformationJson } from "./model";

/** A column of a table: the value of one query. */
export interface Column extends Query {
  readonly unit: string;
  readonly limit?: Limit;
  readonly mappings?: readonly MappingJson[];
}

/** A row for each set of labels, a column for each query. */
export function table(
  panel: Omit<PanelArguments, "queries" | "unit"> & { readonly columns: readonly Column[] },
): Block {
  const { title, columns, width = 24, height = 9 } = panel;
  const join: TransformationJson[] = [
    { id: "merge", options: {} },
    { id: "organize", options: { excludeByName: { Time: true, __name__: true }, renameByName: {} } },
  ];
  const targets = columns.map((column, index) => ({
    ...target(column, index, panel.source, "instant"),
    format: "table" as const,
  }));
  const json: TableJson = {
    ...head(panel),
    type: "table",
    title,
    targets,
    transformations: join,
    options: { frameIndex: 0, showHeader: true, cellHeight: "sm" },
    fieldConfig: {
      defaults: {
        ...values({ ...panel, unit: "short" }),
        custom: { align: "auto", inspect: false, filterable: true },
      },
      overrides: columns.map(({ legend, unit, limit, mappings = [] }, index) => ({
        // With one query Grafana names its values without a letter.
        matcher: {
          id: "byName",
          options: columns.length === 1 ? "Value" : `Value #${targets[index]?.refId}`,
        },
        properties: [
          { id: "displayName", value: legend },
          { id: "unit", value: unit },
          ...(mappings.length === 0 ? [] : [{ id: "mappings", value: mappings }]),
          ...(limit === undefined ? [] : [{ id: "thresholds", value: thresholds(limit) }]),
          ...(limit === undefined && mappings.length === 0
            ? []
            : [{ id: "custom.cellOptions", value: { type: "color-text" } }]),
        ],
      })),
    },
  };
  return { width, height, panel: json };
}
