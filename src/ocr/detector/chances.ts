import type { Area, Picture } from '../picture.ts';
import type { Sessions } from '../sessions.ts';
import { scaledPiece } from './scaled.ts';

/** How likely each cell of a piece of a picture is in the core of a line of text, and holds ink. */
export interface Chances {
  /** The piece, in pixels of the picture. */
  readonly area: Area;
  /** Pixels of the picture that a cell is wide, and high. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly columns: number;
  readonly rows: number;
  readonly core: Float32Array;
  readonly ink: Float32Array;
}

/** Sides of what the network sees are multiples of this. */
const step = 16;
/** Longest side of a tile, in what the network sees: bounds the memory of a run (about 120 MB). */
const tileSide = 1024;
/** What the network sees of a neighbouring tile: chances near a border are guessed with less. */
const overlap = 64;

/** The chances of a piece of a picture, looked at in a scale. Large pieces are looked at in tiles. */
export async function chancesOf(
  sessions: Pick<Sessions, 'locate'>,
  picture: Picture,
  area: Area,
  scale: number,
  onProgress?: () => void,
): Promise<Chances> {
  const columns = Math.ceil(Math.round(area.width * scale) / 2);
  const rows = Math.ceil(Math.round(area.height * scale) / 2);
  const core = new Float32Array(columns * rows);
  const ink = new Float32Array(columns * rows);
  const across = stretches(area.width, scale);
  const down = stretches(area.height, scale);
  for (const row of down) {
    for (const column of across) {
      const tile = {
        left: area.left + column.from,
        top: area.top + row.from,
        width: column.length,
        height: row.length,
      };
      const piece = scaledPiece(picture, tile, scale, step);
      const seen = await sessions.locate(piece);
      const wide = piece.width / 2;
      const tall = piece.height / 2;
      const [left, top] = [Math.round((column.from * scale) / 2), Math.round((row.from * scale) / 2)];
      const [skipX, skipY] = [column.from === 0 ? 0 : overlap / 4, row.from === 0 ? 0 : overlap / 4];
      for (let y = skipY; y < tall && top + y < rows; y += 1) {
        const from = y * wide + skipX;
        const to = (top + y) * columns + left + skipX;
        const count = Math.min(wide, columns - left) - skipX;
        core.set(seen.subarray(from, from + count), to);
        ink.set(seen.subarray(wide * tall + from, wide * tall + from + count), to);
      }
      onProgress?.();
    }
  }
  return { area, cellWidth: area.width / columns, cellHeight: area.height / rows, columns, rows, core, ink };
}

/** Where tiles lie along a side, in pixels of the picture; each begins at a whole cell. */
function stretches(length: number, scale: number): readonly { from: number; length: number }[] {
  const side = Math.floor(tileSide / scale);
  if (length <= side) return [{ from: 0, length }];
  const each = Math.max(1, Math.floor((tileSide - overlap) / scale / 50) * 50);
  const found: { from: number; length: number }[] = [];
  for (let from = 0; ; from += each) {
    found.push({ from, length: Math.min(side, length - from) });
    if (from + side >= length) return found;
  }
}
