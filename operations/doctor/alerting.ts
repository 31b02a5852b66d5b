import { type FiringAlert, judgeAlerts } from "../../lib/doctor/alerts";
import type { InspectedContainer } from "../../lib/doctor/containers";
import { type Finding, failed, unlessProduction } from "../../lib/doctor/finding";
import { docker } from "../belongings";
import type { Subject } from "./subject";

/** What Alertmanager tells people at this moment. */
export async function alerting(
  { stack, production, settings }: Subject,
  alertmanager: InspectedContainer | undefined,
): Promise<Finding[]> {
  const what = "alerts";
  if (settings.observability.profile === "off") {
    const advice = "set slipway:observability.profile to full, noTraces or metricsOnly";
    return [
      unlessProduction(production, what, "nobody watches: slipway:observability.profile is off", advice),
    ];
  }
  if (alertmanager === undefined) {
    const advice = `\`pulumi up --refresh --stack ${stack}\``;
    return [failed(what, "the container of alertmanager doesn't run", advice)];
  }
  const amtool = ["amtool", "--alertmanager.url=http://127.0.0.1:9093"];
  const printed = await docker("exec", alertmanager.Id, ...amtool, "alert", "query", "--output=json");
  return judgeAlerts(JSON.parse(printed.join("\n")) as FiringAlert[]);
}
