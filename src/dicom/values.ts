import { SallyportError } from '../core/errors.ts';
import { decodeText } from './character-sets.ts';
import { tagAt } from './cursor.ts';
import type { DataElement, DataSet, Vr } from './data-set.ts';
import { formatTag, lookup } from './dictionary.ts';
import { traitsOf } from './vr.ts';

/** Values longer than this are not read into memory unless the caller names another bound. */
export const maxValueBytes = 16 * 1024 * 1024;

/** Below this number of elements a search in order is faster than making an index. */
const indexedFrom = 16;
const indexes = new WeakMap<DataSet, ReadonlyMap<number, DataElement>>();

/** The element of a tag in this data set (not in its sequences), or undefined. */
export function element(dataSet: DataSet, tag: number): DataElement | undefined {
  const { elements } = dataSet;
  if (elements.length < indexedFrom) {
    for (const candidate of elements) if (candidate.tag === tag) return candidate;
    return undefined;
  }
  let index = indexes.get(dataSet);
  if (index === undefined) {
    index = new Map(elements.map((candidate) => [candidate.tag, candidate]));
    indexes.set(dataSet, index);
  }
  return index.get(tag);
}

/** True when the attribute is present, also with an empty value. */
export function has(dataSet: DataSet, tag: number): boolean {
  return element(dataSet, tag) !== undefined;
}

/** Length of the value as it stands, bytes; 0 for a sequence without items, and undefined for other sequences. */
export function valueLength({ body }: DataElement): number | undefined {
  switch (body.kind) {
    case 'source':
      return body.length;
    case 'bytes':
      return body.bytes.length;
    case 'fragments':
      return undefined;
    case 'items':
      return body.items.length === 0 ? 0 : undefined;
  }
}

/**
 * The bytes of a value in the byte order of its data set; stays valid. Empty for sequences and encapsulated pixel data.
 * Throws DATA_SET_TOO_COMPLEX when longer than `maxBytes`.
 */
export function rawBytes({ tag, body }: DataElement, maxBytes: number = maxValueBytes): Uint8Array {
  if (body.kind === 'bytes') return body.bytes;
  if (body.kind !== 'source') return new Uint8Array(0);
  if (body.length > maxBytes) {
    throw new SallyportError('DATA_SET_TOO_COMPLEX', { detail: `${formatTag(tag)} of ${body.length} bytes` });
  }
  const bytes = body.source.read(body.offset, body.length);
  // Not `slice`, which copies nothing where the source gives a Buffer.
  return body.source.bytes === undefined ? new Uint8Array(bytes) : bytes;
}

/** The VR by which a value is to be read: that of the dictionary where the element itself does not tell (UN). */
export function effectiveVr({ tag, vr }: DataElement): Vr {
  if (vr !== 'UN') return vr;
  const known = lookup(tag)?.vr;
  if (known === undefined || known === 'SQ') return 'UN';
  if (known === 'US or SS') return 'US';
  return known === 'OB or OW' || known === 'US or OW' || known === 'US or SS or OW' ? 'OW' : known;
}

/**
 * The values of a text attribute, without padding: decoded by the character set that holds here, separated at
 * backslashes. [] when absent, empty or not of a text VR; a single empty value among others is "".
 */
export function text(dataSet: DataSet, tag: number): string[] {
  const found = element(dataSet, tag);
  return found === undefined ? [] : elementText(dataSet, found);
}

/** As `text`, for an element at hand. `dataSet` is the one it stands in. */
export function elementText(dataSet: DataSet, found: DataElement): string[] {
  const vr = effectiveVr(found);
  if (traitsOf(vr).kind !== 'text') return [];
  const values = decodeText(rawBytes(found), dataSet.characterSets, vr).map((value) =>
    trimPadding(value, vr),
  );
  return values.length === 1 && values[0] === '' ? [] : values;
}

/** The first value of a text attribute, or undefined when absent or empty. */
export function firstText(dataSet: DataSet, tag: number): string | undefined {
  const value = text(dataSet, tag)[0];
  return value === '' ? undefined : value;
}

