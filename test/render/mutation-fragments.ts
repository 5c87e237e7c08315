import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { tags } from '../../src/dicom/tags.ts';
import { element } from '../../src/dicom/values.ts';
import { damaged } from './mutation-bytes.ts';
import { type MutantObject, withElement } from './mutation-header.ts';
import type { Dice } from './mutation-random.ts';

/** Changes what fragments there are and what the tables say of them; objects without fragments stay as they are. */
export function fragmentMutant(object: MutantObject, roll: Dice): MutantObject {
  const found = element(object.dataSet, tags.PixelData);
  if (found?.body.kind !== 'fragments') return object;
  const { body } = found;
  const read = ({ offset, length }: { offset: number; length: number }): Uint8Array =>
    new Uint8Array(body.source.read(offset, length));
  const fragments = rearranged(body.fragments.map(read), roll);
  const table = roll.chance(0.5) ? randomTable(fragments, roll) : read(body.offsetTable);
  const dataSet = withElement(object.dataSet, fragmentElement(found, table, fragments));
  return { ...object, dataSet: roll.chance(0.2) ? withExtendedTable(dataSet, fragments, roll) : dataSet };
}

/** The code streams damaged, and nothing else. */
export function streamMutant(object: MutantObject, roll: Dice): MutantObject {
  const found = element(object.dataSet, tags.PixelData);
  if (found?.body.kind !== 'fragments') return object;
  const { body } = found;
  const fragments = body.fragments.map(({ offset, length }) => {
    const bytes = new Uint8Array(body.source.read(offset, length));
    return roll.chance(0.7) ? damaged(bytes, roll) : bytes;
  });
  return {
    ...object,
    dataSet: withElement(object.dataSet, fragmentElement(found, new Uint8Array(), fragments)),
  };
}

function fragmentElement(
  found: DataElement,
  table: Uint8Array,
  fragments: readonly Uint8Array[],
): DataElement {
  const bytes = Buffer.concat([table, ...fragments.flatMap((one) => [new Uint8Array(8), one])]);
  let offset = table.length;
  const ranges = fragments.map(({ length }) => {
    const range = { offset: offset + 8, length };
    offset += 8 + length;
    return range;
  });
  const source = memorySource(new Uint8Array(bytes));
  return {
    ...found,
    body: { kind: 'fragments', source, offsetTable: { offset: 0, length: table.length }, fragments: ranges },
  };
}

function rearranged(fragments: readonly Uint8Array[], roll: Dice): Uint8Array[] {
  const all = Buffer.concat(fragments);
  const size = roll.pick([2, 4, 16, 100]);
  switch (roll.below(9)) {
    case 0:
      return [];
    case 1:
      return fragments.flatMap((one) => [one, new Uint8Array(0)]);
    case 2:
      return [new Uint8Array(0), ...fragments];
    case 3:
      return fragments.toReversed();
    case 4:
      return fragments.slice(roll.below(fragments.length + 1));
    case 5:
      return [...fragments, ...fragments];
    case 6:
      return [new Uint8Array(all)];
    case 7:
      return Array.from(
        { length: Math.ceil(all.length / size) },
        (_, i) => new Uint8Array(all.subarray(i * size, (i + 1) * size)),
      );
    default:
      // Rare, since they cost time: a hundred thousand of two bytes behind what was there.
      return roll.chance(0.05)
        ? [...fragments, ...Array.from({ length: 100_000 }, () => Uint8Array.of(0, 0))]
        : [...fragments, Uint8Array.of(0xff, 0xd8, 0xff, 0xc3)];
  }
}

function randomTable(fragments: readonly Uint8Array[], roll: Dice): Uint8Array {
  const count = roll.pick([0, 1, 2, fragments.length, fragments.length + 1]) % 2000;
  const table = new Uint8Array(4 * count + roll.pick([0, 0, 0, 2]));
  const view = new DataView(table.buffer);
  for (let i = 0; i < count; i++) {
    view.setUint32(4 * i, roll.pick([0, 2, 8, 10, i * 16, 0xffffffff, roll.below(2 ** 31)]), true);
  }
  return table;
}

function withExtendedTable(dataSet: DataSet, fragments: readonly Uint8Array[], roll: Dice): DataSet {
  const values = Array.from({ length: Math.min(2000, fragments.length + roll.below(2)) }, () =>
    roll.pick([0n, 8n, 20n, 2n ** 53n, 2n ** 64n - 1n, BigInt(roll.below(10_000))]),
  );
  const bytes = new Uint8Array(BigUint64Array.from(values).buffer);
  return withElement(dataSet, { tag: 0x7fe00001, vr: 'OV', body: { kind: 'bytes', bytes } });
}
