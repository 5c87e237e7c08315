import type { Area, FoundText, Picture } from './picture.ts';

/** How far a line may grow, in its thicknesses: to both ends, and above and below. */
const most = { along: 5, across: 0.5 } as const;
/** Blank that letters and words may leave between them, in thicknesses. */
const widestGap = 0.75;
/** Levels by which ink strays from its usual value; and where most of it is of one exact value, as machines write it. */
const tolerances = { usual: 10, exact: 6 } as const;
/** Share of the ink of about one value that is of exactly that. */
const exactShare = 0.6;
/** Strokes set off by less are no ink to measure by. */
const leastRise = 12;
/** Ink whose value so many pixels around the line share is the ground, or texture. */
const mostShared = 0.08;

/**
 * A line grown to the ink that it cuts off: letters at its ends, accents and tails above and below. Burned-in text is of one
 * colour: what is grown to is of the colour of the line's own strokes, of the size of letters, and close by. The line as it
 * is where its strokes have no colour of their own.
 */
export function grownToInk<T extends FoundText>(found: T, picture: Picture): T {
  const sideways = found.turn === 90 || found.turn === 270;
  const region = regionOf(found, picture, sideways);
  if (region.line.to - region.line.from < 4 || region.thickness < 4) return found;
  const mask = inkMask(picture, region);
  if (mask === undefined) return found;
  const parts = partsOf(mask, region);
  const span = grown(parts, region);
  const [left, top, right, bottom] = sideways
    ? [span.top, span.from, span.bottom, span.to]
    : [span.from, span.top, span.to, span.bottom];
  const area: Area = {
    left: region.area.left + left,
    top: region.area.top + top,
    width: right - left,
    height: bottom - top,
  };
  return { ...found, ...area };
}

/** Along and across the line, ends exclusive. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly bottom: number;
}

/** A line and what is around it, as far as it may grow. */
interface Region {
  readonly area: Area;
  readonly length: number;
  readonly height: number;
  readonly line: Span;
  readonly thickness: number;
  /** Steps in the pixels of the picture. */
  readonly first: number;
  readonly along: number;
  readonly across: number;
}

function regionOf(found: Area, picture: Picture, sideways: boolean): Region {
  const thickness = sideways ? found.width : found.height;
  const [beside, above] = sideways ? [most.across, most.along] : [most.along, most.across];
  const left = Math.max(0, found.left - Math.ceil(beside * thickness));
  const top = Math.max(0, found.top - Math.ceil(above * thickness));
  const right = Math.min(picture.width, found.left + found.width + Math.ceil(beside * thickness));
  const bottom = Math.min(picture.height, found.top + found.height + Math.ceil(above * thickness));
  const area = { left, top, width: right - left, height: bottom - top };
  const [x, y] = [found.left - left, found.top - top];
  const row = picture.width * picture.channels;
  return {
    area,
    length: sideways ? area.height : area.width,
    height: sideways ? area.width : area.height,
    line: sideways
      ? { from: y, to: y + found.height, top: x, bottom: x + found.width }
      : { from: x, to: x + found.width, top: y, bottom: y + found.height },
    thickness,
    first: top * row + left * picture.channels,
    along: sideways ? row : picture.channels,
    across: sideways ? picture.channels : row,
  };
}

/** Pixels of the region that have the colour of the line's strokes; undefined where they have none of their own. */
function inkMask(picture: Picture, region: Region): Uint8Array | undefined {
  const ink = inkColor(picture, region);
  if (ink === undefined) return undefined;
  const { color, tolerance } = ink;
  const { length, height, line } = region;
  const mask = new Uint8Array(length * height);
  let beside = 0;
  for (let row = 0; row < height; row += 1) {
    const inLine = row >= line.top && row < line.bottom;
    for (let column = 0; column < length; column += 1) {
      const at = region.first + row * region.across + column * region.along;
      let isInk = true;
      for (let channel = 0; channel < picture.channels; channel += 1) {
        const difference = (picture.pixels[at + channel] as number) - (color[channel] as number);
        if (difference > tolerance || difference < -tolerance) isInk = false;
      }
      if (!isInk) continue;
      mask[row * length + column] = 1;
      if (!inLine || column < line.from || column >= line.to) beside += 1;
    }
  }
  const around = length * height - (line.to - line.from) * (line.bottom - line.top);
  return beside > mostShared * around ? undefined : mask;
}

interface Ink {
  readonly color: readonly number[];
  readonly tolerance: number;
}

