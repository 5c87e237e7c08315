import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import dcmjsDimse from 'dcmjs-dimse';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../dicom/file-meta.ts';
import { silenceDcmjs, silenceLogger } from '../dicom/silence.ts';
import { type DimseOutcome, dimseStatus } from '../dicom/status.ts';
import { encodeResponse } from './command-set.ts';
import type { NegotiatedContext } from './negotiation.ts';
import { encodeCommandPdu, encodePdu, pduType } from './pdu.ts';

const { Dataset, Scp, Implementation, log, responses } = dcmjsDimse;

silenceLogger(log);
silenceDcmjs();
Implementation.setImplementationClassUid(IMPLEMENTATION_CLASS_UID);
Implementation.setImplementationVersion(IMPLEMENTATION_VERSION_NAME);
// The library answers min(this, request); the request it is given already carries the announced length.
Implementation.setMaxPduLength(0xffffffff);

type Library = typeof dcmjsDimse;
type LibraryAssociation = InstanceType<Library['association']['Association']>;
type Requests = { [K in keyof Library['requests']]: InstanceType<Library['requests'][K]> };
type Responses = { [K in keyof Library['responses']]: InstanceType<Library['responses'][K]> };

/**
 * What stands for the socket: whole PDUs that were checked before go in, whole PDUs come out. The library reads in
 * `on('data')` and writes with `write`; time limits are kept elsewhere.
 */
class PduSocket extends EventEmitter {
  readonly #send: (pdu: Uint8Array) => void;

  constructor(send: (pdu: Uint8Array) => void) {
    super();
    this.#send = send;
  }

  setTimeout(): this {
    return this;
  }

  write(pdu: Uint8Array): boolean {
    this.#send(pdu);
    return true;
  }
}

/** Writes itself; the library's writer takes 0.3 ms and 1 MB of garbage for these 100 bytes. */
class ResponseCommandSet extends Dataset {
  override getDenaturalizedCommandDataset(): Buffer {
    return encodeResponse(this.getElements());
  }
}

const unrecognized: DimseOutcome = { status: dimseStatus.unrecognizedOperation };

/** Answers what it is told to answer. */
class DimseScp extends Scp {
  contexts: readonly NegotiatedContext[] = [];
  outcome: DimseOutcome = unrecognized;

  override associationRequested(association: LibraryAssociation): void {
    for (const context of this.contexts) {
      association.getPresentationContext(context.id).setResult(context.result, context.transferSyntax);
    }
    this.sendAssociationAccept();
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
  }

  override cEchoRequest(
    request: Requests['CEchoRequest'],
    callback: (response: Responses['CEchoResponse']) => void,
  ): void {
    const response = responses.CEchoResponse.fromRequest(request);
    callback(this.#answer(response));
  }

  override cStoreRequest(
    request: Requests['CStoreRequest'],
    callback: (response: Responses['CStoreResponse']) => void,
  ): void {
    callback(this.#answer(responses.CStoreResponse.fromRequest(request)));
  }

  override cFindRequest(
    request: Requests['CFindRequest'],
    callback: (response: Responses['CFindResponse'][]) => void,
  ): void {
    callback([this.#answer(responses.CFindResponse.fromRequest(request))]);
  }

  override cMoveRequest(
    request: Requests['CMoveRequest'],
    callback: (response: Responses['CMoveResponse'][]) => void,
  ): void {
    callback([this.#answer(responses.CMoveResponse.fromRequest(request))]);
  }

  override cGetRequest(
    request: Requests['CGetRequest'],
    callback: (response: Responses['CGetResponse'][]) => void,
  ): void {
    callback([this.#answer(responses.CGetResponse.fromRequest(request))]);
  }

  override nEventReportRequest(
    request: Requests['NEventReportRequest'],
    callback: (response: Responses['NEventReportResponse']) => void,
  ): void {
    callback(this.#answer(responses.NEventReportResponse.fromRequest(request)));
  }

  override nGetRequest(
    request: Requests['NGetRequest'],
    callback: (response: Responses['NGetResponse']) => void,
  ): void {
    callback(this.#answer(responses.NGetResponse.fromRequest(request)));
  }

  override nSetRequest(
    request: Requests['NSetRequest'],
    callback: (response: Responses['NSetResponse']) => void,
  ): void {
    callback(this.#answer(responses.NSetResponse.fromRequest(request)));
  }

  override nActionRequest(
    request: Requests['NActionRequest'],
    callback: (response: Responses['NActionResponse']) => void,
  ): void {
    callback(this.#answer(responses.NActionResponse.fromRequest(request)));
  }

  override nCreateRequest(
    request: Requests['NCreateRequest'],
    callback: (response: Responses['NCreateResponse']) => void,
  ): void {
    callback(this.#answer(responses.NCreateResponse.fromRequest(request)));
  }

  override nDeleteRequest(
    request: Requests['NDeleteRequest'],
    callback: (response: Responses['NDeleteResponse']) => void,
  ): void {
    callback(this.#answer(responses.NDeleteResponse.fromRequest(request)));
  }

  #answer<T extends Responses[keyof Responses]>(response: T): T {
    response.setCommandDataset(new ResponseCommandSet(response.getCommandDataset().getElements()));
    response.setStatus(this.outcome.status);
    if (this.outcome.comment !== undefined) response.setErrorComment(this.outcome.comment);
    return response;
  }
}

/**
 * One association as the library sees it: it negotiates, reads commands and writes responses. Data sets never pass through
 * it: a command is handed over when its outcome is known, marked as having no data set. The only importer of dcmjs-dimse
 * on the server side.
 */
export class Association {
  readonly #socket: PduSocket;
  readonly #scp: DimseScp;
  #sent = 0;
  #failed = false;

  /** `send` gets whole PDUs for the peer. */
  constructor(send: (pdu: Uint8Array) => void) {
    this.#socket = new PduSocket((pdu) => {
      this.#sent += 1;
      send(pdu);
    });
    // Only the members of PduSocket are used by the library (0.3.3, Network._wrapSocket, _sendPdu).
    this.#scp = new DimseScp(this.#socket as unknown as Socket);
    this.#scp.on('networkError', () => {
      this.#failed = true;
    });
  }

  /** Sends A-ASSOCIATE-AC. `request` is a whole normalised A-ASSOCIATE-RQ. False when the library could not answer. */
  accept(request: Buffer, contexts: readonly NegotiatedContext[]): boolean {
    this.#scp.contexts = contexts;
    return this.#feed(request);
  }

  /** Sends A-ASSOCIATE-RJ (PS3.8 9.3.4). */
  reject(result: number, source: number, reason: number): void {
    this.#scp.sendAssociationReject(result, source, reason);
  }

  /** Sends the response to a command set without data set. False when the library could not answer. */
  answer(contextId: number, command: Uint8Array, outcome: DimseOutcome): boolean {
    this.#scp.outcome = outcome;
    return this.#feed(encodeCommandPdu(contextId, command));
  }

  /** Sends A-RELEASE-RP. */
  release(): boolean {
    return this.#feed(encodePdu(pduType.releaseRq, new Uint8Array(4)));
  }

  /** Ends the library's timer. */
  close(): void {
    this.#socket.emit('close');
  }

  /** The library answers before `emit` returns, or it failed. */
  #feed(pdu: Buffer): boolean {
    const before = this.#sent;
    // After a command without data set the library keeps the stream it collected it in, and would parse every earlier
    // command again together with the next one.
    Reflect.set(this.#scp, 'dimseStream', undefined);
    this.#socket.emit('data', pdu);
    return !this.#failed && this.#sent > before;
  }
}
