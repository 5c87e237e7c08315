import { MAX_UID_LENGTH } from '../dicom/uids.ts';

/** Command Field (0000,0100), PS3.7 E.1. */
export const commandField = { cStoreRq: 0x0001, cEchoRq: 0x0030, cCancelRq: 0x0fff } as const;
/** Command Data Set Type (0000,0800): no data set follows. */
export const NO_DATA_SET = 0x0101;

/** What is needed of a command set before the library sees it. */
export interface CommandSet {
  readonly field: number;
  readonly messageId: number;
  readonly hasDataSet: boolean;
  /** Undefined where absent, empty, longer than a UID or not printable. */
  readonly affectedSopClassUid: string | undefined;
  readonly affectedSopInstanceUid: string | undefined;
  /** Offset of the value of Command Data Set Type. */
  readonly dataSetTypeOffset: number;
}

const tagOf = {
  affectedSopClassUid: 0x0002,
  commandField: 0x0100,
  messageId: 0x0110,
  dataSetType: 0x0800,
  affectedSopInstanceUid: 0x1000,
} as const;

/**
 * Reads a command set (PS3.7 6.3.1: group 0000, Implicit VR Little Endian). Undefined when it is not one, when elements
 * leave its range, or when Command Field, Message ID or Command Data Set Type is missing.
 */
export function parseCommandSet(bytes: Buffer): CommandSet | undefined {
  let field: number | undefined;
  let messageId: number | undefined;
  let dataSetType: number | undefined;
  let dataSetTypeOffset = 0;
  let affectedSopClassUid: string | undefined;
  let affectedSopInstanceUid: string | undefined;
  let position = 0;
  while (position < bytes.length) {
    if (position + 8 > bytes.length || bytes.readUInt16LE(position) !== 0x0000) return undefined;
    const element = bytes.readUInt16LE(position + 2);
    const length = bytes.readUInt32LE(position + 4);
    const start = position + 8;
    const end = start + length;
    if (end > bytes.length) return undefined;
    switch (element) {
      case tagOf.commandField:
        field = length === 2 ? bytes.readUInt16LE(start) : undefined;
        break;
      case tagOf.messageId:
        messageId = length === 2 ? bytes.readUInt16LE(start) : undefined;
        break;
      case tagOf.dataSetType:
        dataSetType = length === 2 ? bytes.readUInt16LE(start) : undefined;
        dataSetTypeOffset = start;
        break;
      case tagOf.affectedSopClassUid:
        affectedSopClassUid = uidOf(bytes, start, end);
        break;
      case tagOf.affectedSopInstanceUid:
        affectedSopInstanceUid = uidOf(bytes, start, end);
        break;
    }
    position = end;
  }
  if (field === undefined || dataSetType === undefined) return undefined;
  // C-CANCEL names the message it cancels in another element (PS3.7 9.3.2.3).
  if (messageId === undefined && field !== commandField.cCancelRq) return undefined;
  return {
    field,
    messageId: messageId ?? 0,
    hasDataSet: dataSetType !== NO_DATA_SET,
    affectedSopClassUid,
    affectedSopInstanceUid,
    dataSetTypeOffset,
  };
}

/** Printable without backslash; stricter checks are left to those who keep the instance. */
const PRINTABLE = /^[!-[\]-~]+$/;

function uidOf(bytes: Buffer, start: number, end: number): string | undefined {
  let stop = end;
  while (stop > start && (bytes[stop - 1] === 0 || bytes[stop - 1] === 0x20)) stop--;
  if (stop === start || stop - start > MAX_UID_LENGTH) return undefined;
  const text = bytes.toString('latin1', start, stop);
  return PRINTABLE.test(text) ? text : undefined;
}

/** Elements of a response by the library's names, ascending: name, element, kind. */
const responseElements = [
  ['AffectedSOPClassUID', 0x0002, 'uid'],
  ['CommandField', 0x0100, 'us'],
  ['MessageIDBeingRespondedTo', 0x0120, 'us'],
  ['CommandDataSetType', 0x0800, 'us'],
  ['Status', 0x0900, 'us'],
  ['ErrorComment', 0x0902, 'text'],
  ['AffectedSOPInstanceUID', 0x1000, 'uid'],
] as const;

/** Encodes a response command set with its group length (PS3.7 6.3.1). Elements that are undefined are left out. */
export function encodeResponse(elements: Readonly<Record<string, unknown>>): Buffer {
  const parts: Buffer[] = [Buffer.alloc(12)];
  let length = 0;
  for (const [name, element, kind] of responseElements) {
    const value = elements[name];
    if (value === undefined || value === null) continue;
    const text = String(value);
    // Repeated from the request; one that is too long could outgrow the PDU the peer takes.
    if (kind === 'uid' && text.length > MAX_UID_LENGTH) continue;
    const size = kind === 'us' ? 2 : text.length + (text.length & 1);
    const encoded = Buffer.alloc(8 + size, kind === 'text' ? 0x20 : 0);
    encoded.writeUInt32LE(element << 16, 0);
    encoded.writeUInt32LE(size, 4);
    if (kind === 'us') encoded.writeUInt16LE(Number(value), 8);
    else encoded.write(text, 8, 'latin1');
    parts.push(encoded);
    length += encoded.length;
  }
  const groupLength = parts[0];
  groupLength?.writeUInt32LE(4, 4);
  groupLength?.writeUInt32LE(length, 8);
  return Buffer.concat(parts, length + 12);
}
