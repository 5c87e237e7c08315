import { type FileHandle, open } from 'node:fs/promises';
import { SallyportError } from '../core/errors.ts';
import { peekHead } from '../dicom/head.ts';
import { isUid, MEDIA_STORAGE_DIRECTORY } from '../dicom/uids.ts';

/** What sending needs to know of a file. UIDs are for the command and never for print. */
export interface FileHead {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly offset: number;
  readonly length: number;
}

/** Bytes looked at: File Meta Information with private information inside is below this, and so is the head of a data set. */
const windowBytes = 64 * 1024;
const implicitLittle = '1.2.840.10008.1.2';
const explicitLittle = '1.2.840.10008.1.2.1';
const explicitBig = '1.2.840.10008.1.2.2';
const longVrs = /^(?:OB|OD|OF|OL|OV|OW|SQ|SV|UC|UN|UR|UT|UV)$/;

/**
 * Reads the head of a Part 10 file, or of a bare data set, whose uncompressed encoding is then told from its first
 * element. The data set itself is not read. Throws FILE_UNREADABLE, NOT_DICOM, or MEDIA_DIRECTORY for a DICOMDIR.
 */
export async function readFileHead(path: string): Promise<FileHead> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) throw new SallyportError('FILE_UNREADABLE', { detail: 'not a regular file' });
    const window = Buffer.alloc(Math.min(windowBytes, stat.size));
    const { bytesRead } = await file.read(window, 0, window.length, 0);
    return headOf(window.subarray(0, bytesRead), stat.size);
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : new SallyportError('FILE_UNREADABLE', { cause });
  } finally {
    await file?.close();
  }
}

/** The head from the first bytes of a file of `size` bytes. */
export function headOf(bytes: Buffer, size: number): FileHead {
  const start = metaStart(bytes);
  const meta = readMeta(bytes, start);
  const transferSyntaxUid = meta.values.get(0x0010) ?? guessTransferSyntax(bytes, meta.end);
  // The command has to name what the data set is (PS3.4 B.2.3), whatever File Meta Information says.
  const peeked = peekHead(bytes.subarray(meta.end), transferSyntaxUid, bytes.length === size);
  const inside: { sopClassUid?: string | undefined; sopInstanceUid?: string | undefined } =
    peeked.kind === 'head' ? peeked : {};
  const sopClassUid = usable(inside.sopClassUid) ?? meta.values.get(0x0002);
  const sopInstanceUid = usable(inside.sopInstanceUid) ?? meta.values.get(0x0003);
  if (sopClassUid === MEDIA_STORAGE_DIRECTORY) throw new SallyportError('MEDIA_DIRECTORY');
  for (const uid of [sopClassUid, sopInstanceUid, transferSyntaxUid]) {
    if (uid === undefined || !isUid(uid)) {
      throw new SallyportError('NOT_DICOM', {
        detail: 'no valid SOP Class, SOP Instance or Transfer Syntax UID',
      });
    }
  }
  return {
    sopClassUid: sopClassUid ?? '',
    sopInstanceUid: sopInstanceUid ?? '',
    transferSyntaxUid,
    offset: meta.end,
    length: size - meta.end,
  };
}

function usable(uid: string | undefined): string | undefined {
  return uid !== undefined && isUid(uid) ? uid : undefined;
}

/** Behind "DICM" after a preamble (PS3.10 7.1) or, as some writers do, without one; else the start. */
function metaStart(bytes: Buffer): number {
  for (const offset of [128, 0]) {
    if (bytes.toString('latin1', offset, offset + 4) === 'DICM') return offset + 4;
  }
  return 0;
}

/** Walks group 0002, explicit VR little endian (PS3.10 7.1). `end` is where the data set begins. */
function readMeta(
  bytes: Buffer,
  start: number,
): { readonly values: Map<number, string>; readonly end: number } {
  const values = new Map<number, string>();
  let position = start;
  while (position + 8 <= bytes.length && bytes.readUInt16LE(position) === 0x0002) {
    const vr = bytes.toString('latin1', position + 4, position + 6);
    const isLong = longVrs.test(vr);
    // Some writers use implicit VR here; then the four bytes are a length.
    const isImplicit = !/^[A-Z]{2}$/.test(vr);
    const header = isLong ? 12 : 8;
    if (position + header > bytes.length)
      throw new SallyportError('NOT_DICOM', { detail: 'cut in its meta information' });
    let length = bytes.readUInt16LE(position + 6);
    if (isLong) length = bytes.readUInt32LE(position + 8);
    else if (isImplicit) length = bytes.readUInt32LE(position + 4);
    const end = position + header + length;
    if (end > bytes.length) throw new SallyportError('NOT_DICOM', { detail: 'cut in its meta information' });
    const text = bytes.toString('latin1', position + header, Math.min(end, position + header + 128));
    const trimmed = text.replace(/[\0\s]+$/, '').trim();
    if (trimmed !== '') values.set(bytes.readUInt16LE(position + 2), trimmed);
    position = end;
  }
  return { values, end: position };
}

/** The uncompressed transfer syntax the first element is in; a data set without declaration has no better witness. */
function guessTransferSyntax(bytes: Buffer, offset: number): string {
  if (offset + 8 > bytes.length) throw new SallyportError('NOT_DICOM');
  const explicit = /^[A-Z]{2}$/.test(bytes.toString('latin1', offset + 4, offset + 6));
  if (bytes.readUInt16LE(offset) === 0x0008) return explicit ? explicitLittle : implicitLittle;
  if (explicit && bytes.readUInt16BE(offset) === 0x0008) return explicitBig;
  throw new SallyportError('NOT_DICOM');
}
