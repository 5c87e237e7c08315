import { type AuditRecord, auditText, noHash } from '../core/audit.ts';

/** What is wrong with a chain, at the first record where it shows. */
export const chainFaults = {
  'content-changed': 'the content of this record is not what was hashed when it was written',
  'record-missing': 'one or more records before this one are missing',
  'order-changed': 'this record is not in its place',
  'chain-broken': 'this record does not follow the one before it: that one was rewritten, or this one put in',
  'beginning-missing': 'records before this one are missing, and none of pruning accounts for them',
  'end-missing': 'records after this one are missing',
  'head-unknown': 'the given hash is not part of this chain: records up to it were rewritten or cut off',
  unreadable: 'this is not a record',
} as const;
export type ChainFault = keyof typeof chainFaults;

export interface ChainVerdict {
  /** First and last record that were read; 0 where there was none. */
  readonly first: number;
  readonly last: number;
  readonly records: number;
  /** The chain's present end, as far as it holds. */
  readonly head: string | null;
  /** Records before `first` were pruned, and a record of the chain accounts for them. */
  readonly pruned: boolean;
  /** Where the hash that was asked for stands. */
  readonly knownHead: number | null;
  /** `sequence`: the first record that is not right. */
  readonly fault: { readonly kind: ChainFault; readonly sequence: number } | null;
}

export interface ChainExpectations {
  /** A hash noted earlier, which must be part of the chain. */
  readonly head?: string;
  /** The newest record as the database's own note has it. */
  readonly end?: { readonly sequence: number; readonly hash: string };
  /** A part of the trail (an export from a date on) may begin anywhere; a whole one only at 1, or after what was pruned. */
  readonly part: boolean;
}

/**
 * Proves a chain, record by record, in the order they are given; holds nothing but the last one. Every hash is computed
 * anew, must be followed by the next record, and sequence numbers count without a gap.
 */
export class ChainVerifier {
  readonly #expected: ChainExpectations;
  readonly #sha256: (text: string) => string;
  #first: { sequence: number; previousHash: string } | undefined;
  #last: { sequence: number; hash: string } | undefined;
  #records = 0;
  #prunedId: string | undefined;
  #knownHead: number | null = null;
  #fault: ChainVerdict['fault'] = null;

  constructor(expected: ChainExpectations, sha256: (text: string) => string) {
    this.#expected = expected;
    this.#sha256 = sha256;
  }

  /** Takes the next record; false once a fault is found, and nothing more need be read. */
  take(record: AuditRecord): boolean {
    if (this.#fault !== null) return false;
    const kind = this.#faultOf(record);
    if (kind !== undefined) {
      this.#fault = { kind, sequence: record.sequence };
      return false;
    }
    if (this.#first === undefined) {
      this.#first = { sequence: record.sequence, previousHash: record.previousHash };
      // What stood before the first record is proven by it.
      if (record.previousHash === this.#expected.head) this.#knownHead = record.sequence - 1;
    }
    this.#last = { sequence: record.sequence, hash: record.hash };
    this.#records += 1;
    if (record.hash === this.#expected.head) this.#knownHead = record.sequence;
    if (record.action === 'audit.pruned') this.#prunedId = record.object.id;
    return true;
  }

  /** A line that holds no record, after the last one taken. */
  takeUnreadable(): void {
    this.#fault ??= { kind: 'unreadable', sequence: (this.#last?.sequence ?? 0) + 1 };
  }

  verdict(): ChainVerdict {
    const last = this.#last ?? { sequence: 0, hash: noHash };
    const before = (this.#first?.sequence ?? 1) - 1;
    const pruned =
      this.#first !== undefined && before > 0 && this.#prunedId === `${before}:${this.#first.previousHash}`;
    return {
      first: this.#first?.sequence ?? 0,
      last: last.sequence,
      records: this.#records,
      head: this.#last?.hash ?? null,
      pruned,
      knownHead: this.#knownHead,
      fault: this.#fault ?? this.#faultAtEnd(last, pruned),
    };
  }

  #faultOf(record: AuditRecord): ChainFault | undefined {
    const last = this.#last;
    if (last !== undefined && record.sequence <= last.sequence) return 'order-changed';
    const holds = this.#sha256(auditText(record)) === record.hash;
    if (last !== undefined && record.sequence > last.sequence + 1)
      return holds ? 'record-missing' : 'content-changed';
    if (!holds) return 'content-changed';
    // The database notes the hash of its newest record a second time.
    const { end } = this.#expected;
    if (record.sequence === end?.sequence && record.hash !== end.hash) return 'chain-broken';
    if (last !== undefined) return record.previousHash === last.hash ? undefined : 'chain-broken';
    if (record.sequence === 1 && record.previousHash !== noHash) return 'chain-broken';
    return undefined;
  }

  #faultAtEnd(last: { sequence: number; hash: string }, pruned: boolean): ChainVerdict['fault'] {
    const { end, head, part } = this.#expected;
    const first = this.#first?.sequence ?? 1;
    if (!part && first > 1 && !pruned) return { kind: 'beginning-missing', sequence: first };
    if (end !== undefined && end.sequence > last.sequence)
      return { kind: 'end-missing', sequence: last.sequence + 1 };
    if (head !== undefined && this.#knownHead === null)
      return { kind: 'head-unknown', sequence: last.sequence };
    return null;
  }
}
