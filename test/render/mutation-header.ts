import type { DataElement, DataSet, Vr } from '../../src/dicom/data-set.ts';
import { transferSyntaxTable } from '../../src/dicom/transfer-syntaxes.ts';
import { rawBytes } from '../../src/dicom/values.ts';
import { damaged } from './mutation-bytes.ts';
import type { Dice } from './mutation-random.ts';

/** A data set with one element replaced or added; the order of tags is kept. */
export function withElement(dataSet: DataSet, element: DataElement): DataSet {
  const others = dataSet.elements.filter(({ tag }) => tag !== element.tag);
  return { ...dataSet, elements: [...others, element].sort((a, b) => a.tag - b.tag) };
}

const shorts = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 40, 64, 255, 256, 4096, 32_767, 32_768, 65_535,
];
const decimals = [
  '',
  '0',
  '-0',
  '1',
  '-1',
  '0.5',
  'NaN',
  'inf',
  '1e308',
  '-1e308',
  '1e-308',
  '99999999999999',
  '1E400',
  'x',
  '-32768',
  '4294967296',
];
const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
  'XYB',
  'HSV',
  'CMYK',
  '',
  'rgb',
  'RGB\\RGB',
];
const counts = [
  '0',
  '-1',
  '1',
  '2',
  '3',
  '5',
  '100',
  '101',
  '65536',
  '2147483647',
  '4294967297',
  '1e3',
  '1A',
  '',
  ' ',
  '1\\2',
];
/** Values that are 16-bit numbers: Image Pixel, padding, overlays of group 6000, a shutter's level, segments. */
const shortTags = [
  0x00280002, 0x00280006, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280120,
  0x00280121, 0x60000010, 0x60000011, 0x60000051, 0x60000100, 0x60000102, 0x00181622, 0x00181623,
];
const decimalTags = [0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x3004000e, 0x00280030, 0x00181164];
const integerTags = [
  0x00280008, 0x00280034, 0x00181602, 0x00181604, 0x00181606, 0x00181608, 0x00181610, 0x00181612, 0x00181620,
  0x60000015,
];
const textChoices: readonly (readonly [number, readonly string[]])[] = [
  [0x00280004, photometrics],
  [0x00281056, ['LINEAR', 'LINEAR_EXACT', 'SIGMOID', 'CUBIC', '']],
  [0x20500020, ['INVERSE', 'IDENTITY', 'X']],
  [0x00181600, ['RECTANGULAR', 'CIRCULAR', 'POLYGONAL', 'BITMAP', 'CIRCULAR\\POLYGONAL', 'X']],
  [0x00089205, ['COLOR', 'MIXED', 'MONOCHROME']],
  [0x00620001, ['BINARY', 'FRACTIONAL', 'LABELMAP', 'X']],
  [
    0x00080016,
    [
      '1.2.840.10008.5.1.4.1.1.66.4',
      '1.2.840.10008.5.1.4.1.1.66.7',
      '1.2.840.10008.5.1.4.1.1.481.2',
      '1.2.840.10008.5.1.4.1.1.30',
      '',
    ],
  ],
];
const descriptorTags = [0x00281101, 0x00281102, 0x00281103];
const tableTags = [0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223];
const lutSequences = [0x00283000, 0x00283010];

/** A data set and the transfer syntax it is taken for. */
export interface MutantObject {
  readonly dataSet: DataSet;
  readonly transferSyntaxUid: string;
}

/** Changes one to four values that describe the pixels, or takes them away, or changes the transfer syntax. */
export function headerMutant(object: MutantObject, roll: Dice): MutantObject {
  let mutant = object;
  for (let hits = 1 + roll.below(4); hits > 0; hits--) mutant = changed(mutant, roll);
  return mutant;
}

