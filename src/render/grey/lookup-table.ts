import { SallyportError } from '../../core/errors.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { element, rawBytes, words } from '../../dicom/values.ts';

/** A look-up table of PS3.3 C.11.1.1, C.11.2.1.1 or C.7.6.3.1.5. */
export interface LookupTable {
  readonly firstMapped: number;
  readonly bits: number;
  readonly entries: Uint16Array;
}

function invalid(detail: string): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail });
}

/**
 * Reads descriptor and data of one table. `signedInput`: the first mapped value is read as SS. Undefined where the table
 * is absent; throws PIXEL_DATA_INVALID where its data are shorter than described.
 */
export function readLookupTable(
  dataSet: DataSet,
  descriptorTag: number,
  dataTag: number,
  signedInput: boolean,
  segmentedTag?: number,
): LookupTable | undefined {
  const descriptor = words(dataSet, descriptorTag);
  if (descriptor.length === 0) return undefined;
  const [count = 0, first = 0, bits = 0] = descriptor;
  if (descriptor.length < 3) throw invalid('look-up table descriptor');
  const length = count === 0 ? 65_536 : count;
  const firstMapped = signedInput && first > 0x7fff ? first - 65_536 : first;
  const segmented = segmentedTag === undefined ? new Uint16Array() : words(dataSet, segmentedTag);
  const entries =
    segmented.length === 0 ? readEntries(dataSet, dataTag, length) : expandSegments(segmented, length);
  return { firstMapped, bits: entryBits(bits, entries), entries };
}

function readEntries(dataSet: DataSet, tag: number, length: number): Uint16Array {
  const found = element(dataSet, tag);
  const bytes = found === undefined ? new Uint8Array() : rawBytes(found);
  if (bytes.length < length) throw invalid('look-up table shorter than described');
  if (bytes.length >= 2 * length) return words(dataSet, tag).subarray(0, length);
  // C.7.6.3.1.6: 8-bit entries are packed two to a word.
  const packed = new Uint16Array(length);
  const flip = dataSet.encoding.littleEndian ? 0 : 1;
  for (let i = 0; i < length; i++) packed[i] = bytes[i ^ flip] ?? 0;
  return packed;
}

/** The depth by the descriptor, unless the entries prove it wrong: some writers put 8 for 16-bit entries, or 16 for 8. */
function entryBits(bits: number, entries: Uint16Array): number {
  let max = 0;
  for (const entry of entries) if (entry > max) max = entry;
  const needed = Math.max(8, Math.ceil(Math.log2(max + 1)));
  if (bits < 8 || bits > 16) return needed;
  return Math.max(bits, needed);
}

/** Segmented palette data: PS3.3 C.7.9.2. */
function expandSegments(segments: Uint16Array, length: number): Uint16Array {
  const out = new Uint16Array(length);
  let filled = 0;
  const at = (index: number): number => {
    const value = segments[index];
    if (value === undefined) throw invalid('segmented palette ends early');
    return value;
  };
  const push = (value: number): void => {
    if (filled < length) out[filled++] = value;
  };
  /** Reads one discrete or linear segment; returns where the next begins. */
  const simple = (start: number): number => {
    const opcode = at(start);
    const count = at(start + 1);
    if (opcode === 0) {
      for (let i = 0; i < count; i++) push(at(start + 2 + i));
      return start + 2 + count;
    }
    if (opcode !== 1) throw invalid('segmented palette opcode');
    if (filled === 0) throw invalid('segmented palette begins with a linear segment');
    const from = out[filled - 1] ?? 0;
    const to = at(start + 2);
    for (let i = 1; i <= count; i++) push(Math.round(from + ((to - from) * i) / count));
    return start + 3;
  };
  let next = 0;
  while (next < segments.length && filled < length) {
    if (at(next) !== 2) {
      next = simple(next);
      continue;
    }
    // Indirect: repeats `count` segments from a 32-bit offset in words; these may not be indirect themselves.
    let from = at(next + 2) + at(next + 3) * 65_536;
    for (let left = at(next + 1); left > 0 && filled < length; left--) from = simple(from);
    next += 4;
  }
  if (filled < length) throw invalid('segmented palette shorter than described');
  return out;
}

/** Red, green and blue tables brought to 8 bits. */
export interface Palette {
  readonly firstMapped: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

/** The palette of a PALETTE COLOR image (C.7.9); throws PIXEL_DATA_INVALID where one of its tables is missing. */
export function readPalette(dataSet: DataSet, signedInput: boolean): Palette {
  const read = (descriptor: number, data: number, segmented: number): LookupTable => {
    const table = readLookupTable(dataSet, descriptor, data, signedInput, segmented);
    if (table === undefined) throw invalid('palette missing');
    return table;
  };
  const red = read(
    tags.RedPaletteColorLookupTableDescriptor,
    tags.RedPaletteColorLookupTableData,
    tags.SegmentedRedPaletteColorLookupTableData,
  );
  const green = read(
    tags.GreenPaletteColorLookupTableDescriptor,
    tags.GreenPaletteColorLookupTableData,
    tags.SegmentedGreenPaletteColorLookupTableData,
  );
  const blue = read(
    tags.BluePaletteColorLookupTableDescriptor,
    tags.BluePaletteColorLookupTableData,
    tags.SegmentedBluePaletteColorLookupTableData,
  );
  // C.7.6.3.1.5: the descriptors are alike; where all entries fit 8 bits the tables are taken as 8-bit ones.
  const tables = [red, green, blue];
  const wide = tables.some((table) => table.entries.some((entry) => entry > 255));
  const shift = wide ? Math.max(...tables.map((table) => table.bits)) - 8 : 0;
  const narrow = (table: LookupTable): Uint8Array =>
    Uint8Array.from(table.entries, (entry) => entry >> shift);
  return { firstMapped: red.firstMapped, red: narrow(red), green: narrow(green), blue: narrow(blue) };
}
