// @ts-check

/** What a client has done wrong. */
export class BadRequest extends Error {}

/**
 * Both forms that clients write: lists, and the older objects of booleans.
 * @param {string | null} text
 * @returns {Record<string, string[]>}
 */
export function filtersOf(text) {
  /** @type {unknown} */
  let filters;
  try {
    filters = JSON.parse(text === null || text === "" ? "{}" : text);
  } catch {
    filters = undefined;
  }
  if (typeof filters !== "object" || filters === null) throw new BadRequest("filters is no object in JSON.");
  return Object.fromEntries(
    Object.entries(filters).map(([name, values]) => {
      if (Array.isArray(values)) return [name, values.map(String)];
      if (typeof values !== "object" || values === null)
        throw new BadRequest(`The filter ${name} is no list.`);
      return [name, Object.keys(values).filter((value) => values[value] === true)];
    }),
  );
}

/**
 * Those of the parameters that have these names.
 * @param {URLSearchParams} parameters
 * @param {readonly string[]} names
 */
export function kept(parameters, names) {
  return new URLSearchParams([...parameters].filter(([name]) => names.includes(name)));
}
