import { deflateRawSync } from 'node:zlib';
import { SallyportError } from '../core/errors.ts';
import type { Encoding, Vr } from '../dicom/data-set.ts';
import { concatBytes, encodeValue, isShortForm } from './value-encoder.ts';
import {
  element,
  type WriterElement,
  type WriterFragments,
  type WriterItems,
  type WriterValue,
} from './writer-element.ts';

/** A Part 10 file to be written. */
export interface WriterFile {
  readonly elements: readonly WriterElement[];
  /** Explicit VR Little Endian when left out. */
  readonly transferSyntaxUid?: string;
  /** 128 bytes; zeros when left out. `null` leaves out preamble, DICM and File Meta Information. */
  readonly preamble?: Uint8Array | null;
  /** Further elements of group 0002, or other values for those this writer makes itself. */
  readonly meta?: readonly WriterElement[];
  /** Keep the order given instead of sorting by tag. */
  readonly keepOrder?: boolean;
}

export const transferSyntaxes = {
  implicitVrLittleEndian: '1.2.840.10008.1.2',
  explicitVrLittleEndian: '1.2.840.10008.1.2.1',
  deflatedExplicitVrLittleEndian: '1.2.840.10008.1.2.1.99',
  explicitVrBigEndian: '1.2.840.10008.1.2.2',
  rleLossless: '1.2.840.10008.1.2.5',
} as const;

/** Names the writer in File Meta Information (PS3.10 7.1); made from a random UUID (PS3.5 B.2). */
const implementationClassUid = '2.25.217438061283416530947725520139084512377';
const implementationVersionName = 'SALLYPORT_SYNTH';
const maxExplicitShortLength = 0xffff;
const undefinedLength = 0xffffffff;

/** How the data set of a transfer syntax is encoded: everything but three is explicit VR little endian (PS3.5 A). */
export function encodingOf(transferSyntaxUid: string): Encoding {
  return {
    explicitVr: transferSyntaxUid !== transferSyntaxes.implicitVrLittleEndian,
    littleEndian: transferSyntaxUid !== transferSyntaxes.explicitVrBigEndian,
  };
}

/**
 * A Part 10 file as bytes: preamble, DICM, File Meta Information, data set (deflated where the transfer syntax says so).
 * SOP Class and Instance UID of the meta are those of the data set. DATA_SET_MALFORMED where a value does not fit its VR.
 */
export function encodePart10(file: WriterFile): Uint8Array {
  return concatBytes(part10Chunks(file));
}

/** The same without joining: large values are the caller's own arrays wherever no byte swap is needed. */
export function part10Chunks(file: WriterFile): Uint8Array[] {
  const transferSyntaxUid = file.transferSyntaxUid ?? transferSyntaxes.explicitVrLittleEndian;
  const chunks: Uint8Array[] = [];
  if (file.preamble !== null) {
    chunks.push(
      file.preamble ?? new Uint8Array(128),
      Buffer.from('DICM', 'latin1'),
      fileMeta(file, transferSyntaxUid),
    );
  }
  const options = file.keepOrder === undefined ? {} : { keepOrder: file.keepOrder };
  const body = dataSetChunks(file.elements, encodingOf(transferSyntaxUid), options);
  if (transferSyntaxUid !== transferSyntaxes.deflatedExplicitVrLittleEndian) return chunks.concat(body);
  const deflated = deflateRawSync(concatBytes(body));
  chunks.push(deflated);
  if (deflated.length % 2 === 1) chunks.push(new Uint8Array(1));
  return chunks;
}

/** A data set (or an item's content) as bytes, without File Meta Information. */
export function encodeDataSet(
  elements: readonly WriterElement[],
  encoding: Encoding,
  options: { keepOrder?: boolean } = {},
): Uint8Array {
  return concatBytes(dataSetChunks(elements, encoding, options));
}

function fileMeta(file: WriterFile, transferSyntaxUid: string): Uint8Array {
  const littleEndianExplicit = { explicitVr: true, littleEndian: true };
  const own: WriterElement[] = [
    element(0x00020001, 'OB', new Uint8Array([0, 1])),
    element(0x00020002, 'UI', textOf(file.elements, 0x00080016)),
    element(0x00020003, 'UI', textOf(file.elements, 0x00080018)),
    element(0x00020010, 'UI', transferSyntaxUid),
    element(0x00020012, 'UI', implementationClassUid),
    element(0x00020013, 'SH', implementationVersionName),
  ];
  const given = file.meta ?? [];
  const kept = own.filter((candidate) => !given.some((other) => other.tag === candidate.tag));
  const group = encodeDataSet([...kept, ...given], littleEndianExplicit);
  return concatBytes([encodeDataSet([element(0x00020000, 'UL', group.length)], littleEndianExplicit), group]);
}

