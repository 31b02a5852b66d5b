import { describe, expect, it } from "vitest";
import { isBefore, isSegment, withoutGap } from "../../../images/backup/walSegments.mjs";

const size = 16 * 1024 ** 2;
const segment = (number: number, high = 0) =>
  `00000001${high.toString(16).toUpperCase().padStart(8, "0")}${number.toString(16).toUpperCase().padStart(8, "0")}`;

describe("the segments without a gap", () => {
  it("begin with the first that is needed and end with the one that isn't full", () => {
    const names = [segment(9), segment(11), segment(10), `${segment(12)}.partial`, "00000002.history"];
    expect(withoutGap(names, segment(10), size)).toEqual({
      usable: [segment(10), segment(11), `${segment(12)}.partial`],
      gapAfter: undefined,
    });
  });

  it("go on from one file of the log to the next", () => {
    expect(withoutGap([segment(255), segment(0, 1)], segment(255), size).usable).toHaveLength(2);
    // A server that was made with larger segments.
    expect(withoutGap([segment(3), segment(0, 1)], segment(3), 1024 ** 3).usable).toHaveLength(2);
  });

  it("end before a gap", () => {
    const names = [segment(1), `${segment(2)}.partial`, segment(5)];
    expect(withoutGap(names, segment(1), size)).toEqual({
      usable: [segment(1), `${segment(2)}.partial`],
      gapAfter: `${segment(2)}.partial`,
    });
    expect(withoutGap([segment(5)], segment(1), size).usable).toEqual([]);
  });

  it("are the full ones where both are there", () => {
    expect(withoutGap([segment(1), `${segment(1)}.partial`], segment(1), size).usable).toEqual([segment(1)]);
    expect(withoutGap([`${segment(1)}.partial`, segment(1)], segment(1), size).usable).toEqual([segment(1)]);
  });

  it("are of one timeline", () => {
    const other = segment(2).replace("00000001", "00000002");
    expect(withoutGap([segment(1), other], segment(1), size)).toEqual({
      usable: [segment(1)],
      gapAfter: undefined,
    });
  });
});

it("knows what is a segment, and which is older", () => {
  expect([segment(1), `${segment(1)}.partial`].every(isSegment)).toBe(true);
  expect(["00000002.history", "before-gap", `${segment(1)}.tmp`].some(isSegment)).toBe(false);
  expect(isBefore(segment(255), segment(0, 1))).toBe(true);
  expect(isBefore(segment(1), segment(1))).toBe(false);
});
