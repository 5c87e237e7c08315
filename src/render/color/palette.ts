import { SallyportError } from '../../core/errors.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { element, firstText, has, rawBytes, words } from '../../dicom/values.ts';
import type { CellLayout, Cells } from '../samples.ts';
import type { Palette, PaletteTable } from './palette-table.ts';
import { expandSegments, swapped } from './segmented-palette.ts';
import { wellKnownPalette } from './well-known-palettes.ts';

interface WideTable {
  readonly firstMapped: number;
  /** By the descriptor. */
  readonly bits: number;
  readonly entries: Uint16Array;
}

const colors = [
  [
    tags.RedPaletteColorLookupTableDescriptor,
    tags.RedPaletteColorLookupTableData,
    tags.SegmentedRedPaletteColorLookupTableData,
  ],
  [
    tags.GreenPaletteColorLookupTableDescriptor,
    tags.GreenPaletteColorLookupTableData,
    tags.SegmentedGreenPaletteColorLookupTableData,
  ],
  [
    tags.BluePaletteColorLookupTableDescriptor,
    tags.BluePaletteColorLookupTableData,
    tags.SegmentedBluePaletteColorLookupTableData,
  ],
] as const;

function invalid(detail: string): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail });
}

/**
 * The palette of a PALETTE COLOR image or a supplemental one (PS3.3 C.7.9, C.7.6.19); `signedInput`: stored values are
 * signed, and so is the first mapped one. Where the image has no tables but names a palette of PS3.6 Annex B, that one.
 * Throws PIXEL_DATA_INVALID where tables are missing or shorter than described, PIXEL_FORMAT_UNSUPPORTED where the image
 * names a palette nobody here knows.
 */
export function readPalette(dataSet: DataSet, signedInput: boolean): Palette {
  if (!has(dataSet, tags.RedPaletteColorLookupTableDescriptor)) {
    const uid = firstText(dataSet, tags.PaletteColorLookupTableUID);
    if (uid === undefined) throw invalid('palette missing');
    const named = wellKnownPalette(uid);
    if (named === undefined)
      throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'palette by UID' });
    return named;
  }
  const [red, green, blue] = colors.map((color) => readTable(dataSet, color, signedInput));
  if (red === undefined || green === undefined || blue === undefined) throw invalid('palette missing');
  const shift = shiftToEightBits([red, green, blue]);
  const narrow = ({ firstMapped, entries }: WideTable): PaletteTable => ({
    firstMapped,
    entries: Uint8Array.from(entries, (entry) => entry >> shift),
  });
  return { red: narrow(red), green: narrow(green), blue: narrow(blue) };
}

function readTable(
  dataSet: DataSet,
  [descriptorTag, dataTag, segmentedTag]: (typeof colors)[number],
  signedInput: boolean,
): WideTable {
  const [count, first, bits] = words(dataSet, descriptorTag);
  if (count === undefined || first === undefined || bits === undefined) throw invalid('palette descriptor');
  const length = count === 0 ? 65_536 : count;
  const firstMapped = signedInput && first > 0x7fff ? first - 65_536 : first;
  const plain = readEntries(dataSet, dataTag, length);
  const entries = plain ?? readSegments(dataSet, segmentedTag, bits, length);
  if (entries === undefined) throw invalid('palette missing');
  return { firstMapped, bits, entries };
}

/** Bytes of a value, and whether they stand in the order of a little-endian data set. */
function valueBytes(dataSet: DataSet, tag: number): { bytes: Uint8Array; littleEndian: boolean } | undefined {
  const found = element(dataSet, tag);
  const bytes = found === undefined ? undefined : rawBytes(found);
  if (found === undefined || bytes === undefined || bytes.length === 0) return undefined;
  return { bytes, littleEndian: dataSet.encoding.littleEndian || found.vr === 'UN' || found.vr === 'OB' };
}

function readEntries(dataSet: DataSet, tag: number, length: number): Uint16Array | undefined {
  const value = valueBytes(dataSet, tag);
  if (value === undefined) return undefined;
  const { bytes, littleEndian } = value;
  if (bytes.length < length) throw invalid('palette shorter than described');
  // C.7.6.3.1.6: 8-bit entries are packed two to a word, whatever the descriptor says: the length tells.
  if (bytes.length >= 2 * length) return words(dataSet, tag).subarray(0, length);
  return Uint16Array.from((littleEndian ? bytes : swapped(bytes)).subarray(0, length));
}

