import { SallyportError } from '../../core/errors.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { element, rawBytes, words } from '../../dicom/values.ts';

/** A look-up table of PS3.3 C.11.1.1 or C.11.2.1.1. */
export interface LookupTable {
  readonly firstMapped: number;
  readonly bits: number;
  readonly entries: Uint16Array;
}

/** PS3.3 C.11.1.1: values before the first and behind the last mapped one take the first and last entry. */
export function lookUp(table: LookupTable, value: number): number {
  const index = Math.min(table.entries.length - 1, Math.max(0, Math.round(value) - table.firstMapped));
  return table.entries[index] ?? 0;
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
): LookupTable | undefined {
  const descriptor = words(dataSet, descriptorTag);
  if (descriptor.length === 0) return undefined;
  const [count = 0, first = 0, bits = 0] = descriptor;
  if (descriptor.length < 3) throw invalid('look-up table descriptor');
  const length = count === 0 ? 65_536 : count;
  const firstMapped = signedInput && first > 0x7fff ? first - 65_536 : first;
  const entries = readEntries(dataSet, dataTag, length);
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

/** Where entries use fewer bits than described by so many, the descriptor is wrong: no table shows all in the dark. */
const unusedBits = 2;

/**
 * The depth by the descriptor, unless the entries prove it wrong: some writers put 8 for 16-bit entries, and others the
 * size of an entry, 16, for entries of 8 to 14 bits (known of CR). By the letter those images would be all but black.
 */
function entryBits(bits: number, entries: Uint16Array): number {
  let max = 0;
  for (const entry of entries) if (entry > max) max = entry;
  const needed = Math.max(8, Math.ceil(Math.log2(max + 1)));
  const isWrong = bits < needed || bits > 16 || (max > 0 && bits - needed >= unusedBits);
  return isWrong ? needed : bits;
}
