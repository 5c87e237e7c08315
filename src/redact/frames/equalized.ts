import type { Area } from '../../ocr/picture.ts';
import type { Plane } from './tiles.ts';

/** Side of the squares that are spread by their own values, pixels: a few characters. */
const side = 64;

/**
 * Fills `out`, 8 bits of the same shape, inside `area` with values that are spread by what is around: half by rank (how many
 * of the values around are smaller), so that what differs is apart by however little it differs and beside whatever else;
 * half in proportion, so that what stands out of noise does so still. Both are those of squares, blended between their
 * centres, so that no seams look like strokes.
 */
export function equalize(plane: Plane, area: Area, out: Uint8Array): void {
  const across = Math.max(1, Math.round(area.width / side));
  const down = Math.max(1, Math.round(area.height / side));
  const size = 2 ** (8 * plane.values.BYTES_PER_ELEMENT);
  const counts = new Uint32Array(size);
  for (let channel = 0; channel < plane.channels; channel++) {
    let above: Row | undefined;
    let below = tablesOfRow(plane, channel, area, { row: 0, across, down }, counts);
    for (let band = 0; band <= down; band++) {
      blend(plane, channel, area, { above: above ?? below, below, band, down, across }, out);
      above = below;
      if (band + 1 < down) below = tablesOfRow(plane, channel, area, { row: band + 1, across, down }, counts);
    }
  }
}

/** For each square of one row, the rank of every value that occurs in it or around it. */
type Row = readonly Uint8Array[];

interface Place {
  readonly row: number;
  readonly across: number;
  readonly down: number;
}

function tablesOfRow(
  plane: Plane,
  channel: number,
  area: Area,
  { row, across, down }: Place,
  counts: Uint32Array,
): Row {
  const top = area.top + Math.floor((row * area.height) / down);
  const bottom = area.top + Math.floor(((row + 1) * area.height) / down);
  return Array.from({ length: across }, (_, column) => {
    const left = area.left + Math.floor((column * area.width) / across);
    const right = area.left + Math.floor(((column + 1) * area.width) / across);
    return rankTable(plane, channel, { left, top, width: right - left, height: bottom - top }, counts);
  });
}

function rankTable(plane: Plane, channel: number, square: Area, counts: Uint32Array): Uint8Array {
  const { values, channels, width } = plane;
  let least = counts.length - 1;
  let most = 0;
  for (let y = square.top; y < square.top + square.height; y++) {
    let at = (y * width + square.left) * channels + channel;
    for (let x = 0; x < square.width; x++, at += channels) {
      const value = values[at] as number;
      (counts[value] as number)++;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const total = Math.max(1, square.width * square.height);
  // Most of 65,536 values occur nowhere in the square: those between are few.
  const table = new Uint8Array(counts.length);
  let below = 0;
  for (let value = least; value <= most; value++) {
    const equal = counts[value] as number;
    // The middle of the values that are equal: a background stays in the middle of the range.
    const rank = (below + equal / 2) / total;
    table[value] = Math.round(127.5 * (rank + (value - least) / Math.max(1, most - least)));
    below += equal;
    counts[value] = 0;
  }
  table.fill(255, most + 1);
  return table;
}

interface Band {
  readonly above: Row;
  readonly below: Row;
  readonly band: number;
  readonly down: number;
  readonly across: number;
}

/** Rows between the centres of two rows of squares. */
function blend(plane: Plane, channel: number, area: Area, tables: Band, out: Uint8Array): void {
  const { values, channels, width } = plane;
  const { above, below, band, down, across } = tables;
  const centre = (index: number): number => ((index + 0.5) * area.height) / down;
  const from = band === 0 ? 0 : Math.ceil(centre(band - 1));
  const to = band === down ? area.height : Math.ceil(centre(band));
  const last = across - 1;
  const step = across / area.width;
  for (let y = Math.max(0, from); y < Math.min(to, area.height); y++) {
    const weight = band === 0 || band === down ? 1 : ((y - centre(band - 1)) * down) / area.height;
    let at = ((area.top + y) * width + area.left) * channels + channel;
    for (let x = 0; x < area.width; x++, at += channels) {
      const place = Math.min(last, Math.max(0, (x + 0.5) * step - 0.5));
      const column = Math.floor(place);
      const rest = place - column;
      const value = values[at] as number;
      const right = column < last ? column + 1 : column;
      const upper =
        ((above[column] as Uint8Array)[value] as number) * (1 - rest) +
        ((above[right] as Uint8Array)[value] as number) * rest;
      const lower =
        ((below[column] as Uint8Array)[value] as number) * (1 - rest) +
        ((below[right] as Uint8Array)[value] as number) * rest;
      out[at] = upper * (1 - weight) + lower * weight + 0.5;
    }
  }
}
