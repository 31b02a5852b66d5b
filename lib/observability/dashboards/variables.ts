import { dataSource } from "./fields";
import type { AnnotationJson, SourceName, VariableJson } from "./model";

/** What "All" stands for in a query: any value, but one. */
export const everything = ".+";

/** The services that the source knows: to choose one, several or all. */
export function serviceVariable(source: SourceName): VariableJson {
  const refId = "service";
  const values = "label_values(slipway_container_running, service)";
  return {
    ...choice("service", "Service"),
    type: "query",
    datasource: dataSource(source),
    query:
      source === "loki"
        ? { refId, type: 1, label: "service", stream: "" }
        : { refId, qryType: 1, query: values },
    refresh: 2,
    sort: 1,
  };
}

export function levelVariable(): VariableJson {
  const levels = ["error", "warn", "info", "debug", "unknown"];
  return {
    ...choice("level", "Level"),
    type: "custom",
    query: levels.join(","),
    options: levels.map((level) => ({ text: level, value: level, selected: false })),
  };
}

/** Words that a line of a log must have; none at first. */
export function searchVariable(): VariableJson {
  const nothing = { text: "", value: "", selected: true };
  return {
    name: "search",
    label: "Search",
    type: "textbox",
    query: "",
    current: nothing,
    options: [nothing],
  };
}

function choice(name: string, label: string) {
  return {
    name,
    label,
    multi: true,
    includeAll: true,
    allValue: everything,
    current: { text: ["All"], value: ["$__all"], selected: true },
  };
}

/**
 * A mark at the first start of each release of each service. A container that is only restarted has a start time of its
 * own, but its release has been there before.
 */
export function releaseMarkers(): AnnotationJson {
  const started = "max by (service, release) (slipway_container_start_time_seconds)";
  return {
    name: "Releases",
    datasource: dataSource("prometheus"),
    enable: true,
    iconColor: "blue",
    expr: `1000 * (${started} unless on (service, release) slipway_container_start_time_seconds offset 15m)`,
    // Narrower than the offset, or a mark is missed between two points.
    step: "5m",
    useValueForTime: true,
    titleFormat: "Release",
    textFormat: "{{service}} {{release}}",
    tagKeys: "service",
  };
}
