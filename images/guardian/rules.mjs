// @ts-check

/** @typedef {import("./containers.mjs").Container} Container */

/**
 * Whether a container is to be restarted, or given up.
 * @param {Container} container
 * @param {import("./settings.mjs").Settings} settings
 * @param {number} now
 * @returns {boolean}
 */
export function isDue(container, { grace, uptime, except }, now) {
  if (container.healing || container.givenUp || except.includes(container.service)) return false;
  // An update that removes it, or a person who stops it, doesn't want it back.
  if (now < container.stoppingUntil) return false;
  // A new release that doesn't become healthy is the update's to stop; it waits for two minutes.
  if (!container.seenHealthy && now - Date.parse(container.startedAt) < uptime) return false;
  const since = container.unhealthySince ?? (container.running ? undefined : container.failedAt);
  return since !== undefined && now - since >= grace;
}

/**
 * Whether another container of the service is on its way back: they are restarted one after the other.
 * @param {Container} container
 * @param {Iterable<Container>} all
 * @returns {boolean}
 */
export function isServiceBusy({ id, service }, all) {
  return [...all].some(
    (other) =>
      other.service === service &&
      other.id !== id &&
      (other.healing || (other.heals > 0 && other.running && other.health === "starting")),
  );
}
