import type { DimseOutcome } from '../dicom/status.ts';
import { dimseStatus } from '../dicom/status.ts';
import type { AssociationObserver, NoAssociationKind } from '../observe/association-observer.ts';
import type { AssociationRejection, Emit } from '../observe/events.ts';
import type { AssociationRequest } from './association-request.ts';
import { contextNews } from './context-news.ts';
import { contextResult, type NegotiatedContext } from './negotiation.ts';
import { pduType } from './pdu.ts';
import type { StoreOutcome } from './store-stream.ts';

export interface ConnectionReportParts {
  readonly id: string;
  /** Of the peer. */
  readonly address: string;
  readonly tls: boolean;
  readonly emit: Emit;
  /** Must not throw; the listener sees to that. */
  readonly observe: AssociationObserver;
  readonly now: () => number;
}

/** First byte of a TLS record that carries a handshake (RFC 8446 5.1). */
const tlsHandshakeRecord = 0x16;

/** Tells what happens on one connection: events for log and metrics, and more than these to the observer of associations. */
export class ConnectionReport {
  readonly #parts: ConnectionReportParts;
  #firstByte: number | undefined;
  #fault: string | undefined;
  #state: 'requesting' | 'accepted' | 'rejected' = 'requesting';
  #instances = 0;
  #acceptedAt = 0;
  #storeBeganAt = 0;

  constructor(parts: ConnectionReportParts) {
    this.#parts = parts;
  }

  /** Bytes arrived while there was no association. */
  heard(bytes: Uint8Array): void {
    this.#firstByte ??= bytes[0];
  }

  rejected(request: AssociationRequest, reason: AssociationRejection): void {
    const { id, address, tls, emit, observe } = this.#parts;
    this.#state = 'rejected';
    emit('association.rejected', { reason, address });
    observe({ kind: 'rejected', id, address, tls, reason, titles: titlesOf(request) });
  }

  accepted(request: AssociationRequest, contexts: readonly NegotiatedContext[], peer: string): void {
    const { id, address, tls, emit, observe, now } = this.#parts;
    this.#state = 'accepted';
    this.#acceptedAt = now();
    const count = contexts.filter((context) => context.result === contextResult.accepted).length;
    emit('association.accepted', { associationId: id, peer, contexts: count });
    const titles = titlesOf(request);
    observe({
      kind: 'accepted',
      id,
      address,
      tls,
      titles,
      contexts: contextNews(request.contexts, contexts),
    });
  }

  fault(fault: string): void {
    const { id, emit, observe } = this.#parts;
    this.#fault = fault;
    emit('association.protocolError', { associationId: id, fault });
    if (this.#state === 'accepted') observe({ kind: 'fault', id, fault });
  }

  /** A command without a kept data set gets its answer. */
  answered(outcome: DimseOutcome): void {
    const { id, emit, observe } = this.#parts;
    if (outcome.status === dimseStatus.success) {
      emit('echo.answered', { associationId: id });
      observe({ kind: 'echo', id });
      return;
    }
    emit('association.protocolError', { associationId: id, fault: 'refused-command' });
    observe({ kind: 'refused', id, status: outcome.status, code: null });
  }

  storeBegins(): void {
    this.#storeBeganAt = this.#parts.now();
  }

  stored(outcome: Extract<StoreOutcome, { kind: 'kept' }>): void {
    const { id, emit, observe, now } = this.#parts;
    const { id: instanceId, bytes, how } = outcome;
    this.#instances += 1;
    if (how === 'duplicate') emit('instance.duplicate', { instanceId, associationId: id });
    else {
      const durationMs = now() - this.#storeBeganAt;
      emit('instance.received', { instanceId, associationId: id, bytes, durationMs });
    }
    observe({ kind: 'stored', id, bytes, how });
  }

  refused(outcome: Extract<StoreOutcome, { kind: 'refused' }>, { status }: DimseOutcome): void {
    const { id, emit, observe } = this.#parts;
    const { code } = outcome;
    emit('instance.refused', { associationId: id, code, dicomStatus: status });
    observe({ kind: 'refused', id, status, code });
  }

  /** The connection is over, with all that belonged to it. */
  ended(how: 'released' | 'aborted' | 'lost' | 'timeout'): void {
    const { id, address, tls, emit, observe, now } = this.#parts;
    if (this.#state === 'rejected') return;
    if (this.#state === 'requesting') {
      observe({ kind: 'no-association', id, address, tls, why: this.#whyNone(how) });
      return;
    }
    const durationMs = now() - this.#acceptedAt;
    emit('association.closed', { associationId: id, how, instances: this.#instances, durationMs });
    observe({ kind: 'ended', id, how });
  }

  #whyNone(how: 'released' | 'aborted' | 'lost' | 'timeout'): NoAssociationKind {
    if (this.#firstByte === undefined) return how === 'timeout' ? 'silent' : 'closed-at-once';
    if (this.#firstByte === tlsHandshakeRecord && !this.#parts.tls) return 'speaks-tls';
    if (this.#firstByte < pduType.associateRq || this.#firstByte > pduType.abort) return 'not-dicom';
    return this.#fault === undefined ? 'unfinished-request' : 'malformed-request';
  }
}

function titlesOf({ callingAeTitle, calledAeTitle }: AssociationRequest): {
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
} {
  return { callingAeTitle, calledAeTitle };
}
