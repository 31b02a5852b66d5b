// @ts-check

/** What restic has as tags `name=value`. @typedef {Readonly<Record<string, string>>} Tags */

/**
 * Options that give a new snapshot its tags.
 * @param {Tags} tags
 * @returns {string[]}
 */
export function tagsOf(tags) {
  return written(tags).flatMap((tag) => ["--tag", tag]);
}

/**
 * Options for the snapshots that have all tags of one of these.
 * @param {readonly Tags[]} anyOf
 * @returns {string[]}
 */
export function tagFilter(anyOf) {
  return anyOf
    .filter((tags) => Object.keys(tags).length > 0)
    .flatMap((tags) => ["--tag", written(tags).join(",")]);
}

/**
 * Tags of a snapshot.
 * @param {readonly string[]} tags
 * @returns {Tags}
 */
export function labelsOf(tags) {
  return Object.fromEntries(
    tags.map((tag) => {
      const [name = "", value = ""] = tag.split(/=(.*)/s);
      return [name, decodeURIComponent(value)];
    }),
  );
}

/**
 * A comma is between two tags for restic.
 * @param {Tags} tags
 */
function written(tags) {
  return Object.entries(tags).map(
    ([name, value]) => `${name}=${value.replace(/[%,]/g, (character) => encodeURIComponent(character))}`,
  );
}
