import type { AppSpec } from "../../apps/spec";
import { type PartName, possibleParts } from "./parts";
import { type Profile, partsOf } from "./profiles";

/** What the parts that run depend on. */
export interface PartChoice {
  readonly app: Pick<AppSpec, "monitoring" | "redis">;
  readonly observability: { readonly profile: Profile };
  /** A server that somebody else runs. */
  readonly postgres?: unknown;
}

/** The parts that observe a stack. */
export function observedParts({ app, observability, postgres }: PartChoice): readonly PartName[] {
  const possible = possibleParts(app);
  return partsOf(observability.profile, { externalPostgres: postgres !== undefined, possible });
}
