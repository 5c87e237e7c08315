/** Names this product in file meta information and association items. Derived from a random UUID (PS3.5 B.2). */
export const IMPLEMENTATION_CLASS_UID = '2.25.323282225124189985481093265291707904726';
/** SH, at most 16 characters. */
export const IMPLEMENTATION_VERSION_NAME = 'SALLYPORT_0_1';

const PREAMBLE_LENGTH = 128;
const LATIN1_SPACE = 0x20;

export interface FileMeta {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Source Application Entity Title (0002,0016); left out of files that leave the gateway. */
  readonly sourceAeTitle?: string;
}

/**
 * Everything that stands before the data set in a Part 10 file: preamble of zeros, prefix, File Meta Information in
 * Explicit VR Little Endian with its group length (PS3.10 7.1). The data set follows directly.
 */
export function encodeFileMeta(meta: FileMeta): Buffer {
  const elements = Buffer.concat([
    element(0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 'UI', text(meta.sopClassUid, 0)),
    element(0x0003, 'UI', text(meta.sopInstanceUid, 0)),
    element(0x0010, 'UI', text(meta.transferSyntaxUid, 0)),
    element(0x0012, 'UI', text(IMPLEMENTATION_CLASS_UID, 0)),
    element(0x0013, 'SH', text(IMPLEMENTATION_VERSION_NAME, LATIN1_SPACE)),
    ...(meta.sourceAeTitle === undefined
      ? []
      : [element(0x0016, 'AE', text(meta.sourceAeTitle, LATIN1_SPACE))]),
  ]);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(elements.length);
  return Buffer.concat([
    Buffer.alloc(PREAMBLE_LENGTH),
    Buffer.from('DICM', 'latin1'),
    element(0x0000, 'UL', groupLength),
    elements,
  ]);
}

function text(value: string, padding: number): Buffer {
  const bytes = Buffer.alloc(value.length + (value.length & 1), padding);
  bytes.write(value, 'latin1');
  return bytes;
}

function element(number: number, vr: 'AE' | 'OB' | 'SH' | 'UI' | 'UL', value: Buffer): Buffer {
  const long = vr === 'OB';
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(0x0002, 0);
  header.writeUInt16LE(number, 2);
  header.write(vr, 4, 'latin1');
  if (long) header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}
