import { SallyportError } from '../core/errors.ts';
import type { DataElement, DataSet } from '../dicom/data-set.ts';

/** Longest value read whole here; look-up tables of 65,536 entries and offset tables are the longest there are. */
const maxValueBytes = 16 * 2 ** 20;

export function findElement(dataSet: DataSet, tag: number): DataElement | undefined {
  for (const element of dataSet.elements) if (element.tag === tag) return element;
  return undefined;
}

/** The encoded value as a copy; undefined where absent, empty or not a plain value. */
export function valueBytes(dataSet: DataSet, tag: number): Uint8Array | undefined {
  const body = findElement(dataSet, tag)?.body;
  if (body?.kind === 'bytes') return body.bytes.length === 0 ? undefined : body.bytes;
  if (body?.kind !== 'source' || body.length === 0) return undefined;
  if (body.length > maxValueBytes)
    throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'value too long' });
  return body.source.read(body.offset, body.length).slice();
}

/** First item of a sequence. */
export function firstItem(dataSet: DataSet | undefined, tag: number): DataSet | undefined {
  return itemAt(dataSet, tag, 0);
}

export function itemAt(dataSet: DataSet | undefined, tag: number, index: number): DataSet | undefined {
  const body = dataSet === undefined ? undefined : findElement(dataSet, tag)?.body;
  return body?.kind === 'items' ? body.items[index] : undefined;
}

/** Text of a code string, unpadded; undefined where absent or empty. */
export function codeString(dataSet: DataSet | undefined, tag: number): string | undefined {
  const bytes = dataSet === undefined ? undefined : valueBytes(dataSet, tag);
  const [first = ''] = Buffer.from(bytes ?? [])
    .toString('latin1')
    .split('\\');
  const text = first.replaceAll('\0', ' ').trim();
  return text === '' ? undefined : text;
}

/** Values of DS or IS; NaN for one that is no number. Empty where absent. */
export function decimals(dataSet: DataSet | undefined, tag: number): readonly number[] {
  const bytes = dataSet === undefined ? undefined : valueBytes(dataSet, tag);
  if (bytes === undefined) return [];
  const text = Buffer.from(bytes).toString('latin1').replaceAll('\0', ' ');
  if (text.trim() === '') return [];
  return text
    .split('\\')
    .map((part) => (/^\s*[-+]?[0-9.]+(e[-+]?[0-9]+)?\s*$/i.test(part) ? Number(part) : Number.NaN));
}

/** 16-bit words of a value in the data set's byte order. */
export function words(dataSet: DataSet, tag: number): Uint16Array | undefined {
  const bytes = valueBytes(dataSet, tag);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = view.getUint16(2 * i, dataSet.encoding.littleEndian);
  return out;
}

/** First value of US or SS as its 16 bits say without sign. */
export function word(dataSet: DataSet, tag: number): number | undefined {
  return words(dataSet, tag)?.[0];
}
