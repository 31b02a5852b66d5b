import type { Observed } from "../observed";
import type { Dashboard } from "./model";
import { dashboard } from "./page";
import { logLines, newest, timeSeries } from "./panels";
import { levelVariable, searchVariable, serviceVariable } from "./variables";

const chosen = '{service=~"$service",level=~"$level"}';
const ofServices = '{service=~"$service"}';
const errors = '{service=~"$service",level="error"}';

export function logs(observed: Observed): Dashboard {
  return dashboard(observed, {
    uid: "slipway-logs",
    title: "Logs",
    description: "What the containers print.",
    hours: 1,
    variables: [serviceVariable("loki"), levelVariable(), searchVariable()],
    sections: [
      {
        title: "How much",
        blocks: [
          timeSeries({
            title: "Lines by level",
            unit: "short",
            source: "loki",
            least: 0,
            stacked: true,
            queries: [{ expr: `sum by (level) (count_over_time(${chosen}[$__auto]))`, legend: "{{level}}" }],
          }),
          timeSeries({
            title: "Lines by service",
            unit: "short",
            source: "loki",
            least: 0,
            stacked: true,
            queries: [
              { expr: `sum by (service) (count_over_time(${chosen}[$__auto]))`, legend: "{{service}}" },
            ],
          }),
          timeSeries({
            title: "Errors by service",
            unit: "short",
            source: "loki",
            least: 0,
            width: 16,
            queries: [{ expr: errorLines("$__auto"), legend: "{{service}}" }],
          }),
          newest({
            title: "Errors",
            description: "Lines of level error in the time shown.",
            unit: "short",
            source: "loki",
            decimals: 0,
            width: 8,
            height: 8,
            limit: { over: 1 },
            queries: [{ expr: `sum(${errorLines("$__range")})`, legend: "errors" }],
          }),
        ],
      },
      {
        title: "Lines",
        blocks: [
          logLines({
            title: "Newest lines",
            description: "Of the services and levels chosen above; the search takes a regular expression.",
            queries: [{ expr: `${chosen} |~ "(?i)$search"`, legend: "" }],
          }),
        ],
      },
    ],
  });
}

/** 0, not nothing, for a service without errors. */
function errorLines(time: string): string {
  const failed = `sum by (service) (count_over_time(${errors}[${time}]))`;
  return `${failed} or 0 * sum by (service) (count_over_time(${ofServices}[${time}]))`;
}
