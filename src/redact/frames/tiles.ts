import type { Area } from '../../ocr/picture.ts';

/** Side of the squares in which frames are compared, pixels. */
export const tileSize = 64;

export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly values: Uint8Array | Uint16Array;
}

/** Squares, joined along rows, where two frames of one size differ by more than `tolerance` in some value. */
export function changedTiles(before: Plane, now: Plane, tolerance: number): Area[] {
  const { width, height } = now;
  const areas: Area[] = [];
  for (let top = 0; top < height; top += tileSize) {
    const tall = Math.min(tileSize, height - top);
    if (tolerance === 0 && sameRows(before, now, top, tall)) continue;
    let from = -1;
    for (let left = 0; left < width + tileSize; left += tileSize) {
      const wide = Math.min(tileSize, width - left);
      const differs =
        wide > 0 && tileDiffers(before, now, { left, top, width: wide, height: tall }, tolerance);
      if (differs && from < 0) from = left;
      if (!differs && from >= 0) {
        areas.push({ left: from, top, width: Math.min(left, width) - from, height: tall });
        from = -1;
      }
    }
  }
  return areas;
}

function sameRows(before: Plane, now: Plane, top: number, tall: number): boolean {
  const { width, channels, values } = now;
  const bytes = width * channels * values.BYTES_PER_ELEMENT;
  const rows = (of: Plane['values']): Uint8Array =>
    new Uint8Array(of.buffer, of.byteOffset + top * bytes, tall * bytes);
  return Buffer.compare(rows(before.values), rows(values)) === 0;
}

function tileDiffers(before: Plane, now: Plane, area: Area, tolerance: number): boolean {
  const step = now.width * now.channels;
  const length = area.width * now.channels;
  const a = before.values;
  const b = now.values;
  for (let y = 0; y < area.height; y++) {
    let at = (area.top + y) * step + area.left * now.channels;
    for (const end = at + length; at < end; at++) {
      const difference = (a[at] as number) - (b[at] as number);
      if (difference > tolerance || difference < -tolerance) return true;
    }
  }
  return false;
}

/** Copies an area of one plane into another of the same size. */
export function copyArea(from: Plane, to: Plane, area: Area): void {
  const step = from.width * from.channels;
  for (let y = area.top; y < area.top + area.height; y++) {
    const at = y * step + area.left * from.channels;
    to.values.set(from.values.subarray(at, at + area.width * from.channels), at);
  }
}
