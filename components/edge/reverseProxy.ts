import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../apps/spec";
import {
  adminSocket,
  type BasicAuth,
  caddyfile,
  containersBySlot,
  type ProxyConfiguration,
  type ProxyRoute,
  type ProxySite,
  statusPort,
  upstreamsOf,
} from "../../lib/caddyfile";
import { httpHealth } from "../../lib/httpHealth";
import { requestAddress } from "../../lib/upstream";
import type { ApplyProxyConfigurationInput } from "../../operations/steps/applyProxyConfiguration";
import type { StartupCheck } from "../../operations/steps/startupChecks";
import { HardenedContainer, type HardenedContainerArgs } from "../container";
import { Volume } from "../data/volume";
import type { Host } from "../host/host";
import { type Identity, physicalName } from "../identity";
import type { PulledImage } from "../images";
import { Step } from "../step";
import { ProxyImage, type ProxyImageArgs } from "./proxyImage";

export interface ReverseProxyArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly image: PulledImage;
  /** What the image is built with instead, for routes with a rate limit. */
  readonly rateLimits?: ProxyImageArgs | undefined;
  /** Network that joins it to the services. */
  readonly network: pulumi.Input<string>;
  /** Networks of services that aren't on it. @default none */
  readonly moreNetworks?: readonly pulumi.Input<string>[];
  readonly tls: ProxyConfiguration["tls"];
  /** Published as they are inside, so that redirects name the right one. */
  readonly ports: ProxyConfiguration["ports"];
  readonly resources: Resources;
  /** Network on which it is scraped and probed, and reaches Grafana. None: it isn't observed. */
  readonly observability?: pulumi.Input<string> | undefined;
  /** Seconds that requests on old containers have to end. */
  readonly drain: number;
  /** Seconds until it must be ready. */
  readonly readyTimeout: number;
}

export interface SiteArgs {
  readonly host: string;
  readonly routes: readonly pulumi.Input<ProxyRoute>[];
  /** A login that it asks for before anything is served. */
  readonly basicAuth?: pulumi.Input<BasicAuth> | undefined;
  readonly headers?: ProxySite["headers"];
  /** What new containers behind it must answer before any of them gets a request. */
  readonly startup?: readonly pulumi.Input<readonly StartupCheck[]>[];
}

const user = "1000:1000";

/**
 * Caddy in front of the services, the only container with published ports. Its container is replaced only when its image
 * or ports change. A release writes the names of the new containers into its volume, where the proxy looks them up, and
 * waits until no request is left on the old ones. Another configuration is checked by the proxy before it switches to it.
 *
 * @example new ReverseProxy("proxy", { identity, host, image, network, tls, ports, resources, drain: 30, readyTimeout: 120 })
 */
export class ReverseProxy extends pulumi.ComponentResource {
  /** Name of the volume with the certificates. */
  readonly data: pulumi.Output<string>;
  private readonly server: HardenedContainer;

  constructor(
    private readonly name: string,
    private readonly args: ReverseProxyArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:edge:ReverseProxy", name, {}, opts);
    const volume = (part: string) =>
      new Volume(`${name}-${part}`, { identity: args.identity, part: `proxy-${part}` }, { parent: this });
    const configuration = volume("configuration");
    const data = volume("data");
    const image =
      args.rateLimits === undefined
        ? args.image
        : new ProxyImage(`${name}-image`, args.rateLimits, { parent: this }).image;
    this.server = new HardenedContainer(
      `${name}-server`,
      serverArgs({ ...args, image }, configuration, data),
      { parent: this },
    );
    this.data = data.name;
    this.registerOutputs({ container: this.server.name });
  }

  /**
   * The step that switches the traffic to these sites. Besides the container, as what they lead to comes much later.
   *
   * @param release what must be ready before, also where no site leads to it.
   */
  serve(sites: readonly SiteArgs[], release: readonly pulumi.Resource[]): pulumi.Resource {
    const { host, drain, readyTimeout } = this.args;
    const configuration = configurationOf(this.args, sites);
    const startup = sites.flatMap((site) => site.startup ?? []);
    return new Step<ApplyProxyConfigurationInput>(
      `${this.name}-apply`,
      {
        script: "applyProxyConfiguration",
        host,
        input: {
          container: this.server.startable,
          caddyfile: configuration.apply(caddyfile),
          slots: configuration.apply(containersBySlot),
          upstreams: configuration.apply(requestAddresses),
          ...(startup.length === 0 ? {} : { startup: pulumi.all(startup).apply(onceEach) }),
          drain,
          timeout: readyTimeout,
        },
      },
      // No value flows from what serves no requests; a release switches when all of it is ready.
      { parent: this, dependsOn: [...release] },
    );
  }
}

function serverArgs(args: ReverseProxyArgs, configuration: Volume, data: Volume): HardenedContainerArgs {
  return {
    identity: args.identity,
    image: args.image.name,
    release: args.image.release,
    service: "proxy",
    fixedName: physicalName(args.identity, "proxy"),
    user,
    command: ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"],
    // Until the first configuration of ours is there, the image's own must not open the admin port.
    environment: { CADDY_ADMIN: `unix/${adminSocket}` },
    networks: [
      { network: args.network },
      ...(args.moreNetworks ?? []).map((network) => ({ network })),
      ...(args.observability === undefined ? [] : [{ network: args.observability, aliases: ["proxy"] }]),
    ],
    volumes: { "/etc/caddy": configuration.name, "/data": data.name },
    temporary: { "/tmp": 64, "/run/caddy": 1, "/config": 8 },
    resources: args.resources,
    // The official image's binary carries this capability, and does not start where it is forbidden.
    capabilities: ["CAP_NET_BIND_SERVICE"],
    ports: publishedPorts(args),
    health: httpHealth(statusPort, "/healthz"),
  };
}

function publishedPorts({ tls, ports }: ReverseProxyArgs): NonNullable<HardenedContainerArgs["ports"]> {
  const plain = { port: ports.http, protocol: "tcp" } as const;
  if (tls.mode === "off") return [plain];
  // UDP is HTTP/3.
  return [plain, { port: ports.https, protocol: "tcp" }, { port: ports.https, protocol: "udp" }];
}

function configurationOf(
  { tls, ports, observability }: ReverseProxyArgs,
  sites: readonly SiteArgs[],
): pulumi.Output<ProxyConfiguration> {
  const known = sites.map(
    ({ host, routes, basicAuth, headers }): pulumi.Output<ProxySite> =>
      pulumi
        .all([pulumi.all([...routes]), basicAuth])
        .apply(([all, login]) => ({ host, routes: all, basicAuth: login, headers })),
  );
  return pulumi.all(known).apply((all) => ({ tls, ports, sites: all, metrics: observability !== undefined }));
}

/** A service may be behind several sites. */
function onceEach(checks: readonly (readonly StartupCheck[])[]): StartupCheck[] {
  return [...new Map(checks.flat().map((check) => [check.container, check])).values()];
}

function requestAddresses({ sites }: ProxyConfiguration): string[] {
  return [...new Set(upstreamsOf(sites).map(requestAddress))].sort();
}
