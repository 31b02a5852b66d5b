import type * as common from "@grafana/grafana-foundation-sdk/dist/common";
import type * as model from "@grafana/grafana-foundation-sdk/dist/dashboard";
import type * as heatmaps from "@grafana/grafana-foundation-sdk/dist/heatmap";
import type * as logs from "@grafana/grafana-foundation-sdk/dist/logs";
import type * as loki from "@grafana/grafana-foundation-sdk/dist/loki";
import type * as prometheus from "@grafana/grafana-foundation-sdk/dist/prometheus";
import type * as stats from "@grafana/grafana-foundation-sdk/dist/stat";
import type * as tables from "@grafana/grafana-foundation-sdk/dist/table";
import type * as timeseries from "@grafana/grafana-foundation-sdk/dist/timeseries";

/**
 * A type of the SDK as JSON has it: names of its enumerations are their texts. So the compiler checks every field and
 * every value against the SDK, and none of the SDK's 250 files is loaded at each update.
 */
type Json<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends readonly (infer Item)[]
      ? readonly Json<Item>[]
      : T extends object
        ? { readonly [Key in keyof T as Key extends Marker ? never : Key]: Json<T[Key]> }
        : T;

/** Tells queries of different sources apart in the SDK, and isn't part of them. */
type Marker = "_implementsDataqueryVariant";

/** What Grafana reads from a file. */
export type Dashboard = model.Dashboard;

export type DashboardJson = Json<model.Dashboard>;
export type RowJson = Json<model.RowPanel>;
export type VariableJson = Json<model.VariableModel>;
export type AnnotationJson = Omit<Json<model.AnnotationQuery>, "target">;
export type DashboardLinkJson = Json<model.DashboardLink>;
export type ThresholdsJson = Json<model.ThresholdsConfig>;
export type MappingJson = Json<model.ValueMapping>;
export type TransformationJson = Json<model.DataTransformerConfig>;
export type DataSource = Json<common.DataSourceRef> & { readonly uid: SourceName };
export type SourceName = "prometheus" | "loki";

export type QueryJson = (Json<prometheus.Dataquery> | Json<loki.dataquery>) & {
  readonly refId: string;
  readonly datasource: DataSource;
};

/** A panel of one kind: its options and those of its series have a type too. */
interface Kind<Type extends string, Options, Custom>
  extends Omit<Json<model.Panel>, "fieldConfig" | "targets"> {
  readonly type: Type;
  readonly title: string;
  readonly datasource: DataSource;
  readonly targets: readonly QueryJson[];
  readonly options: Json<Options>;
  readonly fieldConfig: Omit<Json<model.FieldConfigSource>, "defaults"> & {
    readonly defaults: Omit<Json<model.FieldConfig>, "custom"> & {
      readonly unit: string;
      readonly custom?: Json<Custom>;
    };
  };
}

export type TimeSeriesJson = Kind<"timeseries", timeseries.Options, timeseries.FieldConfig>;
export type StatJson = Kind<"stat", stats.Options, never>;
export type TableJson = Kind<"table", tables.Options, tables.FieldConfig>;
export type HeatmapJson = Kind<"heatmap", heatmaps.Options, heatmaps.FieldConfig>;
export type LogsJson = Kind<"logs", logs.Options, never>;
export type PanelJson = TimeSeriesJson | StatJson | TableJson | HeatmapJson | LogsJson;
