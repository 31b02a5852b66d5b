import type { OriginSettings } from "../../../lib/origin";
import { imageMirror, pinsOf } from "./images";

export interface SettingsOptions {
  /** Ports of this test file's own. */
  readonly ports: { readonly http: number; readonly https: number };
  /** The system, a name in apps/catalog.ts. Its domains and pins are then among the settings. @default Clubhouse, as the sample */
  readonly app?: string;
  /** Release of the sample to start with. @default 1.0.0 */
  readonly release?: string;
  /** Settings besides the usual ones, or instead of them; undefined takes one out. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What the harness itself reads, and all else. */
export interface UsualSettings {
  readonly app: string;
  readonly domains: Readonly<Record<string, string>>;
  readonly tls: OriginSettings["tls"];
  readonly ports: OriginSettings["ports"];
  readonly [key: string]: unknown;
}

/** The settings of a stack: what most tests have in common, and its own. */
export async function usualSettings(options: SettingsOptions): Promise<UsualSettings> {
  const { ports, app, release = "1.0.0", settings } = options;
  const sample = { domains: { app: "clubhouse.localhost" }, images: pinsOf(release) };
  return {
    app: app ?? "clubhouse",
    domains: {},
    ...(app === undefined && sample),
    imageMirror: await imageMirror(),
    tls: { mode: "internal" },
    ports,
    observability: { profile: "off" },
    backups: { enabled: false },
    ...settings,
  };
}

/** As the stack's file has them. */
export function inProject(settings: UsualSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`slipway:${key}`, value]));
}
