import type { ErrorCode } from '../core/errors.ts';
import type { NoAssociationKind } from './association-observer.ts';
import type { AssociationRejection } from './events.ts';

/** One association as an operator sees it. Times are ISO 8601, durations ms. `fix` says what to do, null where nothing is wrong. */
export interface AssociationView {
  readonly id: string;
  readonly state: 'running' | 'ended' | 'rejected';
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly durationMs: number;
  readonly address: string;
  readonly tls: boolean;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly rejection: RejectionView | null;
  readonly contexts: {
    readonly accepted: number;
    readonly refused: number;
    /** Contexts that `list` does not show. */
    readonly leftOut: number;
    /** Refused ones first. */
    readonly list: readonly ContextView[];
  };
  /** Kept: new, held for other content, and duplicates. */
  readonly instances: number;
  readonly duplicates: number;
  /** C-STORE and other commands not answered with Success. */
  readonly refused: number;
  readonly echoes: number;
  readonly bytes: number;
  readonly statuses: readonly StatusView[];
  readonly ended: EndView | null;
}

export interface RejectionView {
  readonly reason: AssociationRejection;
  readonly what: string;
  readonly fix: string;
  /** Times the same peer was rejected for the same reason, one soon after the other. */
  readonly count: number;
  readonly lastAt: string;
}

export interface ContextView {
  readonly sopClass: string;
  readonly sopClassUid: string;
  readonly accepted: boolean;
  readonly transferSyntax: string | null;
  /** Transfer syntaxes a refused context offered. */
  readonly offered: readonly string[];
  readonly reason: 'abstract-syntax-not-supported' | 'transfer-syntaxes-not-supported' | null;
  readonly fix: string | null;
}

export interface StatusView {
  /** Four hexadecimal digits, such as 0xA700. */
  readonly status: string;
  readonly code: ErrorCode | null;
  readonly what: string;
  readonly count: number;
  readonly fix: string | null;
}

export interface EndView {
  readonly how: 'released' | 'aborted' | 'lost' | 'timeout' | 'fault';
  /** Word of the protocol fault, where there was one. */
  readonly fault: string | null;
  readonly what: string;
  readonly fix: string | null;
}

/** One C-ECHO that was answered. */
export interface EchoView {
  readonly id: string;
  readonly at: string;
  readonly associationId: string;
  readonly address: string;
  readonly tls: boolean;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
}

/** A connection that reached the port and made no association. */
export interface ConnectionView {
  readonly id: string;
  readonly at: string;
  readonly lastAt: string;
  /** Connections of the same address that ended the same way, one soon after the other. */
  readonly count: number;
  readonly address: string;
  readonly tls: boolean;
  readonly kind: NoAssociationKind;
  readonly what: string;
  readonly fix: string;
}

/** Settings that advice names. */
export interface AssociationFacts {
  readonly aeTitle: string;
  readonly callingPeers: readonly { readonly aeTitle: string; readonly addresses?: readonly string[] }[];
  readonly maxAssociations: number;
  readonly maxAssociationsPerPeer: number;
  readonly idleTimeoutMs: number;
}
