import type { Resources } from "../apps/spec";
import type { StackConfig } from "../config";
import { backsUp } from "../lib/backup/settings";
import { servicesWithEgress } from "../lib/egress";
import { migrationImage } from "../lib/migrationImage";
import type { Observed } from "../lib/observability/observed";
import { limitsRates } from "../lib/proxyImages";
import { usedPins } from "../lib/usedPins";
import type { RestorePointArgs } from "./app/job";
import { resourcesOf } from "./app/process";
import type { Backups } from "./backup/backups";
import type { Secrets } from "./data/secrets";
import type { Host } from "./host/host";
import { type Identity, physicalName } from "./identity";
import type { Images } from "./images";
import type { Networks } from "./network/networks";

/** What everything of a system stands on. */
export interface Foundation {
  readonly identity: Identity;
  readonly host: Host;
  readonly config: StackConfig;
  readonly images: Images;
  readonly networks: Networks;
  readonly secrets: Secrets;
}

export function imagesArgs(config: StackConfig) {
  return { pins: usedPins(config), registries: config.registries, mirror: config.imageMirror };
}

/** What the databases and the proxy have in common. */
export function dataArgs(
  foundation: Foundation,
  part: string,
  spec: { readonly image: string; readonly resources: Resources },
) {
  const { identity, host, config, images, networks, secrets } = foundation;
  return {
    identity,
    host,
    secrets,
    image: images.get(spec.image),
    network: networks.data,
    resources: resourcesOf(config, part, spec.resources),
    readyTimeout: config.timeouts.ready,
  };
}

export function edgeArgs({
  config: { app, tls, ports, timeouts },
  images,
  networks: { edge, egress, observability },
}: Foundation) {
  return {
    network: edge,
    moreNetworks: Object.values(egress),
    observability,
    rateLimits: limitsRates(app) ? { images, base: app.proxy.image } : undefined,
    tls,
    ports,
    drain: timeouts.drain,
  };
}

export function networksArgs(identity: Identity, config: StackConfig, observed: Observed) {
  const backedUpElsewhere = backsUp(config) && config.backups.s3 !== undefined;
  const egress = servicesWithEgress(config.app);
  return { identity, observed: observed.parts.length > 0, backedUpElsewhere, egress };
}

export function restorePointOf(
  { config, identity, images }: Foundation,
  backups: Backups | undefined,
): RestorePointArgs | undefined {
  const image = migrationImage(config.app);
  if (backups === undefined || image === undefined) return undefined;
  return {
    input: {
      service: backups.service,
      server: physicalName(identity, "postgres"),
      database: config.app.postgres.database,
      before: images.get(image).release,
    },
    ready: backups.ready,
  };
}
