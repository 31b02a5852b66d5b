import type { AppSpec } from "../../apps/spec";
import type { PartName } from "./parts";

/** A part that people look at, and how the proxy reaches it. */
export interface PublicPart {
  readonly part: PartName;
  /** For people: `Grafana`. */
  readonly title: string;
  readonly port: number;
  /** Path that answers 200 while it runs. */
  readonly healthPath: string;
}

const grafana: PublicPart = { part: "grafana", title: "Grafana", port: 3000, healthPath: "/api/health" };
const uptimeKuma: PublicPart = {
  part: "uptimeKuma",
  title: "Uptime Kuma",
  port: 3001,
  // Also while nobody has set it up; its first page redirects, which the proxy takes for a failure.
  healthPath: "/api/entry-page",
};

/** The domains of a system that parts serve and not services, by their keys in `domains`. */
export function partDomains({
  monitoring,
}: Pick<AppSpec, "monitoring">): Readonly<Record<string, PublicPart>> {
  const { domain, statusDomain } = monitoring;
  return { [domain]: grafana, ...(statusDomain === undefined ? {} : { [statusDomain]: uptimeKuma }) };
}
