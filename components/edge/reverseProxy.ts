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
import { HardenedContainer, type HardenedContainerArgs } from "../container";
import { Volume } from "../data/volume";
import type { Host } from "../host/host";
import { type Identity, physicalName } from "../identity";
import type { PulledImage } from "../images";
import { Step } from "../step";

export interface ReverseProxyArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly image: PulledImage;
  /** Network that joins it to the services. */
  readonly network: pulumi.Input<string>;
  readonly tls: ProxyConfiguration["tls"];
  /** Published as they are inside, so that redirects name the right one. */
  readonly ports: ProxyConfiguration["ports"];
  readonly sites: readonly SiteArgs[];
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
}

const user = "1000:1000";

/**
 * Caddy in front of the services, the only container with published ports. Its container is replaced only when its image
 * or ports change. A release writes the names of the new containers into its volume, where the proxy looks them up, and
 * waits until no request is left on the old ones. Another configuration is checked by the proxy before it switches to it.
 *
 * @example new ReverseProxy("proxy", { identity, host, image, network, tls, ports, sites, resources, drain: 30, readyTimeout: 120 })
 */
export class ReverseProxy extends pulumi.ComponentResource {
  constructor(name: string, args: ReverseProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:edge:ReverseProxy", name, {}, opts);
    const volume = (part: string) =>
      new Volume(`${name}-${part}`, { identity: args.identity, part: `proxy-${part}` }, { parent: this });
    const configuration = volume("configuration");
    const data = volume("data");
    const container = new HardenedContainer(`${name}-server`, serverArgs(args, configuration, data), {
      parent: this,
    });
    const caddyConfiguration = configurationOf(args);
    new Step<ApplyProxyConfigurationInput>(
      `${name}-apply`,
      {
        script: "applyProxyConfiguration",
        host: args.host,
        input: {
          container: container.startable,
          caddyfile: caddyConfiguration.apply(caddyfile),
          slots: caddyConfiguration.apply(containersBySlot),
          upstreams: caddyConfiguration.apply(requestAddresses),
          drain: args.drain,
          timeout: args.readyTimeout,
        },
      },
      { parent: this },
    );
    this.registerOutputs({ container: container.name });
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

function configurationOf(args: ReverseProxyArgs): pulumi.Output<ProxyConfiguration> {
  const { tls, ports, sites, observability } = args;
  const known = sites.map(
    ({ host, routes, basicAuth }): pulumi.Output<ProxySite> =>
      pulumi
        .all([pulumi.all([...routes]), basicAuth])
        .apply(([all, login]) => ({ host, routes: all, basicAuth: login })),
  );
  return pulumi.all(known).apply((all) => ({ tls, ports, sites: all, metrics: observability !== undefined }));
}

function requestAddresses({ sites }: ProxyConfiguration): string[] {
  return [...new Set(upstreamsOf(sites).map(requestAddress))].sort();
}
