import type { AppSpec, Environment, Resources, ServiceSpec } from "../../apps/spec";
import type { StackConfig } from "../../config";
import type { HardenedContainerArgs, NetworkAttachment } from "../container";
import type { Credentials } from "../data/database";
import type { Host } from "../host/host";
import type { Identity } from "../identity";
import type { Images } from "../images";
import type { Networks } from "../network/networks";
import { type EnvironmentSources, resolveEnvironment } from "./environment";

/** What the services and jobs of a system stand on. */
export interface Platform extends Omit<EnvironmentSources, "role"> {
  readonly identity: Identity;
  readonly host: Host;
  readonly app: AppSpec;
  readonly config: Pick<StackConfig, "resources" | "replicas" | "timeouts">;
  readonly images: Images;
  readonly networks: Networks;
}

/** What the stack sets for a part of the system, the rest by default. */
export function resourcesOf(
  config: Pick<StackConfig, "resources">,
  part: string,
  defaults: Resources,
): Resources {
  const given = config.resources[part];
  return { memory: given?.memory ?? defaults.memory, cpus: given?.cpus ?? defaults.cpus };
}

/** @throws {RangeError} for a service that the spec doesn't have. */
export function serviceSpec({ name, services }: AppSpec, service: string): ServiceSpec {
  const spec = services[service];
  if (spec === undefined) {
    throw new RangeError(`${name}: service "${service}" is not one of ${Object.keys(services).join(", ")}`);
  }
  return spec;
}

/** What a container of a service and one of its jobs have in common. */
export function processArgs(
  platform: Platform,
  service: string,
  role: Credentials,
  moreEnvironment: Environment = {},
): Pick<HardenedContainerArgs, "identity" | "image" | "release" | "user" | "environment" | "resources"> & {
  readonly networks: readonly NetworkAttachment[];
} {
  const spec = serviceSpec(platform.app, service);
  const image = platform.images.get(spec.image);
  const { edge, data } = platform.networks;
  return {
    identity: platform.identity,
    image: image.name,
    release: image.release,
    user: spec.user,
    environment: resolveEnvironment({ ...spec.environment, ...moreEnvironment }, { ...platform, role }),
    networks: [{ network: edge }, ...(spec.usesData ? [{ network: data }] : [])],
    resources: resourcesOf(platform.config, service, spec.resources),
  };
}
