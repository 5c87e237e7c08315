import { deflateRawSync } from 'node:zlib';
import { SallyportError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';
import type { DataElement, DataSet, Encoding, FragmentsBody, Vr } from './data-set.ts';
import { formatTag } from './dictionary.ts';
import { undefinedLength } from './element-header.ts';
import { encodingOf, implicitVrLittleEndian, isDeflated, sameEncoding } from './encodings.ts';
import { paddedOffsetTable } from './offset-table.ts';
import { itemDelimitationTag, itemTag, sequenceDelimitationTag, tags } from './tags.ts';
import { traitsOf } from './vr.ts';
import { ChunkWriter } from './writer.ts';

/** Values are copied from their source in pieces of this size. */
const copyBytes = 1024 * 1024;
/** Longest value of the short explicit header (PS3.5 7.1.2). */
const longestShortValue = 0xfffe;

/** A de-identified or otherwise edited instance, ready to be written. */
export interface EncodableInstance {
  readonly dataSet: DataSet;
  readonly transferSyntaxUid: string;
  /** Preamble, DICM and File Meta Information. */
  readonly head: Uint8Array;
}

/**
 * A DICOM file (PS3.10 7) in chunks that stay valid. Deflates where the transfer syntax says so; such a data set passes
 * through memory whole, which reading bounded already. Throws UNEXPECTED when the data set is not encoded as its transfer
 * syntax demands, DATA_SET_TRUNCATED when a source lost bytes.
 */
export function* encodePart10({
  dataSet,
  transferSyntaxUid,
  head,
}: EncodableInstance): Generator<Uint8Array<ArrayBufferLike>> {
  const demanded = encodingOf(transferSyntaxUid);
  if (demanded !== undefined && !sameEncoding(demanded, dataSet.encoding)) {
    throw new SallyportError('UNEXPECTED', { detail: 'data set not in the encoding of its transfer syntax' });
  }
  yield head;
  if (!isDeflated(transferSyntaxUid)) {
    yield* encodeDataSet(dataSet);
    return;
  }
  const deflated = deflateRawSync(Buffer.concat([...encodeDataSet(dataSet)]));
  yield deflated;
  // A null byte makes the length even (PS3.5 A.5).
  if (deflated.length % 2 === 1) yield new Uint8Array(1);
}

/**
 * The encoded data set in chunks that stay valid: elements in ascending order, group lengths left out (retired, and
 * stale after any change), lengths even. Values still in a source are copied byte for byte.
 *
 * Sequences and items are written with undefined length and delimiters, so that nothing has to be measured beforehand
 * and no sequence is too long for its length field; empty ones with length zero.
 *
 * Throws DATA_SET_MALFORMED where a sequence came in an encoding that this data set cannot carry.
 */
export function* encodeDataSet(dataSet: DataSet): Generator<Uint8Array<ArrayBufferLike>> {
  const out = new ChunkWriter();
  yield* elementsOf(dataSet, out);
  yield* out.flush();
}

function* elementsOf(dataSet: DataSet, out: ChunkWriter): Generator<Uint8Array> {
  const { elements, encoding } = dataSet;
  const ascending = elements.every((element, i) => i === 0 || element.tag > (elements[i - 1]?.tag ?? 0));
  const inOrder = ascending ? elements : [...elements].sort((a, b) => a.tag - b.tag);
  for (const element of inOrder) {
    // (gggg,0000) is a length in every group, private ones too (PS3.5 7.2).
    if ((element.tag & 0xffff) === 0) continue;
    if (!writeSmall(element, encoding, out)) yield* elementOf(element, dataSet, encoding, out);
    if (out.isFull) yield* out.flush();
  }
}

/** Most elements: written at once, without the cost of a generator. False when the element is not small. */
function writeSmall({ tag, vr, body }: DataElement, encoding: Encoding, out: ChunkWriter): boolean {
  if (body.kind === 'bytes') {
    const { length } = body.bytes;
    if (length > out.smallBytes) return false;
    header(tag, vr, length, encoding, out);
    out.bytes(body.bytes);
    pad(vr, length, out);
    return true;
  }
  if (body.kind !== 'source' || body.length > out.smallBytes) return false;
  const { source, offset, length } = body;
  header(tag, vr, length, encoding, out);
  // A range outside the source is for `read` to refuse.
  if (source.bytes === undefined || offset + length > source.size) out.bytes(source.read(offset, length));
  else out.bytes(source.bytes, offset, length);
  pad(vr, length, out);
  return true;
}

function* elementOf(
  element: DataElement,
  dataSet: DataSet,
  encoding: Encoding,
  out: ChunkWriter,
): Generator<Uint8Array> {
  const { tag, vr, body } = element;
  switch (body.kind) {
    case 'items':
      yield* sequenceOf(tag, body.items, encoding, out);
      break;
    case 'fragments':
      yield* fragmentsOf(tag, vr, body, dataSet, out);
      break;
    case 'bytes':
      header(tag, vr, body.bytes.length, encoding, out);
      yield* out.flush();
      yield body.bytes;
      pad(vr, body.bytes.length, out);
      break;
    case 'source':
      header(tag, vr, body.length, encoding, out);
      yield* copyOf(body.source, body.offset, body.length, out);
      pad(vr, body.length, out);
      break;
  }
}

/** Header of an element of defined length; `length` before padding. */
function header(tag: number, vr: Vr, length: number, encoding: Encoding, out: ChunkWriter): void {
  const even = length + (length & 1);
  if (even >= undefinedLength) {
    throw new SallyportError('UNEXPECTED', { detail: `${formatTag(tag)} longer than a length field` });
  }
  const { littleEndian } = encoding;
  out.tag(tag, littleEndian);
  if (!encoding.explicitVr) {
    out.u32(even, littleEndian);
    return;
  }
  const { longForm } = traitsOf(vr);
  if (!longForm && even <= longestShortValue) {
    out.letters(vr);
    out.u16(even, littleEndian);
    return;
  }
  // A value too long for its VR's header is written as UN (PS3.5 6.2.2 note 2).
  out.letters(longForm ? vr : 'UN');
  out.u16(0, littleEndian);
  out.u32(even, littleEndian);
}

/** Header of an element of undefined length. */
function openHeader(tag: number, vr: Vr, { explicitVr, littleEndian }: Encoding, out: ChunkWriter): void {
  out.tag(tag, littleEndian);
  if (explicitVr) {
    out.letters(vr);
    out.u16(0, littleEndian);
  }
  out.u32(undefinedLength, littleEndian);
}

function pad(vr: Vr, length: number, out: ChunkWriter): void {
  if (length & 1) out.u8(traitsOf(vr).padding);
}

/**
 * A sequence whose items are encoded like the data set around it is SQ. One that came as UN keeps its items in implicit
 * VR little endian and goes out as UN of undefined length, which means just that (PS3.5 6.2.2 note 3).
 */
function* sequenceOf(
  tag: number,
  items: readonly DataSet[],
  encoding: Encoding,
  out: ChunkWriter,
): Generator<Uint8Array> {
  if (items.length === 0) {
    header(tag, 'SQ', 0, encoding, out);
    return;
  }
  let vr: Vr = 'SQ';
  let inner = encoding;
  if (!items.every((item) => sameEncoding(item.encoding, encoding))) {
    if (!encoding.explicitVr || !items.every((item) => sameEncoding(item.encoding, implicitVrLittleEndian))) {
      throw new SallyportError('DATA_SET_MALFORMED', {
        detail: `items of ${formatTag(tag)} in another encoding`,
      });
    }
    vr = 'UN';
    inner = implicitVrLittleEndian;
  }
  openHeader(tag, vr, encoding, out);
  for (const item of items) {
    out.tag(itemTag, inner.littleEndian);
    if (item.elements.length === 0) {
      out.u32(0, inner.littleEndian);
      continue;
    }
    out.u32(undefinedLength, inner.littleEndian);
    yield* elementsOf(item, out);
    out.tag(itemDelimitationTag, inner.littleEndian);
    out.u32(0, inner.littleEndian);
  }
  out.tag(sequenceDelimitationTag, inner.littleEndian);
  out.u32(0, inner.littleEndian);
}

/** Encapsulated pixel data (PS3.5 A.4), fragment by fragment. */
function* fragmentsOf(
  tag: number,
  vr: Vr,
  body: FragmentsBody,
  dataSet: DataSet,
  out: ChunkWriter,
): Generator<Uint8Array> {
  const { littleEndian } = dataSet.encoding;
  const odd = body.fragments.some(({ length }) => length & 1);
  if (odd && dataSet.elements.some((element) => element.tag === tags.ExtendedOffsetTable)) {
    // Padding would move what the table points at.
    throw new SallyportError('DATA_SET_MALFORMED', {
      detail: 'fragments of odd length with an extended offset table',
    });
  }
  openHeader(tag, vr === 'OW' || vr === 'UN' ? 'OB' : vr, dataSet.encoding, out);
  out.tag(itemTag, littleEndian);
  if (odd) {
    const table = paddedOffsetTable(body, littleEndian);
    out.u32(table.length, littleEndian);
    out.bytes(table);
  } else {
    out.u32(body.offsetTable.length, littleEndian);
    yield* copyOf(body.source, body.offsetTable.offset, body.offsetTable.length, out);
  }
  for (const { offset, length } of body.fragments) {
    out.tag(itemTag, littleEndian);
    out.u32(length + (length & 1), littleEndian);
    yield* copyOf(body.source, offset, length, out);
    if (length & 1) out.u8(0);
    if (out.isFull) yield* out.flush();
  }
  out.tag(sequenceDelimitationTag, littleEndian);
  out.u32(0, littleEndian);
}

/** Small ranges join the chunk being made; large ones become chunks of their own. */
function* copyOf(
  source: ByteSource,
  offset: number,
  length: number,
  out: ChunkWriter,
): Generator<Uint8Array> {
  if (length <= out.smallBytes) {
    out.bytes(source.read(offset, length));
    return;
  }
  yield* out.flush();
  for (let done = 0; done < length; done += copyBytes) {
    const piece = source.read(offset + done, Math.min(copyBytes, length - done));
    // A source over a file may reuse its window. Not `slice`, which copies nothing where the window is a Buffer.
    yield source.bytes === undefined ? new Uint8Array(piece) : piece;
  }
}
