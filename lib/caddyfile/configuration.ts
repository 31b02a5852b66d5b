import type { RateLimitSpec } from "../../apps/spec";
import type { Upstream } from "../upstream";

export interface ProxyRoute {
  /** As Caddy matches them: `/health` exactly, or `/api/*` with all below. Every path when left out. */
  readonly paths?: readonly string[] | undefined;
  readonly upstreams: readonly Upstream[];
  /** Path that answers 200 while the service can serve. */
  readonly healthPath: string;
  /** Largest request body, MB. */
  readonly bodyLimit: number;
  /** What one address may ask for. Needs an image with the module. @default no limit */
  readonly rateLimit?: RateLimitSpec | undefined;
  /** Origins, `https://shop.example.com`, that a request may come from that says where it is from. @default any */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Seconds in which an answer must begin. @default no limit */
  readonly responseTimeout?: number | undefined;
  /** A path that the service has for others than the public: 404. @default none */
  readonly hiddenPath?: string | undefined;
}

export interface ProxySite {
  readonly host: string;
  /** In order: of two that match, the first one serves. */
  readonly routes: readonly ProxyRoute[];
  /** A login for all of it, besides what the service asks for. */
  readonly basicAuth?: BasicAuth | undefined;
  /** Headers of every answer, instead of the usual ones of the same names or besides them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface BasicAuth {
  readonly username: string;
  /** By bcrypt. */
  readonly passwordHash: string;
}

export interface ProxyConfiguration {
  readonly tls: {
    /** `acme`: public certificates. `internal`: from a authority of the proxy's own. `off`: plain HTTP, for a LAN. */
    readonly mode: "acme" | "internal" | "off";
    readonly email?: string | undefined;
    readonly authority?: string | undefined;
  };
  readonly ports: { readonly http: number; readonly https: number };
  readonly sites: readonly ProxySite[];
  /** Whether anything scrapes its metrics. */
  readonly metrics: boolean;
}
