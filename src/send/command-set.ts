import { protocolError } from './pdu.ts';

/** Command Field values (PS3.7 E.1). */
const commandFields = {
  storeRequest: 0x0001,
  storeResponse: 0x8001,
  echoRequest: 0x0030,
  echoResponse: 0x8030,
} as const;
/** Command Data Set Type: this value says none follows (PS3.7 E.1). */
const noDataSet = 0x0101;

/** C-STORE-RQ (PS3.7 9.3.1.1), priority medium. */
export function storeRequest(messageId: number, sopClassUid: string, sopInstanceUid: string): Buffer {
  return commandSet([
    [0x0002, uid(sopClassUid)],
    [0x0100, us(commandFields.storeRequest)],
    [0x0110, us(messageId)],
    [0x0700, us(0)],
    [0x0800, us(0x0001)],
    [0x1000, uid(sopInstanceUid)],
  ]);
}

/** C-ECHO-RQ (PS3.7 9.3.5.1). */
export function echoRequest(messageId: number, sopClassUid: string): Buffer {
  return commandSet([
    [0x0002, uid(sopClassUid)],
    [0x0100, us(commandFields.echoRequest)],
    [0x0110, us(messageId)],
    [0x0800, us(noDataSet)],
  ]);
}

/** Group 0000 in implicit VR little endian, group length first (PS3.7 6.3.1). */
function commandSet(elements: readonly (readonly [number, Buffer])[]): Buffer {
  const body = Buffer.concat(elements.map(([number, value]) => commandElement(number, value)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([commandElement(0x0000, length), body]);
}

function commandElement(number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uid(value: string): Buffer {
  return Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
}

export interface CommandResponse {
  readonly messageId: number;
  readonly status: number;
  /** Error Comment (0000,0902) as sent by the peer: may hold anything, never to be printed as it is. */
  readonly errorComment: string;
}

/** Reads a C-STORE-RSP or C-ECHO-RSP. PEER_PROTOCOL_ERROR for anything else. */
export function decodeResponse(bytes: Buffer): CommandResponse {
  const values = new Map<number, Buffer>();
  let position = 0;
  while (position < bytes.length) {
    if (position + 8 > bytes.length) throw protocolError('a command element is cut');
    const end = position + 8 + bytes.readUInt32LE(position + 4);
    if (end > bytes.length) throw protocolError('a command element leaves its command set');
    if (bytes.readUInt16LE(position) === 0)
      values.set(bytes.readUInt16LE(position + 2), bytes.subarray(position + 8, end));
    position = end;
  }
  const field = number(values, 0x0100);
  if (field !== commandFields.storeResponse && field !== commandFields.echoResponse) {
    throw protocolError('another command where a response was due');
  }
  return {
    messageId: number(values, 0x0120),
    status: number(values, 0x0900),
    errorComment: (values.get(0x0902) ?? Buffer.alloc(0)).toString('latin1').trimEnd(),
  };
}

function number(values: ReadonlyMap<number, Buffer>, element: number): number {
  const value = values.get(element);
  if (value === undefined || value.length < 2) throw protocolError('a response lacks a mandatory element');
  return value.readUInt16LE(0);
}
