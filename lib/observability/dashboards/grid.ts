import type { Block } from "./fields";
import type { PanelJson, RowJson } from "./model";

/** Panels below a heading. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const columns = 24;

/** Gives each panel its number and its place: from left to right, a new line where the next one doesn't fit. */
export function arranged(sections: readonly Section[]): (PanelJson | RowJson)[] {
  const placed: (PanelJson | RowJson)[] = [];
  let y = 0;
  for (const { title, blocks } of sections) {
    const heading = { h: 1, w: columns, x: 0, y };
    placed.push({
      type: "row",
      id: placed.length + 1,
      title,
      collapsed: false,
      gridPos: heading,
      panels: [],
    });
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const { width, height, panel } of blocks) {
      if (x + width > columns) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      placed.push({ ...panel, id: placed.length + 1, gridPos: { h: height, w: width, x, y } });
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
  return placed;
}
