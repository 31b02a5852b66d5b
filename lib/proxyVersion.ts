import { releaseOf } from "./image";

/**
 * Up to 2.11.2 Caddy forgets the open requests of an upstream as soon as a reload drops it (caddy#7277), so a release
 * could not see when the old containers are idle.
 */
const oldest = [2, 11, 3] as const;

/** What a pin of the proxy may be, for error messages. */
export const proxyPinForm = `a pinned image of Caddy ${oldest.join(".")} or later, such as caddy:2.11.9`;

/** Whether the pin's tag names a version that counts open requests to their end; a tag that is no version is trusted. */
export function drains(pin: string): boolean {
  const version = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(releaseOf(pin));
  if (version === null) return true;
  for (const [index, least] of oldest.entries()) {
    // A tag without a patch level moves; its newest patch is meant.
    const part = Number(version[index + 1] ?? Number.MAX_SAFE_INTEGER);
    if (part !== least) return part > least;
  }
  return true;
}
