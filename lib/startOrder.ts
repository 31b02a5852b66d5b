import type { ServiceSpec } from "../apps/spec";

/**
 * Names of the services, each behind those that must be ready before it starts.
 *
 * @throws {RangeError} when one waits for itself, or for one that there isn't.
 */
export function startOrder(services: Readonly<Record<string, Pick<ServiceSpec, "after">>>): string[] {
  const order = new Set<string>();
  const add = (service: string, waiting: readonly string[]) => {
    if (order.has(service)) return;
    const way = [...waiting, service].join(" after ");
    if (waiting.includes(service)) throw new RangeError(`services wait for each other: ${way}`);
    const spec = services[service];
    if (spec === undefined) {
      throw new RangeError(`${way}: it is not one of ${Object.keys(services).join(", ")}`);
    }
    for (const earlier of spec.after ?? []) add(earlier, [...waiting, service]);
    order.add(service);
  };
  for (const service of Object.keys(services)) add(service, []);
  return [...order];
}
