import type { Resources } from "./process";

export interface ProxySpec {
  /** Key in `images`. */
  readonly image: string;
  readonly resources: Resources;
}

export interface RouteSpec {
  /** Key in `domains`. */
  readonly domain: string;
  /** Paths as Caddy matches them: `/health` exactly, or `/api/*` with all below. All when left out. */
  readonly paths?: readonly string[];
  /** Key in `services`. */
  readonly service: string;
  /** Largest request body, MB. @default 10 */
  readonly bodyLimit?: number;
  /** What one address may ask for; more is answered with 429. @default no limit */
  readonly rateLimit?: RateLimitSpec;
  /** Keys in `domains`: a request that says where it is from must be from one of these, or is answered with 403. @default anywhere */
  readonly allowedOrigins?: readonly string[];
  /** Seconds in which an answer must begin, or it is 504. @default no limit */
  readonly responseTimeout?: number;
}

export interface RateLimitSpec {
  readonly requests: number;
  /** Seconds that the requests are counted over. */
  readonly window: number;
}

export interface MonitoringSpec {
  /** Key in `domains`: where Grafana is. */
  readonly domain: string;
  /** Key in `domains`: where Uptime Kuma is, which people set up by hand. It doesn't run when left out. */
  readonly statusDomain?: string;
  /** A login that the proxy asks for before their own. None when left out. */
  readonly basicAuth?: BasicAuthSpec;
}

export interface BasicAuthSpec {
  readonly username: string;
  /** Key in `secrets`. */
  readonly secret: string;
}
