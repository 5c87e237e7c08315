import { faultPoint } from '../core/fault-points.ts';
import { type DimseOutcome, outcomeOf, SUCCESS } from '../dicom/status.ts';
import type { Intake } from '../spool/intake.ts';
import type { Admission } from './admission.ts';
import { Association } from './association.ts';
import {
  type AssociationRequest,
  normalisedRequest,
  parseAssociationRequest,
} from './association-request.ts';
import type { BytePort } from './byte-port.ts';
import type { CommandSet } from './command-set.ts';
import type { ConnectionReport } from './connection-report.ts';
import { type DataSetSink, type Message, type MessageHandler, MessageReceiver } from './message-receiver.ts';
import { type NegotiatedContext, negotiate } from './negotiation.ts';
import { abortReason, abortSource, encodeAbort, type ProtocolFault, pduType } from './pdu.ts';
import { PduFramer, type PduSink } from './pdu-framer.ts';
import {
  ARTIM_MS,
  DEFAULT_STORE_TIMEOUT_MS,
  type ListenerSettings,
  PDVS_PER_TURN,
  WRITE_BUFFER_BYTES,
} from './settings.ts';
import { type StoreOutcome, StoreStream, WriteBuffers } from './store-stream.ts';

export interface ConnectionParts {
  readonly settings: ListenerSettings;
  readonly intake: Intake;
  /** Tells others what happens here. */
  readonly report: ConnectionReport;
  readonly now: () => number;
  readonly admit: (request: AssociationRequest) => Admission;
  /** Called once, when everything of the connection is over, an unfinished blob included. */
  readonly closed: () => void;
}

type Ending = 'released' | 'aborted' | 'lost' | 'timeout';

/**
 * One TCP connection from A-ASSOCIATE-RQ to its close.
 *
 *   requesting  no association yet            -> open (A-ASSOCIATE-AC) | closing (RJ, A-ABORT, time over)
 *   open        messages                      -> closing (release, abort, fault, time over)
 *   closing     nothing is read any more      -> over, when the peer closes or ARTIM ends
 *
 * While an answer is owed (`#owed`) or the intake is behind, bytes that arrive are kept (at most one read) and the socket
 * is held.
 */
