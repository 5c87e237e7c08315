import { asSallyportError, SallyportError } from '../core/errors.ts';
import { transferSyntax, VERIFICATION_SOP_CLASS } from '../dicom/uids.ts';
import type { Association } from './association.ts';
import { type CommandResponse, decodeResponse, echoRequest, storeRequest } from './command-set.ts';
import type { ReadableAt } from './memory-file.ts';
import { decodePdvs, pduTypes, pdvHeaderLength, protocolError, writePdvHeader } from './pdu.ts';

/** One instance to send: where its data set lies in an open file. The bytes go out as they are. */
export interface StoreSource {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly file: ReadableAt;
  /** First byte of the data set in the file, behind File Meta Information. */
  readonly offset: number;
  readonly length: number;
}

/** Bytes handed to the socket at once. Two such buffers are in use: one is read from disk while the other is sent. */
const pieceBytes = 512 * 1024;
/** Largest fragment for a peer without a limit. */
const maxFragment = 256 * 1024;
/** Fragments of one piece: below IOV_MAX of every system, beyond which a vectored read would stop short. */
const maxFragments = 512;
/** Response commands are a few hundred bytes; Error Comment has at most 64. */
const maxCommandBytes = 64 * 1024;

/** Buffers of one sender; made once, used for every instance of it. */
export class PieceBuffers {
  #turn = 0;
  readonly #buffers = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)] as const;

  next(): Buffer {
    this.#turn = 1 - this.#turn;
    return this.#turn === 0 ? this.#buffers[0] : this.#buffers[1];
  }
}

/**
 * C-STORE of one instance under an accepted context: resolves with the peer's response, whatever its status. Rejects with
 * PEER_LOST, PEER_ABORTED, PEER_TIMEOUT, PEER_PROTOCOL_ERROR, CANCELLED or, where the file shrinks meanwhile,
 * FILE_UNREADABLE; the association is gone then.
 */
export async function storeInstance(
  association: Association,
  contextId: number,
  source: StoreSource,
  buffers: PieceBuffers,
): Promise<CommandResponse> {
  const messageId = association.nextMessageId();
  await sendCommand(
    association,
    contextId,
    storeRequest(messageId, source.sopClassUid, source.sopInstanceUid),
  );
  await sendDataSet(association, contextId, source, buffers);
  return receiveResponse(association, contextId, messageId);
}

/** C-ECHO; the association must have proposed the Verification SOP Class under `transferSyntaxUid`. */
export async function echo(association: Association, transferSyntaxUid: string): Promise<CommandResponse> {
  const context = association.contextFor(VERIFICATION_SOP_CLASS, transferSyntaxUid);
  if ('refusal' in context) throw new SallyportError('PEER_CONTEXT_REFUSED', { detail: context.refusal });
  const messageId = association.nextMessageId();
  await sendCommand(association, context.id, echoRequest(messageId, VERIFICATION_SOP_CLASS));
  return receiveResponse(association, context.id, messageId);
}

/** Fragment bytes per P-DATA-TF: even, and within what the peer announced (PS3.8 D.1 counts the 6 bytes of the PDV). */
function fragmentLength(association: Association): number {
  const peer = association.maxPduLength === 0 ? maxFragment : association.maxPduLength - 6;
  const length = Math.min(peer, maxFragment) & ~1;
  if (length < 2) {
    const error = protocolError(`a maximum PDU length of ${association.maxPduLength}`);
    association.abort(error);
    throw error;
  }
  return length;
}

async function sendCommand(association: Association, contextId: number, command: Buffer): Promise<void> {
  const step = fragmentLength(association);
  const pdus: Buffer[] = [];
  for (let offset = 0; offset < command.length; offset += step) {
    const fragment = command.subarray(offset, offset + step);
    const header = Buffer.alloc(pdvHeaderLength);
    const isLast = offset + step >= command.length;
    writePdvHeader(header, 0, { contextId, isCommand: true, isLast, length: fragment.length });
    pdus.push(header, fragment);
  }
  await association.write(Buffer.concat(pdus));
}

