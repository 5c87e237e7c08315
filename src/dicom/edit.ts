import { parseCharacterSets } from './character-set-names.ts';
import { encodeText } from './character-sets.ts';
import type { DataElement, DataSet, Vr } from './data-set.ts';
import { tags } from './tags.ts';
import { rawBytes } from './values.ts';
import { traitsOf } from './vr.ts';

/** What making an element needs to know of the data set it will stand in. */
export type Surroundings = Pick<DataSet, 'encoding' | 'characterSets'>;

/** An element of a text VR; several values are joined with backslashes, an odd length is padded as the VR wants. */
export function textElement(
  surroundings: Surroundings,
  tag: number,
  vr: Vr,
  values: string | readonly string[],
): DataElement {
  const text = typeof values === 'string' ? values : values.join('\\');
  const sets = traitsOf(vr).localized ? surroundings.characterSets : [];
  return bytesElement(tag, vr, encodeText(text, sets));
}

/** An element of VR UI. */
export function uidElement(tag: number, uids: string | readonly string[]): DataElement {
  const text = typeof uids === 'string' ? uids : uids.join('\\');
  return bytesElement(tag, 'UI', encodeText(text, []));
}

/** An element with these bytes, which are already in the data set's byte order; padded to even length. */
export function bytesElement(tag: number, vr: Vr, bytes: Uint8Array): DataElement {
  if (bytes.length % 2 === 0) return { tag, vr, body: { kind: 'bytes', bytes } };
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  padded[bytes.length] = traitsOf(vr).padding;
  return { tag, vr, body: { kind: 'bytes', bytes: padded } };
}

/** An element of a numeric VR, AT (tags as 0xGGGGEEEE) or IS/DS, in the data set's byte order. */
export function numberElement(
  surroundings: Surroundings,
  tag: number,
  vr: 'AT' | 'DS' | 'FD' | 'FL' | 'IS' | 'SL' | 'SS' | 'SV' | 'UL' | 'US' | 'UV' | 'OW',
  values: readonly number[],
): DataElement {
  if (vr === 'DS' || vr === 'IS') return textElement(surroundings, tag, vr, values.map(String));
  const { littleEndian } = surroundings.encoding;
  const size = vr === 'AT' ? 4 : traitsOf(vr).wordBytes;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    writeNumber(view, i * size, vr, value, littleEndian);
  });
  return bytesElement(tag, vr, bytes);
}

function writeNumber(view: DataView, index: number, vr: Vr, value: number, littleEndian: boolean): void {
  switch (vr) {
    case 'AT':
      view.setUint16(index, value >>> 16, littleEndian);
      view.setUint16(index + 2, value & 0xffff, littleEndian);
      break;
    case 'FD':
      view.setFloat64(index, value, littleEndian);
      break;
    case 'FL':
      view.setFloat32(index, value, littleEndian);
      break;
    case 'SL':
      view.setInt32(index, value, littleEndian);
      break;
    case 'UL':
      view.setUint32(index, value, littleEndian);
      break;
    case 'SV':
      view.setBigInt64(index, BigInt(value), littleEndian);
      break;
    case 'UV':
      view.setBigUint64(index, BigInt(value), littleEndian);
      break;
    case 'SS':
      view.setInt16(index, value, littleEndian);
      break;
    default:
      view.setUint16(index, value, littleEndian);
  }
}

/** A sequence of these items, which must be encoded as the data set it will stand in. */
export function sequenceElement(tag: number, items: readonly DataSet[]): DataElement {
  return { tag, vr: 'SQ', body: { kind: 'items', items } };
}

/** An element without a value. */
export function emptyElement(tag: number, vr: Vr): DataElement {
  if (vr === 'SQ') return sequenceElement(tag, []);
  return { tag, vr, body: { kind: 'bytes', bytes: new Uint8Array(0) } };
}

/** An item with these elements, to stand in a sequence of `surroundings`. */
export function item(surroundings: Surroundings, elements: readonly DataElement[]): DataSet {
  const { encoding, characterSets } = surroundings;
  return { encoding, elements: [...elements].sort((a, b) => a.tag - b.tag), characterSets };
}

/**
 * The data set with changes: an element replaces or joins those there, undefined removes. Elements come out in ascending
 * order of tags. The data set given stays as it is.
 */
export function withElements(
  dataSet: DataSet,
  changes: ReadonlyMap<number, DataElement | undefined>,
): DataSet {
  const elements = dataSet.elements.filter((element) => !changes.has(element.tag));
  for (const element of changes.values()) if (element !== undefined) elements.push(element);
  elements.sort((a, b) => a.tag - b.tag);
  const declared = changes.get(tags.SpecificCharacterSet);
  const characterSets =
    declared === undefined ? dataSet.characterSets : parseCharacterSets(rawBytes(declared));
  return { ...dataSet, elements, characterSets };
}