export class Connection implements PduSink, MessageHandler {
  readonly #parts: ConnectionParts;
  readonly #framer: PduFramer;
  readonly #association: Association;
  #port: BytePort | undefined;
  #phase: 'requesting' | 'open' | 'closing' | 'over' = 'requesting';
  #receiver: MessageReceiver | undefined;
  #buffers: WriteBuffers | undefined;
  #store: StoreStream | undefined;
  #request: AssociationRequest | undefined;
  /** A response is being worked on: nothing further is parsed. */
  #owed = false;
  #resting = false;
  #pdvs = 0;
  #held: Uint8Array | undefined;
  #timer: NodeJS.Timeout | undefined;
  #storeTimer: NodeJS.Timeout | undefined;
  #ending: Ending = 'lost';
  #lastByteAt: number;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#framer = new PduFramer(this, parts.settings.maxPduBytes);
    this.#association = new Association((pdu) => this.#send(pdu));
    this.#lastByteAt = parts.now();
  }

  get isAssociation(): boolean {
    return this.#receiver !== undefined && this.#phase !== 'over';
  }

  /** Milliseconds since the last byte, or 0 while a message is in progress. */
  idleMs(): number {
    if (this.#owed || this.#receiver?.inMessage === true || !this.#framer.atBoundary) return 0;
    return this.#parts.now() - this.#lastByteAt;
  }

  /** Starts the life of the connection; `take` of the port must be this object's `take`. */
  attach(port: BytePort): void {
    this.#port = port;
    const { socket } = port;
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#over());
    socket.on('drain', () => this.#goOn());
    this.#arm(this.#parts.settings.associationRequestTimeoutMs);
    if (socket.destroyed) this.#over();
  }

  /** Bytes from the socket, valid during the call. */
  take(bytes: Uint8Array): void {
    if (this.#phase === 'closing' || this.#phase === 'over') return;
    this.#lastByteAt = this.#parts.now();
    if (this.#phase === 'open') this.#timer?.refresh();
    else this.#parts.report.heard(bytes);
    if (this.#held !== undefined) {
      // The socket delivered once more after it was told to hold.
      this.#held = Buffer.concat([this.#held, bytes]);
      return;
    }
    const taken = this.#blocked() ? 0 : this.#push(bytes);
    if (taken < bytes.length && this.#isLive()) {
      this.#held = Buffer.from(bytes.subarray(taken));
      this.#port?.hold();
    }
  }

  /** Ends the association with A-ABORT. */
  abort(
    ending: Ending,
    source: number = abortSource.serviceUser,
    reason: number = abortReason.notSpecified,
  ): void {
    if (!this.#isLive()) return;
    this.#ending = ending;
    this.#send(encodeAbort(source, reason));
    this.#close();
  }

  // PduSink ----------------------------------------------------------------------------------------------------------

  controlPdu(type: number, body: Uint8Array): boolean {
    if (type === pduType.abort) {
      this.#ending = 'aborted';
      this.#close();
      return false;
    }
    if (this.#phase === 'requesting' && type === pduType.associateRq) {
      this.#requested(body);
    } else if (this.#phase === 'open' && type === pduType.releaseRq && this.#receiver?.inMessage === false) {
      this.#ending = 'released';
      if (!this.#association.release()) this.fault({ fault: 'library', reason: abortReason.notSpecified });
      this.#close();
    } else {
      this.fault({ fault: 'unexpected-pdu', reason: abortReason.unexpectedPdu });
    }
    return this.#isLive();
  }

  pdvStart(contextId: number, isCommand: boolean, isLast: boolean): boolean {
    if (this.#receiver === undefined) {
      this.fault({ fault: 'unexpected-pdu', reason: abortReason.unexpectedPdu });
      return false;
    }
    return this.#receiver.pdvStart(contextId, isCommand, isLast);
  }

  pdvData(bytes: Uint8Array): number {
    return this.#receiver?.pdvData(bytes) ?? 0;
  }

  pdvEnd(): boolean {
    this.#receiver?.pdvEnd();
    this.#pdvs += 1;
    if (this.#pdvs % PDVS_PER_TURN === 0) this.#rest();
    return !this.#blocked() && this.#isLive();
  }

  fault(fault: ProtocolFault): void {
    if (!this.#isLive()) return;
    this.#parts.report.fault(fault.fault);
    this.abort('aborted', abortSource.serviceProvider, fault.reason);
  }

  // MessageHandler ---------------------------------------------------------------------------------------------------

  storeBegins(context: NegotiatedContext, command: CommandSet): DataSetSink {
    const { settings, intake, report } = this.#parts;
    this.#buffers ??= new WriteBuffers(WRITE_BUFFER_BYTES);
    report.storeBegins();
    const origin = {
      sopClassUid: context.abstractSyntax,
      sopInstanceUid: command.affectedSopInstanceUid ?? '',
      transferSyntaxUid: context.transferSyntax,
      callingAeTitle: this.#request?.callingAeTitle ?? '',
      calledAeTitle: this.#request?.calledAeTitle ?? '',
    };
    const limitMs = settings.storeTimeoutMs ?? DEFAULT_STORE_TIMEOUT_MS;
    this.#storeTimer = setTimeout(() => this.abort('timeout'), limitMs);
    const store = new StoreStream(intake, origin, this.#buffers, settings.maxInstanceBytes, () =>
      this.#goOn(),
    );
    this.#store = store;
    return store;
  }

  storeEnds(message: Message): void {
    const store = this.#store;
    if (store === undefined) return;
    this.#owed = true;
    void store
      .finish()
      .then((outcome) => this.#stored(message, outcome))
      .catch(() => this.#unforeseen());
  }

  answer(message: Message, outcome: DimseOutcome): void {
    this.#parts.report.answered(outcome);
    this.#respond(message, outcome);
    // One read can hold thousands of C-ECHO.
    this.#rest();
  }

  // ------------------------------------------------------------------------------------------------------------------

  #requested(body: Uint8Array): void {
    const { settings, report } = this.#parts;
    const request = parseAssociationRequest(body);
    if (request === undefined) {
      this.fault({ fault: 'associate-request', reason: abortReason.invalidParameter });
      return;
    }
    const admission = this.#parts.admit(request);
    if (admission.kind === 'reject') {
      const { result, source, code, reason } = admission.rejection;
      report.rejected(request, reason);
      this.#association.reject(result, source, code);
      this.#close();
      return;
    }
    const contexts = negotiate(request.contexts, settings.acceptUnknownSopClasses);
    this.#request = request;
    this.#receiver = new MessageReceiver(contexts, this);
    this.#phase = 'open';
    this.#arm(settings.idleTimeoutMs);
    if (!this.#association.accept(normalisedRequest(request, contexts, settings.maxPduBytes), contexts)) {
      this.fault({ fault: 'library', reason: abortReason.notSpecified });
      return;
    }
    report.accepted(request, contexts, admission.peer);
  }

  #stored(message: Message, outcome: StoreOutcome): void {
    const { report } = this.#parts;
    this.#store = undefined;
    this.#owed = false;
    clearTimeout(this.#storeTimer);
    if (outcome.kind === 'kept') {
      report.stored(outcome);
      this.#respond(message, SUCCESS);
    } else {
      const answer = outcomeOf(outcome.code);
      report.refused(outcome, answer);
      this.#respond(message, answer);
    }
    if (this.#phase === 'over') this.#finallyOver();
    else this.#goOn();
  }

  #respond(message: Message, outcome: DimseOutcome): void {
    if (this.#phase !== 'open') return;
    if (!this.#association.answer(message.contextId, message.bytes, outcome)) {
      this.fault({ fault: 'library', reason: abortReason.notSpecified });
    }
    faultPoint('response.sent');
  }

  /** What nobody foresaw in the bytes of one peer ends its association, not the process that serves all. */
  #push(bytes: Uint8Array): number {
    try {
      return this.#framer.push(bytes);
    } catch {
      this.#unforeseen();
      return bytes.length;
    }
  }

  #unforeseen(): void {
    this.fault({ fault: 'unforeseen', reason: abortReason.notSpecified });
  }

  #send(pdu: Uint8Array): void {
    const socket = this.#port?.socket;
    if (socket?.writable === true) socket.write(pdu);
  }

  /** Nothing further is parsed before every other peer had its turn. */
  #rest(): void {
    this.#resting = true;
    setImmediate(() => {
      this.#resting = false;
      this.#goOn();
    });
  }

  /** An answer is owed, others have their turn, or the peer does not read the answers it got. */
  #blocked(): boolean {
    return this.#owed || this.#resting || this.#port?.socket.writableNeedDrain === true;
  }

  #isLive(): boolean {
    return this.#phase === 'requesting' || this.#phase === 'open';
  }

  /** Feeds what was held, then lets the socket deliver again. */
  #goOn(): void {
    if (!this.#isLive() || this.#held === undefined || this.#blocked()) return;
    const held = this.#held;
    this.#held = undefined;
    const taken = this.#push(held);
    if (!this.#isLive()) return;
    if (taken < held.length) this.#held = held.subarray(taken);
    else this.#port?.proceed();
  }

  #arm(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#timeOver(), afterMs);
  }

  #timeOver(): void {
    if (this.#phase === 'closing') this.#port?.socket.destroy();
    // No A-ASSOCIATE-RQ came: PS3.8 table 9-10 closes without a word (AA-2).
    if (this.#phase === 'requesting') this.#port?.socket.destroy();
    if (this.#store !== undefined && (this.#owed || this.#held !== undefined)) {
      // The silence is this side's; the limit of the whole C-STORE holds instead.
      this.#arm(this.#parts.settings.idleTimeoutMs);
      return;
    }
    this.abort('timeout');
  }

  /** After the last PDU of this side: the peer closes, or ARTIM does. */
  #close(): void {
    this.#phase = 'closing';
    this.#framer.kill();
    this.#held = undefined;
    this.#abandonStore();
    this.#port?.socket.end();
    this.#port?.proceed();
    this.#arm(ARTIM_MS);
  }

  #abandonStore(): void {
    const store = this.#store;
    if (store === undefined || this.#owed) return;
    this.#owed = true;
    void store.abandon().then(() => {
      this.#store = undefined;
      this.#owed = false;
      if (this.#phase === 'over') this.#finallyOver();
    });
  }

  /** The socket is gone. */
  #over(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    clearTimeout(this.#timer);
    clearTimeout(this.#storeTimer);
    this.#framer.kill();
    this.#held = undefined;
    this.#association.close();
    this.#abandonStore();
    if (!this.#owed) this.#finallyOver();
  }

  #finallyOver(): void {
    this.#parts.report.ended(this.#ending);
    this.#parts.closed();
  }
}
