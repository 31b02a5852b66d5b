import { posix } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { AppSpec, JobSpec, ProcessSpec, Resources, ServiceSpec, SizeSpec } from "../../apps/spec";
import type { StackConfig } from "../../config";
import { partHost } from "../../lib/observability/parts";
import { mapValues } from "../../lib/records";
import type { HardenedContainerArgs, NetworkAttachment } from "../container";
import type { Credentials } from "../data/database";
import type { Volume } from "../data/volume";
import type { Host } from "../host/host";
import type { Identity } from "../identity";
import type { Images } from "../images";
import type { EgressGateway } from "../network/egressGateway";
import type { Networks } from "../network/networks";
import { type EnvironmentSources, resolveEnvironment } from "./environment";

/** What the services and jobs of a system stand on. */
export interface Platform extends Omit<EnvironmentSources, "role" | "size" | "release" | "folder"> {
  readonly identity: Identity;
  readonly host: Host;
  readonly app: AppSpec;
  readonly config: Pick<StackConfig, "resources" | "replicas" | "timeouts">;
  readonly images: Images;
  readonly networks: Networks;
  /** Of the services that have sizes. */
  readonly sizes: Readonly<Record<string, SizeSpec>>;
  /** Those of the spec. */
  readonly volumes: Readonly<Record<string, Volume>>;
  /** By service: the way out of those that may reach only some hosts. */
  readonly gateways: Readonly<Record<string, EgressGateway>>;
}

/** A process of the system: a service's, or a job's. */
export interface Process {
  /** A label of its container, and a part of the paths of its files. */
  readonly name: string;
  /** The service that it runs as, whose size, limits and way out it has; undefined for a job of its own. */
  readonly service?: string;
  readonly spec: ProcessSpec;
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

/** The process of a job: the one of a service with another command, or its own. */
export function jobProcess(app: AppSpec, name: string, job: JobSpec): Process {
  if (!("service" in job)) return { name, spec: job };
  const { service, command, environment } = job;
  const spec = serviceSpec(app, service);
  return {
    name,
    service,
    spec: { ...spec, command, environment: { ...spec.environment, ...environment } },
  };
}

/**
 * What the containers of services and jobs have in common.
 *
 * @param role whom it connects as, whatever its spec says.
 * @throws {RangeError} when its spec names what the system doesn't have.
 */
export function processArgs(
  platform: Platform,
  { name, service = name, spec }: Process,
  role: Credentials = roleOf(platform, spec),
): Omit<HardenedContainerArgs, "networks"> & { readonly networks: readonly NetworkAttachment[] } {
  const { entrypoint, command, temporary, copies, capabilities } = spec;
  const image = platform.images.get(spec.image);
  const size = platform.sizes[service];
  const { environment, files } = resolveEnvironment(spec.environment ?? {}, {
    ...platform,
    role,
    size,
    release: image.release,
    folder: posix.join("/run/secrets", name),
  });
  return {
    identity: platform.identity,
    service: name,
    image: image.name,
    release: image.release,
    user: spec.user,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    environment: { ...environment, ...wayOut(platform.gateways[service]) },
    ...(Object.keys(files).length === 0 ? {} : { files }),
    networks: networksOf(platform, service, spec),
    ...(spec.volumes === undefined
      ? {}
      : { volumes: mapValues(spec.volumes, (volume) => volumeOf(platform, volume).name) }),
    ...(temporary === undefined ? {} : { temporary }),
    ...(copies === undefined ? {} : { copies }),
    ...(spec.writableRoot === undefined ? {} : { writableRoot: true }),
    ...(capabilities === undefined ? {} : { capabilities: Object.keys(capabilities) }),
    resources: resourcesOf(platform.config, service, size ?? spec.resources),
  };
}

/** The network of a service with a gateway is its way out, and where the proxy reaches it. */
export function outerNetwork({ networks }: Platform, service: string): pulumi.Output<string> {
  return networks.egress[service] ?? networks.edge;
}

function networksOf(platform: Platform, service: string, { usesData }: ProcessSpec): NetworkAttachment[] {
  const { data } = platform.networks;
  return [{ network: outerNetwork(platform, service) }, ...(usesData ? [{ network: data }] : [])];
}

function roleOf({ app, database }: Platform, { databaseRole }: ProcessSpec): Credentials {
  return databaseRole === undefined
    ? database.app
    : named(app, "database role", database.roles, databaseRole);
}

function volumeOf({ app, volumes }: Platform, volume: string): Volume {
  return named(app, "volume", volumes, volume);
}

function named<Value>(app: AppSpec, kind: string, all: Readonly<Record<string, Value>>, name: string): Value {
  const value = all[name];
  if (value !== undefined) return value;
  const known = Object.keys(all).sort().join(", ");
  throw new RangeError(`${app.name}: ${kind} "${name}" is not one of ${known === "" ? "none" : known}`);
}

/** What is reached without a way out: by the names that it has inside. */
const inside = [
  "localhost",
  "127.0.0.1",
  "postgres",
  "redis",
  "object-store",
  partHost("tempo"),
  partHost("collector"),
];

/** In both cases of letters: programs differ in which they read. */
function wayOut(gateway: EgressGateway | undefined): Record<string, pulumi.Input<string>> {
  if (gateway === undefined) return {};
  const [proxy, direct] = [gateway.url, inside.join(",")];
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: direct,
    http_proxy: proxy,
    https_proxy: proxy,
    no_proxy: direct,
  };
}
