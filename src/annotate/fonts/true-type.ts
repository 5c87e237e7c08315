import { SallyportError } from '../../core/errors.ts';

/** A point of an outline, font units, y upwards. */
export interface OutlinePoint {
  readonly x: number;
  readonly y: number;
  readonly onCurve: boolean;
}

/** Closed curves of a glyph, quadratic as TrueType has them. */
export type Outline = readonly (readonly OutlinePoint[])[];

export interface Glyph {
  readonly advance: number;
  readonly outline: Outline;
}

export interface TrueTypeFont {
  readonly unitsPerEm: number;
  /** Height of a capital H, font units. */
  readonly capHeight: number;
  has(codePoint: number): boolean;
  /** The glyph of a character; that of the missing character where the font has none. */
  glyph(codePoint: number): Glyph;
}

/** A composite of composites goes no deeper in any font; a damaged one may go round. */
const maxDepth = 8;

/**
 * Reads a TrueType font (ISO/IEC 14496-22): `cmap` of format 4, `glyf` outlines, simple and composite. No hinting, no
 * kerning, no ligatures. Throws FILE_UNREADABLE for anything else.
 */
export function readTrueType(bytes: Uint8Array): TrueTypeFont {
  try {
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : fault(cause);
  }
}

function fault(cause?: unknown): SallyportError {
  return new SallyportError('FILE_UNREADABLE', { detail: 'font', cause });
}

interface Tables {
  readonly view: DataView;
  at(name: string): number;
}

function read(view: DataView): TrueTypeFont {
  const offsets = new Map<string, number>();
  const count = view.getUint16(4);
  for (let index = 0; index < count; index++) {
    const entry = 12 + 16 * index;
    const name = String.fromCharCode(...[0, 1, 2, 3].map((place) => view.getUint8(entry + place)));
    offsets.set(name, view.getUint32(entry + 8));
  }
  const tables: Tables = {
    view,
    at(name) {
      const offset = offsets.get(name);
      if (offset === undefined) throw fault();
      return offset;
    },
  };
  const unitsPerEm = view.getUint16(tables.at('head') + 18);
  const indexOf = readCharacterMap(tables);
  const advanceOf = readAdvances(tables);
  const kept = new Map<number, Glyph>();
  const glyph = (codePoint: number): Glyph => {
    const index = indexOf(codePoint);
    const known = kept.get(index) ?? { advance: advanceOf(index), outline: readOutline(tables, index, 0) };
    kept.set(index, known);
    return known;
  };
  const capital = glyph('H'.codePointAt(0) ?? 0).outline.flat();
  return {
    unitsPerEm,
    capHeight: Math.max(1, ...capital.map(({ y }) => y)),
    has: (codePoint) => indexOf(codePoint) !== 0,
    glyph,
  };
}

function readCharacterMap({ view, at }: Tables): (codePoint: number) => number {
  const start = at('cmap');
  const count = view.getUint16(start + 2);
  for (let index = 0; index < count; index++) {
    const subtable = start + view.getUint32(start + 4 + 8 * index + 4);
    if (view.getUint16(subtable) === 4) return (codePoint) => indexInSegments(view, subtable, codePoint);
  }
  throw fault();
}

/** Format 4: segments of codes, each with a difference or a list of indexes. */
function indexInSegments(view: DataView, start: number, codePoint: number): number {
  const doubled = view.getUint16(start + 6);
  const ends = start + 14;
  const starts = ends + doubled + 2;
  for (let at = 0; at < doubled; at += 2) {
    if (view.getUint16(ends + at) < codePoint) continue;
    const first = view.getUint16(starts + at);
    if (first > codePoint) return 0;
    const delta = view.getUint16(starts + doubled + at);
    const place = starts + 2 * doubled + at;
    const range = view.getUint16(place);
    if (range === 0) return (codePoint + delta) & 0xffff;
    const index = view.getUint16(place + range + 2 * (codePoint - first));
    return index === 0 ? 0 : (index + delta) & 0xffff;
  }
  return 0;
}

