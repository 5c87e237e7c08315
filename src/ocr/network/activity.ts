import type { Area, Picture } from '../picture.ts';

/** Side of a cell, pixels of the picture. */
export const cellSide = 16;

/** How much there is to see in each cell of a part of a picture. */
export interface Activity {
  /** What was looked at; cells count from its left upper corner. */
  readonly area: Area;
  readonly columns: number;
  readonly rows: number;
  /** Difference of the brightest and the darkest pixel, of the channel where it is largest. */
  readonly range: Uint8Array;
  /**
   * How strong thin lines are, brighter or darker than what lies two or three pixels to both sides: the value that a dozen
   * pixels of the cell reach. Small text reaches its own contrast, smooth anatomy next to nothing.
   */
  readonly ridge: Uint8Array;
}

/** Pixels of a cell that must show a thin line: a short word of the smallest characters has more. */
const ridgePixels = 10;

/** Measures an area of a picture: one pass over the pixels, a byte or two of memory for each cell. */
export function activityOf(picture: Picture, area: Area): Activity {
  const columns = Math.ceil(area.width / cellSide);
  const rows = Math.ceil(area.height / cellSide);
  const range = new Uint8Array(columns * rows);
  const ridge = new Uint8Array(columns * rows);
  const histogram = new Uint16Array(256);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const cell = {
        left: area.left + column * cellSide,
        top: area.top + row * cellSide,
        right: Math.min(area.left + (column + 1) * cellSide, area.left + area.width),
        bottom: Math.min(area.top + (row + 1) * cellSide, area.top + area.height),
      };
      const at = row * columns + column;
      const channels = isGrey(picture, cell) ? 1 : picture.channels;
      for (let channel = 0; channel < channels; channel += 1) {
        const span = rangeOf(picture, cell, channel);
        range[at] = Math.max(range[at] ?? 0, span);
        if (span >= leastRidge)
          ridge[at] = Math.max(ridge[at] ?? 0, ridgeOf(picture, cell, channel, histogram));
      }
    }
  }
  return { area, columns, rows, range, ridge };
}

/** Weaker lines are noise of the coder. */
const leastRidge = 8;

interface Cell {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Most of a picture in colour is grey: a third of the work. */
function isGrey({ pixels, width, channels }: Picture, cell: Cell): boolean {
  if (channels === 1) return true;
  for (let y = cell.top; y < cell.bottom; y += 1) {
    const end = (y * width + cell.right) * 3;
    for (let at = (y * width + cell.left) * 3; at < end; at += 3) {
      const red = pixels[at];
      if (red !== pixels[at + 1] || red !== pixels[at + 2]) return false;
    }
  }
  return true;
}

function rangeOf({ pixels, width, channels }: Picture, cell: Cell, channel: number): number {
  let least = 255;
  let most = 0;
  for (let y = cell.top; y < cell.bottom; y += 1) {
    const end = (y * width + cell.right) * channels + channel;
    for (let at = (y * width + cell.left) * channels + channel; at < end; at += channels) {
      const value = pixels[at] ?? 0;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return Math.max(0, most - least);
}

function ridgeOf(picture: Picture, cell: Cell, channel: number, histogram: Uint16Array): number {
  const { pixels, width, height, channels } = picture;
  histogram.fill(0);
  const rowStride = width * channels;
  const clampX = (x: number) => Math.min(Math.max(x, 0), width - 1) * channels + channel;
  const clampY = (y: number) => Math.min(Math.max(y, 0), height - 1) * rowStride;
  for (let y = cell.top; y < cell.bottom; y += 1) {
    const row = y * rowStride;
    for (let x = cell.left; x < cell.right; x += 1) {
      const column = x * channels + channel;
      const value = pixels[row + column] ?? 0;
      let strongest = 0;
      for (let distance = 2; distance <= 3; distance += 1) {
        const left = value - (pixels[row + clampX(x - distance)] ?? 0);
        const right = value - (pixels[row + clampX(x + distance)] ?? 0);
        const up = value - (pixels[clampY(y - distance) + column] ?? 0);
        const down = value - (pixels[clampY(y + distance) + column] ?? 0);
        strongest = Math.max(
          strongest,
          left > 0 ? Math.min(left, right) : -Math.max(left, right),
          up > 0 ? Math.min(up, down) : -Math.max(up, down),
        );
      }
      histogram[strongest] = (histogram[strongest] ?? 0) + 1;
    }
  }
  let seen = 0;
  for (let value = 255; value >= leastRidge; value -= 1) {
    seen += histogram[value] ?? 0;
    if (seen >= ridgePixels) return value;
  }
  return 0;
}

/**
 * Areas around the cells where `isActive`, one cell wider on all sides, cut apart wherever a whole row or column of cells
 * between is quiet: no line of text is cut.
 */
export function activeAreas(activity: Activity, isActive: (cell: number) => boolean): readonly Area[] {
  const { columns, rows, area } = activity;
  const marks = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (!isActive(row * columns + column)) continue;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
        marks.fill(1, y * columns + Math.max(0, column - 1), y * columns + Math.min(columns, column + 2));
      }
    }
  }
  const cut: Area[] = [];
  const open: Area[] = [{ left: 0, top: 0, width: columns, height: rows }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const parts = partsOf(marks, columns, next);
    if (parts.length === 1 && isSame(parts[0], next)) cut.push(next);
    else open.push(...parts);
  }
  return cut
    .sort((one, other) => one.top - other.top || one.left - other.left)
    .map((cells) => {
      const left = area.left + cells.left * cellSide;
      const top = area.top + cells.top * cellSide;
      return {
        left,
        top,
        width: Math.min(left + cells.width * cellSide, area.left + area.width) - left,
        height: Math.min(top + cells.height * cellSide, area.top + area.height) - top,
      };
    });
}

function isSame(one: Area | undefined, other: Area): boolean {
  return (
    one?.left === other.left &&
    one.top === other.top &&
    one.width === other.width &&
    one.height === other.height
  );
}

/** Bands of marked rows, or where there is but one, of marked columns. */
function partsOf(marks: Uint8Array, columns: number, cells: Area): readonly Area[] {
  const marked = (left: number, top: number, width: number, height: number): boolean => {
    for (let y = top; y < top + height; y += 1) {
      for (let x = left; x < left + width; x += 1) if (marks[y * columns + x] === 1) return true;
    }
    return false;
  };
  const bands = runs(cells.height, (index) => marked(cells.left, cells.top + index, cells.width, 1)).map(
    ({ from, length }) => ({ ...cells, top: cells.top + from, height: length }),
  );
  const [only, ...others] = bands;
  if (only === undefined || others.length > 0) return bands;
  return runs(only.width, (index) => marked(only.left + index, only.top, 1, only.height)).map(
    ({ from, length }) => ({ ...only, left: only.left + from, width: length }),
  );
}

function runs(count: number, isMarked: (index: number) => boolean): { from: number; length: number }[] {
  const found: { from: number; length: number }[] = [];
  let from = -1;
  for (let index = 0; index <= count; index += 1) {
    const marked = index < count && isMarked(index);
    if (marked && from < 0) from = index;
    if (!marked && from >= 0) {
      found.push({ from, length: index - from });
      from = -1;
    }
  }
  return found;
}
