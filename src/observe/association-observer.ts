import type { ErrorCode } from '../core/errors.ts';
import type { AssociationRejection } from './events.ts';

/** One proposed presentation context and what became of it (PS3.8 9.3.2.2, 9.3.3.2). Names come from PS3.6, never from the peer. */
export interface ContextNews {
  /** Empty where the peer sent something that is no UID. */
  readonly abstractSyntaxUid: string;
  /** "unknown" where this version has no name for it. */
  readonly abstractSyntaxName: string;
  readonly result: 'accepted' | 'abstract-syntax-not-supported' | 'transfer-syntaxes-not-supported';
  /** Of an accepted context the one transfer syntax; of a refused one those it offered, at most `maxOffered`. */
  readonly transferSyntaxNames: readonly string[];
}

/** Transfer syntaxes told of one refused context. */
export const maxOffered = 8;

/** Both titles printable ASCII, at most 16 characters. They are for an operator to read, never for logs or metrics. */
export interface AssociationTitles {
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
}

/** Why a connection that reached the port made no association. */
export type NoAssociationKind =
  | 'closed-at-once'
  | 'silent'
  | 'speaks-tls'
  | 'speaks-plain'
  | 'tls-no-certificate'
  | 'tls-certificate-refused'
  | 'our-certificate-refused'
  | 'tls-handshake'
  | 'not-dicom'
  | 'unfinished-request'
  | 'malformed-request'
  | 'too-many';

interface ConnectionNews {
  /** Of the connection and, later, of its association. */
  readonly id: string;
  readonly address: string;
  /** The listener speaks TLS. */
  readonly tls: boolean;
}

/** What an operator needs of associations beyond the events of the log: these carry text a peer chose. */
export type AssociationNews =
  | ({ readonly kind: 'no-association'; readonly why: NoAssociationKind } & ConnectionNews)
  | ({
      readonly kind: 'rejected';
      readonly reason: AssociationRejection;
      readonly titles: AssociationTitles;
    } & ConnectionNews)
  | ({
      readonly kind: 'accepted';
      readonly titles: AssociationTitles;
      readonly contexts: readonly ContextNews[];
    } & ConnectionNews)
  | { readonly kind: 'echo'; readonly id: string }
  | {
      readonly kind: 'stored';
      readonly id: string;
      readonly bytes: number;
      readonly how: 'stored' | 'duplicate' | 'held';
    }
  /** A command answered with another status than Success; `code` where the error registry has one for it. */
  | {
      readonly kind: 'refused';
      readonly id: string;
      readonly status: number;
      readonly code: ErrorCode | null;
    }
  | { readonly kind: 'fault'; readonly id: string; readonly fault: string }
  | {
      readonly kind: 'ended';
      readonly id: string;
      readonly how: 'released' | 'aborted' | 'lost' | 'timeout';
    };

/** Hears of associations as they happen; cannot change an answer. */
export type AssociationObserver = (news: AssociationNews) => void;

/** The observer with its exceptions counted instead of thrown, so that no answer to a peer depends on it. */
export function harmless(
  observer: AssociationObserver | undefined,
  onFailure: () => void,
): AssociationObserver {
  if (observer === undefined) return () => undefined;
  return (news) => {
    try {
      observer(news);
    } catch {
      onFailure();
    }
  };
}
