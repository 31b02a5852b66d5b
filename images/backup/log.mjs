// @ts-check

/** @typedef {import("./socket.mjs").Handler} Handler */

/**
 * Writes a line for the log of the container.
 * @param {string} msg
 * @param {"info" | "error"} [level]
 */
export function log(msg, level = "info") {
  console.log(JSON.stringify({ level, time: new Date().toISOString(), msg }));
}

/**
 * What is told to those who ask is in the container's log too.
 * @param {Readonly<Record<string, Handler>>} handlers
 * @returns {Record<string, Handler>}
 */
export function withLog(handlers) {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (input, say) =>
        handle(input, (line) => {
          say(line);
          log(line);
        }),
    ]),
  );
}
