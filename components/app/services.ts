import type * as pulumi from "@pulumi/pulumi";
import { startOrder } from "../../lib/startOrder";
import { type Platform, serviceSpec } from "./process";
import { Service } from "./service";

export interface ServicesOptions {
  readonly parent: pulumi.Resource;
  /** What must have happened before any of them starts. */
  readonly after: readonly pulumi.Resource[];
}

/** All services of a system, by their names; each starts when those that its spec names are ready. */
export function createServices(
  platform: Platform,
  { parent, after }: ServicesOptions,
): Readonly<Record<string, Service>> {
  const services: Record<string, Service> = {};
  for (const service of startOrder(platform.app.services)) {
    const earlier = (serviceSpec(platform.app, service).after ?? []).flatMap((name) => services[name] ?? []);
    // No value flows: neither the migration's nor another service's result is anything to it.
    const opts = { parent, dependsOn: [...after, ...earlier] };
    services[service] = new Service(service, { platform, service }, opts);
  }
  return services;
}