/** The colour most strokes of the line have: pixels that are brighter, or darker, than what lies to both sides. */
function inkColor({ pixels, channels }: Picture, region: Region): Ink | undefined {
  const { line, thickness, first, along, across } = region;
  const distance = Math.max(2, Math.round(thickness * 0.2));
  const levelAt = (at: number): number =>
    channels === 1
      ? (pixels[at] as number)
      : (77 * (pixels[at] as number) + 150 * (pixels[at + 1] as number) + 29 * (pixels[at + 2] as number)) >>
        8;
  const counts = [new Uint32Array(256), new Uint32Array(256)] as const;
  const totals = [0, 0];
  const each = (visit: (at: number, level: number, sign: 0 | 1) => void): void => {
    for (let row = line.top; row < line.bottom; row += 1) {
      for (let column = line.from + distance; column < line.to - distance; column += 1) {
        const at = first + row * across + column * along;
        const level = levelAt(at);
        const before = level - levelAt(at - distance * along);
        const after = level - levelAt(at + distance * along);
        if (before >= leastRise && after >= leastRise) visit(at, level, 1);
        else if (before <= -leastRise && after <= -leastRise) visit(at, level, 0);
      }
    }
  };
  each((_, level, sign) => {
    counts[sign][level] = (counts[sign][level] as number) + 1;
    totals[sign] = (totals[sign] as number) + 1;
  });
  const peaks = ([0, 1] as const).map((sign) => ({ sign, ...peakOf(counts[sign]) }));
  const best = peaks.reduce((one, other) => (other.count > one.count ? other : one));
  if (best.count < 12 || best.count < 0.25 * (totals[best.sign] as number)) return undefined;
  const isExact = best.exact >= exactShare * best.count;
  const sums = [0, 0, 0];
  let count = 0;
  each((at, level, sign) => {
    if (sign !== best.sign || Math.abs(level - best.level) > (isExact ? 1 : peakReach)) return;
    for (let channel = 0; channel < channels; channel += 1)
      sums[channel] = (sums[channel] as number) + (pixels[at + channel] as number);
    count += 1;
  });
  return {
    color: sums.map((sum) => sum / Math.max(1, count)),
    tolerance: isExact ? tolerances.exact : tolerances.usual,
  };
}

const peakReach = 4;

interface Peak {
  readonly level: number;
  readonly count: number;
  /** Pixels of no other level, and of its neighbours. */
  readonly exact: number;
}

/** The level with most pixels of like levels, of those the one most have. */
function peakOf(counts: Uint32Array): Peak {
  let best: Peak = { level: 0, count: 0, exact: 0 };
  for (let level = 0; level < 256; level += 1) {
    let count = 0;
    for (let near = Math.max(0, level - peakReach); near <= Math.min(255, level + peakReach); near += 1)
      count += counts[near] as number;
    const exact =
      (counts[level] as number) + (level > 0 ? (counts[level - 1] as number) : 0) + (counts[level + 1] ?? 0);
    if (count > best.count || (count === best.count && exact > best.exact)) best = { level, count, exact };
  }
  return best;
}

interface Part extends Span {
  readonly count: number;
}

/** Connected ink, also over corners. */
function partsOf(mask: Uint8Array, { length, height }: Region): Part[] {
  const parts: Part[] = [];
  const open: number[] = [];
  for (let start = 0; start < mask.length; start += 1) {
    if (mask[start] !== 1) continue;
    mask[start] = 2;
    open.push(start);
    let [from, to, top, bottom, count] = [length, 0, height, 0, 0];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const column = at % length;
      const row = (at - column) / length;
      from = Math.min(from, column);
      to = Math.max(to, column + 1);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
      count += 1;
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
        for (let x = Math.max(0, column - 1); x <= Math.min(length - 1, column + 1); x += 1) {
          if (mask[y * length + x] !== 1) continue;
          mask[y * length + x] = 2;
          open.push(y * length + x);
        }
      }
    }
    parts.push({ from, to, top, bottom, count });
  }
  return parts;
}

function grown(parts: readonly Part[], { line, thickness, length, height }: Region): Span {
  const letters = parts.filter(
    (part) =>
      part.count >= 2 &&
      part.bottom - part.top <= 1.4 * thickness &&
      part.to - part.from <= 2.5 * thickness &&
      part.top >= line.top - most.across * thickness &&
      part.bottom <= line.bottom + most.across * thickness,
  );
  let { from, to, top, bottom } = line;
  const slack = 0.15 * thickness;
  const inRow = letters.filter(
    (part) => part.top >= line.top - 2 * slack && part.bottom <= line.bottom + 2 * slack,
  );
  const reach = (part: Part): number =>
    part.bottom - part.top >= 0.3 * thickness ? widestGap * thickness : 0.3 * thickness;
  for (const part of [...inRow].sort((a, b) => a.from - b.from)) {
    if (part.to > to && part.from >= line.from && part.from - to <= reach(part)) to = part.to;
  }
  for (const part of [...inRow].sort((a, b) => b.to - a.to)) {
    if (part.from < from && part.to <= line.to && from - part.to <= reach(part)) from = part.from;
  }
  const near = Math.max(2, slack);
  for (const part of letters) {
    if (part.from >= to || part.to <= from) continue;
    if (part.top > line.bottom + near || part.bottom < line.top - near) continue;
    if ((part.top > line.bottom || part.bottom < line.top) && part.to - part.from > thickness) continue;
    top = Math.min(top, part.top);
    bottom = Math.max(bottom, part.bottom);
  }
  // The edge of ink is paler than its middle.
  return {
    from: from < line.from ? Math.max(0, from - 1) : from,
    to: to > line.to ? Math.min(length, to + 1) : to,
    top: top < line.top ? Math.max(0, top - 1) : top,
    bottom: bottom > line.bottom ? Math.min(height, bottom + 1) : bottom,
  };
}
