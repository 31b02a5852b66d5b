import type { Thresholds } from "../../lib/observability/thresholds";

export interface ImageSpec {
  /** What runs in it, for error messages. */
  readonly description: string;
  /** The pin unless the stack sets another. */
  readonly default?: string;
  /** Where its releases are, without a tag: `ghcr.io/org/app`. The stack may then set `version` instead of its pin. */
  readonly repository?: string;
}

export interface SecretSpec {
  readonly description: string;
  /**
   * `generate`: made once and kept in the state, unless the stack sets it. `optional`: left out unless the stack sets
   * it. `required`: the stack must set it.
   */
  readonly origin: "generate" | "optional" | "required";
  /**
   * `password`: 32 letters and digits. `base64-32`, `hex-32`: 32 random bytes. `url`: an address that is never
   * generated.
   */
  readonly form: "password" | "base64-32" | "hex-32" | "url";
  /** What it begins with, so that a key of another kind is noticed: `whsec_`. */
  readonly prefix?: string;
  /** Secrets and settings without which this one is of no use, by their names: all of them are set, or none. */
  readonly together?: readonly string[];
}

/** A value that isn't secret. Without a default, a variable that refers to one that isn't set is left out. */
export interface SettingSpec {
  readonly description: string;
  /** A list: one of these. */
  readonly form: "text" | "url" | "email" | "integer" | "number" | "flag" | readonly string[];
  readonly default?: string;
  /** Whether the stack must set it. @default false */
  readonly required?: boolean;
}

export interface DefaultsSpec {
  /** Seconds until a new container must be ready. @default 120 */
  readonly ready?: number;
  /** How many backups are kept of each kind; see docs/backups.md. */
  readonly keep?: Readonly<Partial<Record<"daily" | "weekly" | "monthly" | "restorePoints", number>>>;
  /** Where alerts begin; see docs/observability.md. */
  readonly thresholds?: Partial<Thresholds>;
}
