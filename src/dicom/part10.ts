import { inflateRawSync } from 'node:zlib';
import { SallyportError } from '../core/errors.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import { tagAt, u16, u32 } from './cursor.ts';
import type { DataElement, DataSet, Encoding } from './data-set.ts';
import { lookup } from './dictionary.ts';
import {
  encodingOf,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  isDeflated,
  isNative,
  nativeTransferSyntaxOf,
  sameEncoding,
} from './encodings.ts';
import { defaultReadLimits, type ReadLimits } from './limits.ts';
import { Parser } from './parse.ts';
import { tags } from './tags.ts';
import { vrOfBytes } from './vr.ts';

/** One instance as read. */
export interface Part10 {
  /**
   * The transfer syntax the data set is in. As declared, except where the declaration is missing or contradicts an
   * uncompressed data set: then the uncompressed one that fits the bytes.
   */
  readonly transferSyntaxUid: string;
  /** Group 0002 as received; empty when there is none. */
  readonly meta: DataSet;
  readonly dataSet: DataSet;
  /** Where the data set begins in `source`, bytes (a deflated one: its first deflated byte). */
  readonly dataSetOffset: number;
  readonly source: ByteSource;
}

const emptyMeta: DataSet = { encoding: explicitVrLittleEndian, elements: [], characterSets: [] };

/**
 * Reads a DICOM file (PS3.10 7), or a bare data set without preamble or File Meta Information, whose encoding is then
 * told from its first element. Values are not read: time and memory grow with the number of elements.
 *
 * Throws NOT_DICOM, DATA_SET_TRUNCATED, DATA_SET_MALFORMED, DATA_SET_TOO_DEEP, DATA_SET_TOO_COMPLEX and
 * TRANSFER_SYNTAX_UNKNOWN (none declared, yet the pixels are encapsulated). Never returns part of a data set.
 */
export function readPart10(source: ByteSource, limits: ReadLimits = defaultReadLimits): Part10 {
  const { prefixed, meta, dataSetOffset, transferSyntaxUid } = readFileMeta(source, limits);
  if (!prefixed && meta.elements.length === 0 && detectEncoding(source, dataSetOffset, true) === undefined) {
    throw new SallyportError('NOT_DICOM');
  }
  return { ...readDataSet(source, dataSetOffset, transferSyntaxUid, limits), meta, dataSetOffset, source };
}

/** What stands before the data set of a file. UIDs are undefined where absent, empty or longer than any UID. */
export interface FileMetaRead {
  /** "DICM" was there. */
  readonly prefixed: boolean;
  /** Group 0002; empty when there is none. */
  readonly meta: DataSet;
  /** Where the data set begins, bytes. */
  readonly dataSetOffset: number;
  readonly sopClassUid: string | undefined;
  readonly sopInstanceUid: string | undefined;
  readonly transferSyntaxUid: string | undefined;
}

/**
 * Reads the File Meta Information (PS3.10 7.1) alone; `source` may end anywhere behind it. Throws NOT_DICOM for fewer than
 * eight bytes, and what `readPart10` throws of group 0002.
 */
export function readFileMeta(source: ByteSource, limits: ReadLimits = defaultReadLimits): FileMetaRead {
  const { offset, prefixed } = metaOffset(source);
  const encoding = encodingOfMeta(source, offset);
  const uidIn = (elements: readonly DataElement[], tag: number) => uidOf(source, elements, tag);
  const read =
    encoding === undefined
      ? { dataSet: emptyMeta, next: offset }
      : new Parser(source, limits).parseMeta(offset, encoding, (elements) =>
          isDeflated(uidIn(elements, tags.TransferSyntaxUID) ?? ''),
        );
  const { elements } = read.dataSet;
  return {
    prefixed,
    meta: read.dataSet,
    dataSetOffset: read.next,
    sopClassUid: uidIn(elements, tags.MediaStorageSOPClassUID),
    sopInstanceUid: uidIn(elements, tags.MediaStorageSOPInstanceUID),
    transferSyntaxUid: uidIn(elements, tags.TransferSyntaxUID),
  };
}

/**
 * Reads the data set in [offset, end of the source) as C-STORE carries it: no File Meta Information, the transfer syntax
 * known from the presentation context (undefined: told from the bytes). Errors as `readPart10`.
 */
export function readDataSet(
  source: ByteSource,
  offset: number,
  declared: string | undefined,
  limits: ReadLimits = defaultReadLimits,
): { readonly transferSyntaxUid: string; readonly dataSet: DataSet } {
  if (declared !== undefined && isDeflated(declared)) {
    const inflated = memorySource(inflate(source, offset, limits));
    return {
      transferSyntaxUid: declared,
      dataSet: new Parser(inflated, limits).parseDataSet(0, explicitVrLittleEndian),
    };
  }
  const { encoding, transferSyntaxUid } = settleEncoding(source, offset, declared);
  const dataSet = new Parser(source, limits).parseDataSet(offset, encoding);
  if (declared === undefined && dataSet.elements.some((e) => e.body.kind === 'fragments')) {
    throw new SallyportError('TRANSFER_SYNTAX_UNKNOWN', { detail: 'none declared' });
  }
  return { transferSyntaxUid, dataSet };
}