/** Reads the file straight into place behind the PDV headers, one buffer ahead of what is being sent. */
async function sendDataSet(
  association: Association,
  contextId: number,
  source: StoreSource,
  buffers: PieceBuffers,
): Promise<void> {
  const step = fragmentLength(association);
  const total = paddedLength(source);
  const fragmentsPerPiece = Math.min(maxFragments, Math.floor(pieceBytes / (step + pdvHeaderLength)));
  let sent = 0;
  let sending: Promise<void> = Promise.resolve();
  try {
    do {
      const buffer = buffers.next();
      const length = Math.min(fragmentsPerPiece * step, total - sent);
      const pieces = framePiece(buffer, contextId, step, length, sent + length === total);
      await readInto(
        source.file,
        pieces.fragments,
        source.offset + sent,
        Math.min(length, source.length - sent),
      );
      // Where nothing was read: the byte after the file's end, if there is one, is the padding.
      if (sent + length > source.length) buffer[pieces.bytes - 1] = 0;
      await sending;
      sending = association.write(buffer.subarray(0, pieces.bytes));
      // Awaited one turn later, or in the catch below; a rejection in between is not unhandled.
      sending.catch(() => undefined);
      sent += length;
    } while (sent < total);
    await sending;
  } catch (thrown) {
    const error = asSallyportError(thrown);
    association.abort(error);
    await sending.catch(() => undefined);
    throw error;
  }
}

/**
 * A deflated data set of odd length gets one NUL behind it (PS3.5 A.5), which files often lack and without which DCMTK
 * aborts. Other data sets of odd length are faulty and go out as they are: the receiver is to judge them.
 */
function paddedLength(source: StoreSource): number {
  const isDeflated = transferSyntax(source.transferSyntaxUid)?.deflated === true;
  return isDeflated ? source.length + (source.length % 2) : source.length;
}

/** Lays out the headers of a piece; the fragments are the gaps between them. An empty data set is one empty fragment. */
function framePiece(
  buffer: Buffer,
  contextId: number,
  step: number,
  length: number,
  endsDataSet: boolean,
): { readonly fragments: Buffer[]; readonly bytes: number } {
  const fragments: Buffer[] = [];
  let position = 0;
  let rest = length;
  do {
    const size = Math.min(step, rest);
    rest -= size;
    const isLast = endsDataSet && rest === 0;
    writePdvHeader(buffer, position, { contextId, isCommand: false, isLast, length: size });
    position += pdvHeaderLength;
    fragments.push(buffer.subarray(position, position + size));
    position += size;
  } while (rest > 0);
  return { fragments, bytes: position };
}

async function readInto(
  file: ReadableAt,
  fragments: readonly Buffer[],
  offset: number,
  length: number,
): Promise<void> {
  let bytesRead: number;
  try {
    ({ bytesRead } = await file.readv([...fragments], offset));
    // readv may stop early (a signal, a network file system); the rest is then read fragment by fragment.
    if (bytesRead < length) bytesRead = await readRest(file, fragments, offset);
  } catch (cause) {
    throw new SallyportError('FILE_UNREADABLE', { cause });
  }
  if (bytesRead < length)
    throw new SallyportError('FILE_UNREADABLE', { detail: 'it became shorter while being sent' });
}

async function readRest(file: ReadableAt, fragments: readonly Buffer[], offset: number): Promise<number> {
  let total = 0;
  for (const fragment of fragments) {
    let filled = 0;
    while (filled < fragment.length) {
      const { bytesRead } = await file.read(
        fragment,
        filled,
        fragment.length - filled,
        offset + total + filled,
      );
      if (bytesRead === 0) return total + filled;
      filled += bytesRead;
    }
    total += filled;
  }
  return total;
}

async function receiveResponse(
  association: Association,
  contextId: number,
  messageId: number,
): Promise<CommandResponse> {
  const fragments: Buffer[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const pdu = await association.read('waiting for a response');
      if (pdu.type !== pduTypes.dataTransfer)
        throw protocolError(`PDU type ${pdu.type} where a response was due`);
      for (const pdv of decodePdvs(pdu.body)) {
        if (!pdv.isCommand || pdv.contextId !== contextId)
          throw protocolError('a fragment of another message');
        fragments.push(pdv.bytes);
        bytes += pdv.bytes.length;
        if (bytes > maxCommandBytes) throw protocolError('a command set without end');
        if (!pdv.isLast) continue;
        const response = decodeResponse(Buffer.concat(fragments));
        if (response.messageId !== messageId) throw protocolError('a response to another message');
        return response;
      }
    }
  } catch (thrown) {
    const error = asSallyportError(thrown);
    association.abort(error);
    throw error;
  }
}
