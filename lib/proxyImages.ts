import type { AppSpec, ImageSpec } from "../apps/spec";

/** Whether the proxy needs the module for rate limits, which Caddy's own image lacks. */
export function limitsRates({ routes }: Pick<AppSpec, "routes">): boolean {
  return routes.some(({ rateLimit }) => rateLimit !== undefined);
}

export const proxyBuilder = {
  description: "xcaddy, which builds the proxy with rate limits",
  default: "caddy:2.11.9-builder",
} satisfies ImageSpec;

/** What the proxy is built with, where it is built. */
export function proxyImages(app: Pick<AppSpec, "routes">): Readonly<Record<string, ImageSpec>> {
  return limitsRates(app) ? { proxyBuilder } : {};
}