function textOf(elements: readonly WriterElement[], tag: number): string {
  const found = elements.find((candidate) => candidate.tag === tag)?.value;
  return typeof found === 'string' ? found : '';
}

interface Scope {
  readonly encoding: Encoding;
  readonly keepOrder: boolean;
  readonly utf8: boolean;
}

function dataSetChunks(
  elements: readonly WriterElement[],
  encoding: Encoding,
  options: { keepOrder?: boolean; utf8?: boolean },
): Uint8Array[] {
  const characterSet = elements.find((candidate) => candidate.tag === 0x00080005)?.value;
  const scope: Scope = {
    encoding,
    keepOrder: options.keepOrder ?? false,
    utf8: characterSet === undefined ? (options.utf8 ?? false) : characterSet === 'ISO_IR 192',
  };
  const ordered = scope.keepOrder ? elements : elements.toSorted((a, b) => a.tag - b.tag);
  const chunks: Uint8Array[] = [];
  for (const one of ordered) writeElement(chunks, one, scope);
  return chunks;
}

function writeElement(chunks: Uint8Array[], one: WriterElement, scope: Scope): void {
  const { value } = one;
  if (isObject(value, 'items')) {
    writeSequence(chunks, one, value, scope);
  } else if (isObject(value, 'fragments')) {
    writeFragments(chunks, one, value, scope);
  } else {
    const bytes = isObject(value, 'raw') ? value.raw : encodeValue(one.tag, one.vr, value, scope);
    const declared = isObject(value, 'raw') ? (value.declaredLength ?? bytes.length) : bytes.length;
    chunks.push(elementHeader(one.tag, one.vr, declared, scope.encoding));
    if (bytes.length > 0) chunks.push(bytes);
  }
}

function writeSequence(chunks: Uint8Array[], one: WriterElement, value: WriterItems, scope: Scope): void {
  const items: Uint8Array[] = [];
  const delimited = value.undefinedLength ?? true;
  for (const item of value.items) {
    const content = dataSetChunks(item, scope.encoding, scope);
    const length = content.reduce((sum, chunk) => sum + chunk.length, 0);
    items.push(delimiter(0xfffee000, delimited ? undefinedLength : length, scope.encoding), ...content);
    if (delimited) items.push(delimiter(0xfffee00d, 0, scope.encoding));
  }
  if (delimited) items.push(delimiter(0xfffee0dd, 0, scope.encoding));
  const total = items.reduce((sum, chunk) => sum + chunk.length, 0);
  chunks.push(elementHeader(one.tag, one.vr, delimited ? undefinedLength : total, scope.encoding));
  for (const chunk of items) chunks.push(chunk);
}

function writeFragments(
  chunks: Uint8Array[],
  one: WriterElement,
  value: WriterFragments,
  scope: Scope,
): void {
  const table = new Uint8Array((value.offsetTable ?? []).length * 4);
  const view = new DataView(table.buffer);
  for (const [index, offset] of (value.offsetTable ?? []).entries()) view.setUint32(index * 4, offset, true);
  chunks.push(elementHeader(one.tag, one.vr, undefinedLength, scope.encoding));
  for (const fragment of [table, ...value.fragments]) {
    const padding = fragment.length % 2;
    chunks.push(delimiter(0xfffee000, fragment.length + padding, scope.encoding), fragment);
    if (padding === 1) chunks.push(new Uint8Array(1));
  }
  chunks.push(delimiter(0xfffee0dd, 0, scope.encoding));
}

function elementHeader(tag: number, vr: Vr, length: number, encoding: Encoding): Uint8Array {
  if (!encoding.explicitVr) return delimiter(tag, length, encoding);
  const shortForm = isShortForm(vr);
  const header = new Uint8Array(shortForm ? 8 : 12);
  const view = new DataView(header.buffer);
  view.setUint16(0, tag >>> 16, encoding.littleEndian);
  view.setUint16(2, tag & 0xffff, encoding.littleEndian);
  header[4] = vr.charCodeAt(0);
  header[5] = vr.charCodeAt(1);
  if (!shortForm) view.setUint32(8, length, encoding.littleEndian);
  else if (length <= maxExplicitShortLength) view.setUint16(6, length, encoding.littleEndian);
  else throw new SallyportError('DATA_SET_MALFORMED', { detail: `length ${length} does not fit VR ${vr}` });
  return header;
}

/** Items, delimiters and every element of implicit VR: tag and 32-bit length (PS3.5 7.1.3, 7.5). */
function delimiter(tag: number, length: number, encoding: Encoding): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, tag >>> 16, encoding.littleEndian);
  view.setUint16(2, tag & 0xffff, encoding.littleEndian);
  view.setUint32(4, length, encoding.littleEndian);
  return header;
}

function isObject<K extends string>(
  value: WriterValue,
  key: K,
): value is Extract<WriterValue, Record<K, unknown>> {
  return typeof value === 'object' && value !== null && key in value;
}
