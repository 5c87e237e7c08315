import type { PixelBox } from '../../core/redaction.ts';

/** The part of a box that lies inside an image; undefined where nothing of it does. */
export function clipped(box: PixelBox, columns: number, rows: number): PixelBox | undefined {
  const left = Math.max(0, box.left);
  const top = Math.max(0, box.top);
  const width = Math.min(columns, box.left + box.width) - left;
  const height = Math.min(rows, box.top + box.height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : undefined;
}

/**
 * What a set of boxes leaves of an image, as boxes that do not overlap, in reading order. Bands that are free alike are
 * joined, so that a banner above one region is one box.
 */
export function complement(kept: readonly PixelBox[], columns: number, rows: number): PixelBox[] {
  const inside = kept.flatMap((box) => clipped(box, columns, rows) ?? []);
  const edges = new Set([0, rows]);
  for (const { top, height } of inside) {
    edges.add(top);
    edges.add(top + height);
  }
  const bands = [...edges].sort((a, b) => a - b);
  const free: { left: number; top: number; width: number; height: number }[] = [];
  let above: typeof free = [];
  for (const [index, top] of bands.slice(0, -1).entries()) {
    const height = (bands[index + 1] ?? rows) - top;
    const across = inside.filter((box) => box.top <= top && box.top + box.height >= top + height);
    const here: typeof free = [];
    for (const gap of gapsOf(across, columns)) {
      const same = above.find((box) => box.left === gap.left && box.width === gap.width);
      if (same === undefined) {
        const box = { ...gap, top, height };
        free.push(box);
        here.push(box);
      } else {
        same.height += height;
        here.push(same);
      }
    }
    above = here;
  }
  return free;
}

/** Spans of one band that no box covers. */
function gapsOf(
  boxes: readonly PixelBox[],
  columns: number,
): { readonly left: number; readonly width: number }[] {
  const gaps: { left: number; width: number }[] = [];
  let from = 0;
  for (const { left, width } of boxes.toSorted((a, b) => a.left - b.left)) {
    if (left > from) gaps.push({ left: from, width: left - from });
    from = Math.max(from, left + width);
  }
  if (from < columns) gaps.push({ left: from, width: columns - from });
  return gaps;
}

/** Pixels that at least one of the boxes covers, inside the image. */
export function coveredPixels(boxes: readonly PixelBox[], columns: number, rows: number): number {
  const free = complement(boxes, columns, rows);
  return columns * rows - free.reduce((sum, { width, height }) => sum + width * height, 0);
}
