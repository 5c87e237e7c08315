import type { DataSet, FragmentsBody } from '../../dicom/data-set.ts';
import { element, numbers } from '../../dicom/values.ts';

const offsetTable = 0x7fe00001;
const lengthTable = 0x7fe00002;

/**
 * Whether the Basic Offset Table (PS3.5 A.4) is nothing but offsets of fragments. Readers that need no table never look at
 * it, so anything could stand there.
 */
export function isOffsetTable(
  { source, offsetTable: table, fragments }: FragmentsBody,
  littleEndian: boolean,
): boolean {
  if (table.length === 0) return true;
  if (table.length % 4 !== 0 || table.length / 4 > fragments.length) return false;
  const bytes = source.read(table.offset, table.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, table.length);
  const offsets = fragmentOffsets(fragments);
  for (let at = 0; at < table.length; at += 4)
    if (!offsets.has(view.getUint32(at, littleEndian))) return false;
  return true;
}

/** Whether the Extended Offset Table and its lengths (PS3.3 C.7.6.3.1.8) say what the fragments are. */
export function areExtendedTables(dataSet: DataSet, { fragments }: FragmentsBody): boolean {
  const offsets = fragmentOffsets(fragments);
  for (const tag of [offsetTable, lengthTable]) {
    if (element(dataSet, tag) === undefined) continue;
    const values = numbers(dataSet, tag);
    if (values.length > fragments.length) return false;
    const known =
      tag === offsetTable
        ? values.every((value) => offsets.has(value))
        : values.every((value, index) => Math.abs(value - (fragments[index]?.length ?? Number.NaN)) <= 1);
    if (!known) return false;
  }
  return true;
}

/** Offsets of the items of fragments from the first one's, as stored and as they would be with even lengths. */
function fragmentOffsets(fragments: FragmentsBody['fragments']): ReadonlySet<number> {
  const offsets = new Set<number>();
  let stored = 0;
  let padded = 0;
  for (const { length } of fragments) {
    offsets.add(stored).add(padded);
    stored += 8 + length;
    padded += 8 + length + (length % 2);
  }
  return offsets;
}