/** PS3.5 6.2: leading spaces mean nothing but in the long texts, trailing ones nowhere; NUL pads too in practice. */
function trimPadding(value: string, vr: Vr): string {
  const trimmed = value.replace(/[ \0]+$/, '');
  return vr === 'LT' || vr === 'ST' || vr === 'UT' || vr === 'UC' ? trimmed : trimmed.replace(/^ +/, '');
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The values of a numeric attribute: IS and DS as written, binary VRs in the data set's byte order, AT as tags, OW words
 * as unsigned 16-bit numbers, 64-bit ones rounded to a double. NaN stands for a value that is no number, so that the
 * others keep their places. [] when absent, empty or of another kind.
 */
export function numbers(dataSet: DataSet, tag: number): number[] {
  const found = element(dataSet, tag);
  if (found === undefined) return [];
  const vr = effectiveVr(found);
  if (vr === 'IS' || vr === 'DS') {
    return elementText(dataSet, found).map((value) => (decimal.test(value) ? Number(value) : Number.NaN));
  }
  // The value of an element sent as UN is that of implicit VR little endian (PS3.5 6.2.2).
  const littleEndian = found.vr === 'UN' || dataSet.encoding.littleEndian;
  const { wordBytes, kind } = traitsOf(vr);
  if (wordBytes === 1) return [];
  const bytes = rawBytes(found);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = kind === 'tag' ? 4 : wordBytes;
  const values: number[] = [];
  for (let i = 0; i + step <= bytes.length; i += step) values.push(readNumber(view, i, vr, littleEndian));
  return values;
}

function readNumber(view: DataView, index: number, vr: Vr, littleEndian: boolean): number {
  switch (vr) {
    case 'SS':
      return view.getInt16(index, littleEndian);
    case 'UL':
    case 'OL':
      return view.getUint32(index, littleEndian);
    case 'SL':
      return view.getInt32(index, littleEndian);
    case 'FL':
    case 'OF':
      return view.getFloat32(index, littleEndian);
    case 'FD':
    case 'OD':
      return view.getFloat64(index, littleEndian);
    case 'SV':
      return Number(view.getBigInt64(index, littleEndian));
    case 'UV':
    case 'OV':
      return Number(view.getBigUint64(index, littleEndian));
    case 'AT':
      return tagAt(new Uint8Array(view.buffer, view.byteOffset + index, 4), 0, littleEndian);
    default:
      return view.getUint16(index, littleEndian);
  }
}

/** The first value of a numeric attribute, or undefined when absent, empty or no number. */
export function firstNumber(dataSet: DataSet, tag: number): number | undefined {
  const value = numbers(dataSet, tag)[0];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** The value as unsigned 16-bit words, whatever its VR says of the type: LUT Data may be US, SS or OW. */
export function words(dataSet: DataSet, tag: number, maxBytes: number = maxValueBytes): Uint16Array {
  const found = element(dataSet, tag);
  if (found === undefined) return new Uint16Array(0);
  const bytes = rawBytes(found, maxBytes);
  const littleEndian = found.vr === 'UN' || dataSet.encoding.littleEndian;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Uint16Array(bytes.length >>> 1);
  for (let i = 0; i < values.length; i++) values[i] = view.getUint16(i * 2, littleEndian);
  return values;
}

/** The items of a sequence; [] when absent, empty or not a sequence. */
export function items(dataSet: DataSet, tag: number): readonly DataSet[] {
  const body = element(dataSet, tag)?.body;
  return body?.kind === 'items' ? body.items : [];
}

/** The first item of the first item ... along a path of sequences, or undefined where one is absent or empty. */
export function firstItem(dataSet: DataSet, ...path: readonly number[]): DataSet | undefined {
  let found: DataSet | undefined = dataSet;
  for (const tag of path) {
    if (found === undefined) return undefined;
    found = items(found, tag)[0];
  }
  return found;
}

/** One element met on a walk, with the data set or item it stands in and the tags of the sequences around it. */
export interface WalkStep {
  readonly element: DataElement;
  readonly dataSet: DataSet;
  readonly path: readonly number[];
}

/** Every element at every depth, sequences before what they hold. */
export function* walk(dataSet: DataSet, path: readonly number[] = []): Generator<WalkStep> {
  for (const found of dataSet.elements) {
    yield { element: found, dataSet, path };
    if (found.body.kind !== 'items') continue;
    const inner = [...path, found.tag];
    for (const item of found.body.items) yield* walk(item, inner);
  }
}