function readAdvances({ view, at }: Tables): (index: number) => number {
  const count = view.getUint16(at('hhea') + 34);
  const metrics = at('hmtx');
  return (index) => view.getUint16(metrics + 4 * Math.min(index, count - 1));
}

function readOutline(tables: Tables, index: number, depth: number): Outline {
  const { view, at } = tables;
  const long = view.getInt16(at('head') + 50) === 1;
  const loca = at('loca');
  const offset = (place: number): number =>
    long ? view.getUint32(loca + 4 * place) : 2 * view.getUint16(loca + 2 * place);
  const [start, end] = [offset(index), offset(index + 1)];
  if (end <= start) return [];
  const glyph = at('glyf') + start;
  const contours = view.getInt16(glyph);
  if (contours >= 0) return simpleOutline(view, glyph, contours);
  return depth < maxDepth ? compositeOutline(tables, glyph + 10, depth) : [];
}

function simpleOutline(view: DataView, glyph: number, contours: number): Outline {
  const ends = Array.from({ length: contours }, (_, index) => view.getUint16(glyph + 10 + 2 * index));
  const count = (ends.at(-1) ?? -1) + 1;
  let position = glyph + 10 + 2 * contours;
  position += 2 + view.getUint16(position);
  const flags: number[] = [];
  while (flags.length < count) {
    const flag = view.getUint8(position++);
    const repeats = (flag & 8) === 0 ? 1 : 1 + view.getUint8(position++);
    for (let repeat = 0; repeat < repeats; repeat++) flags.push(flag);
  }
  /** Differences of one coordinate: one byte with its sign in the flags, the same as before, or two bytes. */
  const coordinates = (short: number, same: number): number[] => {
    let value = 0;
    return flags.slice(0, count).map((flag) => {
      if ((flag & short) !== 0) value += view.getUint8(position++) * ((flag & same) === 0 ? -1 : 1);
      else if ((flag & same) === 0) {
        value += view.getInt16(position);
        position += 2;
      }
      return value;
    });
  };
  const xs = coordinates(2, 16);
  const ys = coordinates(4, 32);
  return ends.map((end, index) => {
    const first = index === 0 ? 0 : (ends[index - 1] ?? 0) + 1;
    return Array.from({ length: end + 1 - first }, (_, place) => ({
      x: xs[first + place] ?? 0,
      y: ys[first + place] ?? 0,
      onCurve: ((flags[first + place] ?? 0) & 1) === 1,
    }));
  });
}

function compositeOutline(tables: Tables, start: number, depth: number): Outline {
  const { view } = tables;
  const parts: Outline[] = [];
  let position = start;
  for (let more = true; more; ) {
    const flags = view.getUint16(position);
    const index = view.getUint16(position + 2);
    position += 4;
    const wide = (flags & 1) !== 0;
    const isOffset = (flags & 2) !== 0;
    const argument = (place: number): number =>
      wide ? view.getInt16(position + 2 * place) : view.getInt8(position + place);
    const [dx, dy] = isOffset ? [argument(0), argument(1)] : [0, 0];
    position += wide ? 4 : 2;
    const fraction = (): number => {
      const value = view.getInt16(position) / 16_384;
      position += 2;
      return value;
    };
    let matrix = [1, 0, 0, 1];
    if ((flags & 8) !== 0) {
      const scale = fraction();
      matrix = [scale, 0, 0, scale];
    } else if ((flags & 0x40) !== 0) matrix = [fraction(), 0, 0, fraction()];
    else if ((flags & 0x80) !== 0) matrix = [fraction(), fraction(), fraction(), fraction()];
    const [a = 1, b = 0, c = 0, d = 1] = matrix;
    parts.push(
      readOutline(tables, index, depth + 1).map((contour) =>
        contour.map(({ x, y, onCurve }) => ({ x: a * x + c * y + dx, y: b * x + d * y + dy, onCurve })),
      ),
    );
    more = (flags & 0x20) !== 0;
  }
  return parts.flat();
}
