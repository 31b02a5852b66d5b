// @ts-check

/** Name of a segment of the write-ahead log: timeline, and place in the log in two parts. */
const segmentForm = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(\.partial)?$/;
const partialEnding = ".partial";

/**
 * Whether the file is a segment, also one that isn't full.
 * @param {string} name
 */
export function isSegment(name) {
  return segmentForm.test(name);
}

/**
 * Whether a segment comes before another, whatever their timelines.
 * @param {string} name
 * @param {string} other
 */
export function isBefore(name, other) {
  return placeOf(name) < placeOf(other);
}

/**
 * The segments that follow each other without a gap, beginning with `first`: what recovery can use.
 * @param {readonly string[]} names Of all files that there are.
 * @param {string} first
 * @param {number} size Bytes of a segment.
 * @returns {{ usable: string[], gapAfter: string | undefined }} `gapAfter` is the last one before a gap, after which there
 *   are more; the names are as the files have them, with `.partial`
 */
export function withoutGap(names, first, size) {
  const there = new Map(
    names
      .filter(isSegment)
      // A full one counts when there is the begun one too.
      .sort((a, b) => b.length - a.length)
      .map((name) => [wholeName(name), name]),
  );
  /** @type {string[]} */
  const usable = [];
  let next = first;
  for (let name = there.get(next); name !== undefined; name = there.get(next)) {
    usable.push(name);
    next = segmentAfter(next, size);
  }
  const timeline = first.slice(0, 8);
  const hasMore = [...there.keys()].some((name) => name.startsWith(timeline) && name > next);
  return { usable, gapAfter: hasMore ? (usable.at(-1) ?? first) : undefined };
}

/**
 * The name that recovery asks for.
 * @param {string} name
 */
export function wholeName(name) {
  return name.endsWith(partialEnding) ? name.slice(0, -partialEnding.length) : name;
}

/**
 * @param {string} name
 * @param {number} size
 * @returns {string}
 */
function segmentAfter(name, size) {
  const each = 0x1_0000_0000 / size;
  const [, timeline = "", high = "", low = ""] = segmentForm.exec(name) ?? [];
  const number = Number.parseInt(high, 16) * each + Number.parseInt(low, 16) + 1;
  return `${timeline}${hexadecimal(Math.floor(number / each))}${hexadecimal(number % each)}`;
}

/** @param {number} part */
function hexadecimal(part) {
  return part.toString(16).toUpperCase().padStart(8, "0");
}

/** @param {string} name */
function placeOf(name) {
  return name.slice(8, 24);
}