function changed(object: MutantObject, roll: Dice): MutantObject {
  const { dataSet } = object;
  const replace = (tag: number, vr: Vr, bytes: Uint8Array): MutantObject => ({
    ...object,
    dataSet: withElement(dataSet, { tag, vr, body: { kind: 'bytes', bytes } }),
  });
  const several = <T>(make: () => T): T[] => Array.from({ length: roll.pick([1, 1, 1, 2, 3, 8]) }, make);
  switch (roll.below(12)) {
    case 0:
    case 1:
    case 2:
      return replace(
        roll.pick(shortTags),
        'US',
        asShorts(
          several(() => anyShort(roll)),
          dataSet,
        ),
      );
    case 3:
      return replace(roll.pick(decimalTags), 'DS', asText(several(() => roll.pick(decimals)).join('\\')));
    case 4:
      return replace(roll.pick(integerTags), 'IS', asText(several(() => roll.pick(counts)).join('\\')));
    case 5: {
      const [tag, texts] = roll.pick(textChoices);
      return replace(tag, tag === 0x00080016 ? 'UI' : 'CS', asText(roll.pick(texts)));
    }
    case 6:
      return replace(roll.pick(descriptorTags), 'US', asShorts(descriptor(roll), dataSet));
    case 7:
      return replace(roll.pick(tableTags), 'OW', randomBytes(roll, roll.pick([0, 2, 6, 20, 512, 1024])));
    case 8: {
      const item: DataSet = {
        ...dataSet,
        elements: [
          { tag: 0x00283002, vr: 'US', body: { kind: 'bytes', bytes: asShorts(descriptor(roll), dataSet) } },
          {
            tag: 0x00283006,
            vr: 'OW',
            body: { kind: 'bytes', bytes: randomBytes(roll, 2 * roll.below(600)) },
          },
        ],
      };
      const body = { kind: 'items', items: several(() => item) } as const;
      return { ...object, dataSet: withElement(dataSet, { tag: roll.pick(lutSequences), vr: 'SQ', body }) };
    }
    case 9: {
      const tag = roll.pick(dataSet.elements).tag;
      return {
        ...object,
        dataSet: { ...dataSet, elements: dataSet.elements.filter((one) => one.tag !== tag) },
      };
    }
    case 10:
      return roll.chance(0.5)
        ? { ...object, transferSyntaxUid: roll.pick(transferSyntaxTable).uid }
        : { ...object, dataSet: itemsMutated(dataSet, roll) };
    default:
      return valueDamaged(object, roll);
  }
}

/** Any binary or text value, also of a profile, a table or an overlay, with damaged bytes. */
function valueDamaged(object: MutantObject, roll: Dice): MutantObject {
  const found = roll.pick(object.dataSet.elements);
  if (found.body.kind === 'items' || found.body.kind === 'fragments') return object;
  const bytes = damaged(rawBytes(found), roll);
  return {
    ...object,
    dataSet: withElement(object.dataSet, {
      ...found,
      body: { kind: 'bytes', bytes: bytes.subarray(0, bytes.length & ~1) },
    }),
  };
}

/** Items of a sequence doubled, dropped or emptied: functional groups that are not as many as frames. */
function itemsMutated(dataSet: DataSet, roll: Dice): DataSet {
  const sequences = dataSet.elements.filter(({ body }) => body.kind === 'items');
  const found = sequences.length === 0 ? undefined : roll.pick(sequences);
  if (found?.body.kind !== 'items') return dataSet;
  const { items } = found.body;
  const changedItems = roll.pick([
    () => [...items, ...items],
    () => items.slice(0, roll.below(items.length + 1)),
    () => items.map((item) => ({ ...item, elements: [] })),
    () => items.map((item) => headerMutant({ dataSet: item, transferSyntaxUid: '' }, roll).dataSet),
  ])();
  return withElement(dataSet, { ...found, body: { kind: 'items', items: changedItems } });
}

function anyShort(roll: Dice): number {
  return roll.chance(0.8) ? roll.pick(shorts) : roll.below(65_536);
}

function descriptor(roll: Dice): number[] {
  const values = [
    roll.pick([0, 1, 2, 16, 200, 256, 4096, 65_535]),
    anyShort(roll),
    roll.pick([0, 1, 8, 10, 12, 16, 17, 255]),
  ];
  return values.slice(0, roll.pick([3, 3, 3, 3, 2, 1, 0]));
}

function randomBytes(roll: Dice, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => roll.below(256));
}

function asShorts(values: readonly number[], dataSet: DataSet): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries())
    view.setUint16(2 * index, value, dataSet.encoding.littleEndian);
  return bytes;
}

function asText(text: string): Uint8Array {
  return Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'latin1');
}
