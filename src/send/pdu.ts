import { SallyportError } from '../core/errors.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../dicom/file-meta.ts';
import { APPLICATION_CONTEXT_NAME } from '../dicom/uids.ts';

/** PDU types of PS3.8 9.3. */
export const pduTypes = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  dataTransfer: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;

export interface Pdu {
  readonly type: number;
  /** What follows the six bytes of type, reserved byte and length. */
  readonly body: Buffer;
}

/** One pair of SOP class and transfer syntax under an odd id of 1 to 255 (PS3.8 9.3.2.2). */
export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntaxUid: string;
  readonly transferSyntaxUids: readonly string[];
}

/** PS3.8 9.3.3.2: why a context was not accepted; undefined when it was. */
export type ContextRefusal = 'user-rejection' | 'no-reason' | 'abstract-syntax' | 'transfer-syntaxes';
export interface AnsweredContext {
  readonly id: number;
  readonly refusal: ContextRefusal | undefined;
  readonly transferSyntaxUid: string;
}

export interface AssociateAccept {
  readonly contexts: readonly AnsweredContext[];
  /** Largest body of a P-DATA-TF the peer takes; 0 means any (PS3.8 D.1). */
  readonly maxPduLength: number;
}

const protocolVersion = 1;

/** A whole PDU from its type and body. */
export function encodePdu(type: number, body: Uint8Array): Buffer {
  const pdu = Buffer.alloc(6 + body.length);
  pdu[0] = type;
  pdu.writeUInt32BE(body.length, 2);
  pdu.set(body, 6);
  return pdu;
}

/** A-ASSOCIATE-RQ (PS3.8 9.3.2). AE titles are padded here; they are to have 1 to 16 characters. */
export function encodeAssociateRequest(request: {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly contexts: readonly ProposedContext[];
  readonly maxPduLength: number;
}): Buffer {
  const head = Buffer.alloc(68);
  head.writeUInt16BE(protocolVersion, 0);
  head.write(request.calledAeTitle.padEnd(16), 4, 16, 'latin1');
  head.write(request.callingAeTitle.padEnd(16), 20, 16, 'latin1');
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(request.maxPduLength);
  const contexts = request.contexts.map(({ id, abstractSyntaxUid, transferSyntaxUids }) =>
    item(0x20, [
      Buffer.from([id, 0, 0, 0]),
      item(0x30, [Buffer.from(abstractSyntaxUid, 'latin1')]),
      ...transferSyntaxUids.map((uid) => item(0x40, [Buffer.from(uid, 'latin1')])),
    ]),
  );
  const user = item(0x50, [
    item(0x51, [maximum]),
    item(0x52, [Buffer.from(IMPLEMENTATION_CLASS_UID, 'latin1')]),
    item(0x55, [Buffer.from(IMPLEMENTATION_VERSION_NAME, 'latin1')]),
  ]);
  const application = item(0x10, [Buffer.from(APPLICATION_CONTEXT_NAME, 'latin1')]);
  return encodePdu(pduTypes.associateRequest, Buffer.concat([head, application, ...contexts, user]));
}

