import { z } from "zod";
import type { AppSpec, SizeSpec, SizingSpec } from "../apps/spec";
import { allowed, whole } from "./schemaForms";

/** What the stack sets of a service's size: one of both, or nothing for the usual tier. */
export interface SizeSetting {
  /** Name of a size that is known to be good. */
  readonly tier?: string | undefined;
  /** Jobs at a time; everything else follows by the formula. */
  readonly workers?: number | undefined;
}

/** @param sizing undefined: of a service that has none, of which nothing is good. */
export function sizeSetting({ tiers }: Pick<SizingSpec, "tiers"> = { tiers: {} }) {
  const names = Object.keys(tiers);
  const tierForm = `one of ${names.join(", ")}`;
  const form = `a group with either tier (${tierForm}) or workers (how many jobs at a time)`;
  return z
    .strictObject(
      {
        tier: z
          .string(allowed(tierForm))
          .refine((name) => names.includes(name), allowed(tierForm))
          .optional(),
        workers: whole(1, 1000).optional(),
      },
      allowed(form),
    )
    .refine(({ tier, workers }) => (tier === undefined) !== (workers === undefined), allowed(form));
}

/**
 * The size of a service: a tier as it is, or what the formula says of so many workers.
 *
 * @throws {RangeError} for a tier that there isn't.
 */
export function sizeOf(sizing: SizingSpec, { tier, workers }: SizeSetting = {}): SizeSpec {
  if (workers !== undefined) return computed(sizing.formula, workers);
  const name = tier ?? sizing.default;
  const size = Object.hasOwn(sizing.tiers, name) ? sizing.tiers[name] : undefined;
  if (size !== undefined) return size;
  throw new RangeError(`tier "${name}" is not one of ${Object.keys(sizing.tiers).join(", ")}`);
}

/** Of every service that has sizes, by its name. */
export function sizesOf(
  { services }: Pick<AppSpec, "services">,
  settings: Readonly<Record<string, SizeSetting | undefined>>,
): Record<string, SizeSpec> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([service, { sizing }]) =>
      sizing === undefined ? [] : [[service, sizeOf(sizing, settings[service])]],
    ),
  );
}

function computed({ memory, cpus, connections }: SizingSpec["formula"], workers: number): SizeSpec {
  return {
    workers,
    memory: Math.ceil(memory.base + memory.perWorker * workers),
    cpus: cpus.perWorker * workers,
    connections: Math.ceil(connections.base + connections.perWorker * workers),
  };
}