function readSegments(dataSet: DataSet, tag: number, bits: number, length: number): Uint16Array | undefined {
  const value = valueBytes(dataSet, tag);
  if (value === undefined) return undefined;
  const entries = expandSegments(value.bytes, value.littleEndian, bits, length);
  if (entries === undefined) throw invalid('segmented palette');
  return entries;
}

/**
 * C.7.6.3.1.5: entries of 8 or 16 bits over the whole range, the same for the three tables. Writers state 8 for entries of
 * 16 and 16 for entries of 8: the entries prove what they are.
 */
function shiftToEightBits(tables: readonly WideTable[]): number {
  let all = 0;
  for (const { entries } of tables) for (const entry of entries) all |= entry;
  if (all <= 0xff) return 0;
  const bits = Math.max(...tables.map((table) => table.bits));
  return bits > 8 && bits <= 16 && all < 2 ** bits ? bits - 8 : 8;
}

const colored = 0x0100_0000;
const maxBits = 16;

/** Draws through a palette by one table from cell to colour, kept while the layout of the cells is the same. */
export class PaletteRenderer {
  readonly #palette: Palette;
  readonly #supplemental: boolean;
  #layout: CellLayout | undefined;
  #table: Uint32Array = new Uint32Array();

  /** `supplemental`: stored values below the first mapped one are no colours (PS3.3 C.8.16.2.1.1.1). */
  constructor(palette: Palette, supplemental: boolean) {
    this.#palette = palette;
    this.#supplemental = supplemental;
  }

  /** Interleaved RGB of `count` cells. Throws PIXEL_DATA_INVALID for cells of more than 16 bits. */
  render(cells: Cells, layout: CellLayout, count: number): Uint8Array {
    const table = this.#tableFor(layout);
    const mask = table.length - 1;
    const { shift } = layout;
    const out = new Uint8Array(3 * count);
    for (let i = 0, to = 0; i < count; i++) {
      const color = table[((cells[i] as number) >>> shift) & mask] as number;
      out[to++] = color;
      out[to++] = color >>> 8;
      out[to++] = color >>> 16;
    }
    return out;
  }

  /** The same with the grey levels where a cell is no colour. */
  renderMixed(cells: Cells, layout: CellLayout, levels: Uint8Array): Uint8Array {
    const table = this.#tableFor(layout);
    const mask = table.length - 1;
    const { shift } = layout;
    const out = new Uint8Array(3 * levels.length);
    for (let i = 0, to = 0; i < levels.length; i++) {
      const color = table[((cells[i] as number) >>> shift) & mask] as number;
      const level = levels[i] as number;
      out[to++] = color >= colored ? color : level;
      out[to++] = color >= colored ? color >>> 8 : level;
      out[to++] = color >= colored ? color >>> 16 : level;
    }
    return out;
  }

  /** The cells with one that is no colour in the place of every colour; the cells themselves where all are colours. */
  greyOf(cells: Cells, layout: CellLayout): Cells {
    const table = this.#tableFor(layout);
    const mask = table.length - 1;
    const isColor = (cell: number): boolean => (table[(cell >>> layout.shift) & mask] as number) >= colored;
    const grey = cells.find((cell) => !isColor(cell));
    return grey === undefined ? cells : cells.map((cell) => (isColor(cell) ? grey : cell));
  }

  #tableFor(layout: CellLayout): Uint32Array {
    const known = this.#layout;
    if (known?.bitsStored === layout.bitsStored && known.signed === layout.signed) return this.#table;
    if (layout.bitsStored > maxBits) throw invalid('bits stored of a palette image');
    const size = 2 ** layout.bitsStored;
    const table = new Uint32Array(size);
    const { red, green, blue } = this.#palette;
    for (let bits = 0; bits < size; bits++) {
      const stored = layout.signed && bits >= size / 2 ? bits - size : bits;
      if (this.#supplemental && stored < red.firstMapped) continue;
      const color = entryOf(red, stored) | (entryOf(green, stored) << 8) | (entryOf(blue, stored) << 16);
      table[bits] = colored + color;
    }
    this.#layout = layout;
    this.#table = table;
    return table;
  }
}

/** C.7.6.3.1.5: values before the first and behind the last mapped one take the first and the last entry. */
function entryOf({ firstMapped, entries }: PaletteTable, stored: number): number {
  return entries[Math.min(entries.length - 1, Math.max(0, stored - firstMapped))] ?? 0;
}