function metaOffset(source: ByteSource): { offset: number; prefixed: boolean } {
  if (source.size < 8) throw new SallyportError('NOT_DICOM', { detail: `${source.size} bytes` });
  for (const offset of [128, 0]) {
    if (source.size < offset + 4) continue;
    const prefix = source.read(offset, 4);
    // "DICM" behind a preamble of any content (PS3.10 7.1); some writers leave the preamble out.
    if (prefix[0] === 0x44 && prefix[1] === 0x49 && prefix[2] === 0x43 && prefix[3] === 0x4d) {
      return { offset: offset + 4, prefixed: true };
    }
  }
  return { offset: 0, prefixed: false };
}

/** The encoding of group 0002 when it stands at `offset`: explicit VR little endian, but not all writers know. */
function encodingOfMeta(source: ByteSource, offset: number): Encoding | undefined {
  if (source.size - offset < 8) return undefined;
  const bytes = source.read(offset, 8);
  const littleEndian = u16(bytes, 0, true) === 0x0002;
  if (!littleEndian && u16(bytes, 0, false) !== 0x0002) return undefined;
  if (lookup(tagAt(bytes, 0, littleEndian)) === undefined) return undefined;
  const explicitVr = vrOfBytes(bytes[4] ?? 0, bytes[5] ?? 0) !== undefined;
  return { explicitVr, littleEndian };
}

function uidOf(source: ByteSource, elements: readonly DataElement[], tag: number): string | undefined {
  const body = elements.find((element) => element.tag === tag)?.body;
  if (body?.kind !== 'source' || body.length > 128) return undefined;
  const uid = String.fromCharCode(...source.read(body.offset, body.length)).replace(/[\0\s]+$/, '');
  return uid === '' ? undefined : uid.trim();
}

/** The encoding that holds, and the transfer syntax that says so. */
function settleEncoding(
  source: ByteSource,
  offset: number,
  declared: string | undefined,
): { encoding: Encoding; transferSyntaxUid: string } {
  const told = declared === undefined ? undefined : encodingOf(declared);
  const seen = detectEncoding(source, offset, false);
  if (declared !== undefined && (told === undefined || seen === undefined || sameEncoding(told, seen))) {
    return { encoding: told ?? seen ?? explicitVrLittleEndian, transferSyntaxUid: declared };
  }
  if (seen === undefined) {
    const encoding = implicitVrLittleEndian;
    return { encoding, transferSyntaxUid: nativeTransferSyntaxOf(encoding) ?? '' };
  }
  if (declared !== undefined && !isNative(declared)) {
    throw new SallyportError('DATA_SET_MALFORMED', { detail: 'not in the encoding of its transfer syntax' });
  }
  return { encoding: seen, transferSyntaxUid: nativeTransferSyntaxOf(seen) ?? '' };
}

/**
 * The encoding the first element of a data set shows, or undefined when it shows none clearly. `strict` for bytes that
 * nothing else says are DICOM: the first element must be one with which data sets begin.
 */
function detectEncoding(source: ByteSource, offset: number, strict: boolean): Encoding | undefined {
  if (source.size - offset < 8) return undefined;
  const bytes = source.read(offset, 8);
  const littleTag = tagAt(bytes, 0, true);
  const bigTag = tagAt(bytes, 0, false);
  const littleEndian = littleTag < bigTag;
  const tag = littleEndian ? littleTag : bigTag;
  if (lookup(tag) === undefined) return undefined;
  if (strict && (tag < 0x00040000 || tag >>> 16 > 0x0010)) return undefined;
  if (vrOfBytes(bytes[4] ?? 0, bytes[5] ?? 0) !== undefined) {
    return littleEndian ? explicitVrLittleEndian : explicitVrBigEndian;
  }
  // No transfer syntax is implicit VR big endian.
  if (!littleEndian) return undefined;
  const length = u32(bytes, 4, true);
  return length <= source.size - offset - 8 || length === 0xffffffff ? implicitVrLittleEndian : undefined;
}

function inflate(source: ByteSource, offset: number, limits: ReadLimits): Uint8Array {
  const length = source.size - offset;
  const tooLarge = (cause?: unknown) =>
    new SallyportError('DATA_SET_TOO_COMPLEX', {
      detail: `inflates beyond ${limits.maxInflatedBytes} bytes`,
      cause,
    });
  if (length > limits.maxInflatedBytes) throw tooLarge();
  if (length === 0) return new Uint8Array(0);
  try {
    return inflateRawSync(source.read(offset, length), { maxOutputLength: limits.maxInflatedBytes });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(cause);
    const truncated = code === 'Z_BUF_ERROR';
    throw new SallyportError(truncated ? 'DATA_SET_TRUNCATED' : 'DATA_SET_MALFORMED', {
      detail: 'deflate',
      cause,
    });
  }
}
