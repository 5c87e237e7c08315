import { MAX_UID_LENGTH } from '../dicom/uids.ts';
import { encodePdu, pduType } from './pdu.ts';

/** One proposed presentation context, PS3.8 9.3.2.2. */
export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** What an A-ASSOCIATE-RQ says (PS3.8 9.3.2), as far as this acceptor uses it. */
export interface AssociationRequest {
  readonly protocolVersion: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
}

const FIXED_LENGTH = 68;
const item = {
  applicationContext: 0x10,
  presentationContext: 0x20,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
} as const;
const MAX_CONTEXTS = 128;
const AE_TITLE_LENGTH = 16;

/** Reads the body of an A-ASSOCIATE-RQ; undefined when it breaks PS3.8 9.3.2. Unknown items are skipped (PS3.8 9.3.1). */
export function parseAssociationRequest(body: Uint8Array): AssociationRequest | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes.length < FIXED_LENGTH) return undefined;
  let applicationContext = '';
  const contexts: ProposedContext[] = [];
  const ids = new Set<number>();
  for (const entry of items(bytes, FIXED_LENGTH, bytes.length)) {
    if (entry === undefined) return undefined;
    if (entry.type === item.applicationContext) applicationContext = uid(bytes, entry);
    if (entry.type !== item.presentationContext) continue;
    const context = parseContext(bytes, entry);
    if (context === undefined || ids.has(context.id) || contexts.length >= MAX_CONTEXTS) return undefined;
    ids.add(context.id);
    contexts.push(context);
  }
  return {
    protocolVersion: bytes.readUInt16BE(0),
    calledAeTitle: aeTitle(bytes, 4),
    callingAeTitle: aeTitle(bytes, 4 + AE_TITLE_LENGTH),
    applicationContext,
    contexts,
  };
}

interface Item {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Items between two offsets; yields undefined once where one leaves the range. */
function* items(bytes: Buffer, from: number, to: number): Generator<Item | undefined> {
  let position = from;
  while (position < to) {
    if (position + 4 > to) return yield undefined;
    const start = position + 4;
    const end = start + bytes.readUInt16BE(position + 2);
    if (end > to) return yield undefined;
    yield { type: bytes.readUInt8(position), start, end };
    position = end;
  }
}

function parseContext(bytes: Buffer, entry: Item): ProposedContext | undefined {
  if (entry.end - entry.start < 4) return undefined;
  const id = bytes.readUInt8(entry.start);
  if (id % 2 === 0) return undefined;
  let abstractSyntax: string | undefined;
  const transferSyntaxes: string[] = [];
  for (const sub of items(bytes, entry.start + 4, entry.end)) {
    if (sub === undefined) return undefined;
    if (sub.type === item.abstractSyntax) abstractSyntax ??= uid(bytes, sub);
    else if (sub.type === item.transferSyntax) {
      const syntax = uid(bytes, sub);
      if (syntax !== '') transferSyntaxes.push(syntax);
    }
  }
  if (abstractSyntax === undefined) return undefined;
  return { id, abstractSyntax, transferSyntaxes };
}

/**
 * Senders pad UIDs here although PS3.8 F.1 forbids it. What is longer than a UID is none and becomes the empty text: an
 * answer repeats what it got, and an item made longer than it came would not fit its 16-bit length.
 */
function uid(bytes: Buffer, entry: Item): string {
  const text = bytes.toString('latin1', entry.start, entry.end).replace(/[\0 ]+$/, '');
  return text.length > MAX_UID_LENGTH ? '' : text;
}

/**
 * Leading and trailing spaces are not significant (PS3.8 9.3.2). Some senders pad with NUL and leave old bytes behind it.
 * Control characters are not allowed (PS3.5 6.2, AE) and become "?": the title is shown to people in terminals.
 */
function aeTitle(bytes: Buffer, offset: number): string {
  const [text = ''] = bytes.toString('latin1', offset, offset + AE_TITLE_LENGTH).split('\0');
  return text.replace(/[^ -~]/g, '?').trim();
}

/**
 * The same request as one the library can answer right: contexts in ascending order (it renumbers others), one transfer
 * syntax each, the maximum length this side announces (it answers min(peer, own), and takes the peer's 0 = unlimited for
 * the smaller), no asynchronous window, role selection, extended negotiation or user identity, so that none is answered.
 */
export function normalisedRequest(
  request: AssociationRequest,
  contexts: readonly {
    readonly id: number;
    readonly abstractSyntax: string;
    readonly transferSyntax: string;
  }[],
  maxPduBytes: number,
): Buffer {
  const fixed = Buffer.alloc(FIXED_LENGTH);
  fixed.writeUInt16BE(1, 0);
  fixed.write(request.calledAeTitle.padEnd(AE_TITLE_LENGTH), 4, 'latin1');
  fixed.write(request.callingAeTitle.padEnd(AE_TITLE_LENGTH), 4 + AE_TITLE_LENGTH, 'latin1');
  const maximumLength = Buffer.alloc(4);
  maximumLength.writeUInt32BE(maxPduBytes);
  const ascending = [...contexts].sort((a, b) => a.id - b.id);
  return encodePdu(
    pduType.associateRq,
    Buffer.concat([
      fixed,
      encodeItem(item.applicationContext, Buffer.from(request.applicationContext, 'latin1')),
      ...ascending.map((context) =>
        encodeItem(
          item.presentationContext,
          Buffer.concat([
            Uint8Array.of(context.id, 0, 0, 0),
            encodeItem(item.abstractSyntax, Buffer.from(context.abstractSyntax, 'latin1')),
            encodeItem(item.transferSyntax, Buffer.from(context.transferSyntax, 'latin1')),
          ]),
        ),
      ),
      encodeItem(item.userInformation, encodeItem(item.maximumLength, maximumLength)),
    ]),
  );
}

function encodeItem(type: number, value: Uint8Array): Buffer {
  const encoded = Buffer.alloc(4 + value.length);
  encoded[0] = type;
  encoded.writeUInt16BE(value.length, 2);
  encoded.set(value, 4);
  return encoded;
}
