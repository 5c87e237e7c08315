import type { Area } from '../picture.ts';

export interface TileSettings {
  /** Longest side of a tile. */
  readonly side: number;
  /** By how much neighbours overlap: a line no higher than this is whole in one of them, or in both parts. */
  readonly overlap: number;
}

/** Tiles that cover an area, of nearly equal size, row by row; lengths in pixels of the picture. */
export function tilesOf(area: Area, settings: TileSettings): readonly Area[] {
  const columns = cut(area.left, area.width, settings);
  const rows = cut(area.top, area.height, settings);
  return rows.flatMap((row) =>
    columns.map((column) => ({
      left: column.from,
      top: row.from,
      width: column.length,
      height: row.length,
    })),
  );
}

function cut(
  from: number,
  length: number,
  { side, overlap }: TileSettings,
): readonly { from: number; length: number }[] {
  if (length <= side) return [{ from, length }];
  const count = Math.ceil((length - overlap) / (side - overlap));
  const each = Math.ceil((length + (count - 1) * overlap) / count);
  return Array.from({ length: count }, (_, index) => {
    const start = index === count - 1 ? from + length - each : from + index * (each - overlap);
    return { from: start, length: each };
  });
}