function item(type: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** Reads A-ASSOCIATE-AC (PS3.8 9.3.3). PEER_PROTOCOL_ERROR where an item leaves its PDU. */
export function decodeAssociateAccept(body: Buffer): AssociateAccept {
  const contexts: AnsweredContext[] = [];
  let maxPduLength = 0;
  for (const { type, value } of items(body, 68)) {
    if (type === 0x21) {
      const syntax = [...items(value, 4)].find((sub) => sub.type === 0x40)?.value ?? Buffer.alloc(0);
      contexts.push({
        id: value[0] ?? 0,
        refusal: refusals[value[2] ?? 2],
        transferSyntaxUid: syntax.toString('latin1').replace(/[\0 ]+$/, ''),
      });
    } else if (type === 0x50) {
      const maximum = [...items(value, 0)].find((sub) => sub.type === 0x51)?.value;
      if (maximum?.length === 4) maxPduLength = maximum.readUInt32BE(0);
    }
  }
  return { contexts, maxPduLength };
}

const refusals: Readonly<Record<number, ContextRefusal | undefined>> = {
  0: undefined,
  1: 'user-rejection',
  2: 'no-reason',
  3: 'abstract-syntax',
  4: 'transfer-syntaxes',
};

function* items(body: Buffer, start: number): Generator<{ type: number; value: Buffer }> {
  let position = start;
  while (position < body.length) {
    if (position + 4 > body.length) throw protocolError('an item header is cut');
    const end = position + 4 + body.readUInt16BE(position + 2);
    if (end > body.length) throw protocolError('an item leaves its PDU');
    yield { type: body[position] ?? 0, value: body.subarray(position + 4, end) };
    position = end;
  }
}

/** A-ASSOCIATE-RJ in words (PS3.8 9.3.4). */
export function describeReject(body: Buffer): string {
  const permanence = body[1] === 2 ? 'transient' : 'permanent';
  const reason =
    rejectReasons[`${body[2] ?? 0}.${body[3] ?? 0}`] ?? `source ${body[2] ?? 0}, reason ${body[3] ?? 0}`;
  return `${permanence}: ${reason}`;
}

const rejectReasons: Readonly<Record<string, string>> = {
  '1.1': 'no reason given',
  '1.2': 'application context name not supported',
  '1.3': 'calling AE title not recognized',
  '1.7': 'called AE title not recognized',
  '2.1': 'no reason given by the peer’s association layer',
  '2.2': 'protocol version not supported',
  '3.1': 'temporary congestion',
  '3.2': 'local limit exceeded',
};

/** A-ABORT in words (PS3.8 9.3.8). */
export function describeAbort(body: Buffer): string {
  if (body[2] === 0) return 'by its application';
  return abortReasons[body[3] ?? 0] ?? `by its protocol layer, reason ${body[3] ?? 0}`;
}

const abortReasons: Readonly<Record<number, string>> = {
  0: 'by its protocol layer, no reason given',
  1: 'unrecognized PDU',
  2: 'unexpected PDU',
  4: 'unrecognized PDU parameter',
  5: 'unexpected PDU parameter',
  6: 'invalid PDU parameter value',
};

/** One fragment of a command or data set inside a P-DATA-TF (PS3.8 9.3.5.1). */
export interface Pdv {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Buffer;
}

export function* decodePdvs(body: Buffer): Generator<Pdv> {
  let position = 0;
  while (position < body.length) {
    if (position + 6 > body.length) throw protocolError('a PDV header is cut');
    const length = body.readUInt32BE(position);
    const end = position + 4 + length;
    if (length < 2 || end > body.length) throw protocolError('a PDV leaves its PDU');
    const control = body[position + 5] ?? 0;
    yield {
      contextId: body[position + 4] ?? 0,
      isCommand: (control & 1) === 1,
      isLast: (control & 2) === 2,
      bytes: body.subarray(position + 6, end),
    };
    position = end;
  }
}

/** Bytes before the fragment in a P-DATA-TF with one PDV: PDU header 6, PDV length 4, context id, control header. */
export const pdvHeaderLength = 12;

/** Writes the header of a P-DATA-TF that carries one PDV of `length` fragment bytes. */
export function writePdvHeader(
  target: Buffer,
  offset: number,
  pdv: {
    readonly contextId: number;
    readonly isCommand: boolean;
    readonly isLast: boolean;
    readonly length: number;
  },
): void {
  target[offset] = pduTypes.dataTransfer;
  target[offset + 1] = 0;
  target.writeUInt32BE(pdv.length + 6, offset + 2);
  target.writeUInt32BE(pdv.length + 2, offset + 6);
  target[offset + 10] = pdv.contextId;
  target[offset + 11] = (pdv.isCommand ? 1 : 0) | (pdv.isLast ? 2 : 0);
}

export function protocolError(detail: string): SallyportError {
  return new SallyportError('PEER_PROTOCOL_ERROR', { detail });
}
