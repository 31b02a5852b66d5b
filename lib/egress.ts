import type { AppSpec, ImageSpec, Resources } from "../apps/spec";

/** Where a gateway listens. */
export const gatewayPort = 3128;

/** Of each gateway. Squid takes 8 MiB, and some KiB for each connection. */
export const gatewayResources: Resources = { memory: 64, cpus: 0.25 };

/** Services that may reach some hosts of the internet and no others, sorted. */
export function servicesWithEgress({ services }: Pick<AppSpec, "services">): string[] {
  return Object.keys(services)
    .filter((name) => services[name]?.egress !== undefined)
    .sort();
}

/** What the gateway of a service is called, to people and on the service's network. */
export function gatewayName(service: string): string {
  return `egress-${service}`;
}

/** The image of the gateways, where a service has one. */
export function egressImages(app: Pick<AppSpec, "services">): Readonly<Record<string, ImageSpec>> {
  if (servicesWithEgress(app).length === 0) return {};
  return {
    egress: { description: "Squid, the way to the internet", default: "ubuntu/squid:6.6-24.04_beta" },
  };
}
