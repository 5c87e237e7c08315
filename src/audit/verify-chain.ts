import { type AuditRecord, auditText, noHash } from '../core/audit.ts';
import { PruningAccount, type PruningFault, type ToldPruning } from './pruning-account.ts';

/** What is wrong with a chain, at the first record where it shows. */
export const chainFaults = {
  'content-changed': 'the content of this record is not what was hashed when it was written',
  'record-missing': 'one or more records before this one are missing',
  'order-changed': 'another record stands in its place',
  'chain-broken': 'this record does not follow the one before it: that one was rewritten, or this one put in',
  'beginning-missing': 'records before this one are missing, and none of pruning accounts for them',
  'pruning-false': 'this record tells of a removal of old records that cannot be true',
  'end-missing': 'records from this one on are missing',
  emptied: 'records were written from this one on, and none is left: the trail was emptied',
  'note-missing':
    "the ledger's own note of where the trail begins and ends is gone; records up to this one were read",
  'found-damaged':
    'the gateway found the trail damaged when it wrote this record; what was before it is not proven',
  'copies-differ': 'this record is another one in one of the files than in the other, or in the trail',
  'head-unknown':
    'the given hash is not part of this chain: records up to it were rewritten or cut off; the records hold as far as this one',
  unreadable: 'this is not a record',
} as const;
export type ChainFault = keyof typeof chainFaults;

export interface FoundFault {
  readonly kind: ChainFault;
  /** The first record that is not right. */
  readonly sequence: number;
  /** `order-changed`: the record that stands there. */
  readonly other?: number;
  /** `pruning-false`. */
  readonly pruning?: PruningFault | 'hash' | 'noted-later';
}

export interface ChainVerdict {
  /** First and last record that were read; 0 where there was none. */
  readonly first: number;
  readonly last: number;
  readonly records: number;
  /** The chain's present end, as far as it holds. */
  readonly head: string | null;
  /** Records before `first` were pruned, and a record of the chain accounts for them. */
  readonly pruned: boolean;
  /** The last removal of old records that the chain tells of, and the shortest time after which any was removed, ms. */
  readonly pruning: (ToldPruning & { readonly shortestMs: number }) | null;
  /** Where the hash that was asked for stands. */
  readonly knownHead: number | null;
  /** The hash that was asked for is of no record that was read, and may be of one before the first: nothing is proven by it. */
  readonly headUnproven: boolean;
  readonly fault: FoundFault | null;
}

/** A record as it was noted when it was the newest. */
export interface NotedHead {
  readonly hash: string;
  readonly sequence?: number;
  /** Epoch ms. */
  readonly at?: number;
}

export interface ChainExpectations {
  /** Noted earlier, and must be part of the chain. */
  readonly head?: NotedHead;
  /** The newest record as the database's own note has it; null: the note is gone. */
  readonly end?: { readonly sequence: number; readonly hash: string } | null;
  /** A part of the trail (an export from a date on) may begin anywhere; a whole one only at 1, or after what was pruned. */
  readonly part: boolean;
}

/** How far around its place the number is looked for that a moved record was written under. */
const searchedAround = 5_000;

/**
 * Proves a chain, record by record, in the order they are given; holds nothing but the last one. Every hash is computed
 * anew, must be followed by the next record, and sequence numbers count without a gap.
 */
export class ChainVerifier {
  readonly #expected: ChainExpectations;
  readonly #sha256: (text: string) => string;
  readonly #account = new PruningAccount();
  #first: { sequence: number; previousHash: string } | undefined;
  #last: { sequence: number; hash: string } | undefined;
  #records = 0;
  #knownHead: number | null = null;
  #foundDamaged: number | undefined;
  /** The records hold, and what one of them says does not: told unless something earlier is wrong. */
  #pruningFault: FoundFault | undefined;
  #fault: FoundFault | null = null;
  /** Records seem to be missing up to this one; they may yet come, out of their order. */
  #awaitedBefore: number | undefined;

  constructor(expected: ChainExpectations, sha256: (text: string) => string) {
    this.#expected = expected;
    this.#sha256 = sha256;
  }

  /** Takes the next record; false once a fault is found, and nothing more need be read. */
  take(record: AuditRecord): boolean {
    if (this.#awaitedBefore !== undefined) return this.#await(record, this.#awaitedBefore);
    if (this.#fault !== null) return false;
    this.#fault = this.#faultOf(record) ?? null;
    if (this.#fault?.kind === 'record-missing') {
      this.#awaitedBefore = record.sequence;
      return true;
    }
    if (this.#fault !== null) return false;
    const { head } = this.#expected;
    if (this.#first === undefined) {
      this.#first = { sequence: record.sequence, previousHash: record.previousHash };
      // What stood before the first record is proven by it.
      if (record.previousHash === head?.hash) this.#knownHead = record.sequence - 1;
    }
    this.#last = { sequence: record.sequence, hash: record.hash };
    this.#records += 1;
    if (record.hash === head?.hash) this.#knownHead = record.sequence;
    if (record.action === 'audit.damaged') this.#foundDamaged ??= record.sequence;
    return true;
  }

  /** A line that holds no record, after the last one taken. */
  takeUnreadable(): void {
    this.#fault ??= { kind: 'unreadable', sequence: (this.#last?.sequence ?? 0) + 1 };
  }

  /** Two sources have this record, and not the same. */
  takeDifferent(sequence: number): void {
    this.#fault ??= { kind: 'copies-differ', sequence };
  }

  verdict(): ChainVerdict {
    const last = this.#last ?? { sequence: 0, hash: noHash };
    const before = (this.#first?.sequence ?? 1) - 1;
    const told = this.#account.last;
    const pruned = before > 0 && told?.last === before && told.hash === this.#first?.previousHash;
    const { head } = this.#expected;
    const absent = head !== undefined && this.#knownHead === null;
    return {
      first: this.#first?.sequence ?? 0,
      last: last.sequence,
      records: this.#records,
      head: this.#last?.hash ?? null,
      pruned,
      pruning: told === undefined ? null : { ...told, shortestMs: this.#account.shortestMs ?? 0 },
      knownHead: this.#knownHead,
      headUnproven: absent && before > 0 && (head.sequence ?? 0) <= before,
      fault: this.#firstFault(last, before, pruned),
    };
  }

  #firstFault(last: { sequence: number; hash: string }, before: number, pruned: boolean): FoundFault | null {
    const seen = this.#fault;
    const told = this.#pruningFault;
    if (seen !== null) return told !== undefined && told.sequence < seen.sequence ? told : seen;
    const atEnd = this.#faultAtEnd(last, before, pruned);
    return told === undefined || atEnd?.kind === 'beginning-missing' ? atEnd : told;
  }

  #faultOf(record: AuditRecord): FoundFault | undefined {
    const { sequence } = record;
    const last = this.#last;
    if (last !== undefined && sequence <= last.sequence)
      return { kind: 'order-changed', sequence: last.sequence + 1, other: sequence };
    if (this.#sha256(auditText(record)) !== record.hash) {
      const written = this.#writtenAs(record);
      return written === undefined
        ? { kind: 'content-changed', sequence }
        : { kind: 'order-changed', sequence, other: written };
    }
    if (last !== undefined && sequence > last.sequence + 1) return { kind: 'record-missing', sequence };
    const broken: FoundFault = { kind: 'chain-broken', sequence };
    // The database notes the hash of its newest record a second time.
    const { end } = this.#expected;
    if (sequence === end?.sequence && record.hash !== end.hash) return broken;
    if (record.previousHash !== (last?.hash ?? (sequence === 1 ? noHash : record.previousHash)))
      return broken;
    const pruning = this.#account.take(record);
    if (pruning !== undefined) this.#pruningFault ??= { kind: 'pruning-false', sequence, pruning };
    return undefined;
  }

  /** The number under which a record was written that stands under another one. */
  #writtenAs(record: AuditRecord): number | undefined {
    for (let distance = 1; distance <= searchedAround; distance += 1)
      for (const sequence of [record.sequence + distance, record.sequence - distance])
        if (sequence > 0 && this.#sha256(auditText({ ...record, sequence })) === record.hash) return sequence;
    return undefined;
  }

  /** Reads on behind a gap for the records that belong there. */
  #await(record: AuditRecord, before: number): boolean {
    const place = (this.#last?.sequence ?? 0) + 1;
    if (record.sequence < place || record.sequence >= before) return true;
    this.#fault = { kind: 'order-changed', sequence: place, other: before };
    this.#awaitedBefore = undefined;
    return false;
  }

  #faultAtEnd(last: { sequence: number; hash: string }, before: number, pruned: boolean): FoundFault | null {
    const { end, head, part } = this.#expected;
    if (this.#records === 0 && (end === null || (end?.sequence ?? 0) > 0))
      return { kind: 'emptied', sequence: 1 };
    if (!part && before > 0 && !pruned) {
      const told = this.#account.last;
      return told?.last === before
        ? { kind: 'pruning-false', sequence: told.sequence, pruning: 'hash' }
        : { kind: 'beginning-missing', sequence: before + 1 };
    }
    if (end === null) return { kind: 'note-missing', sequence: last.sequence };
    if (end !== undefined && end.sequence > last.sequence)
      return { kind: 'end-missing', sequence: last.sequence + 1 };
    if (this.#foundDamaged !== undefined) return { kind: 'found-damaged', sequence: this.#foundDamaged };
    if (head === undefined || this.#knownHead !== null) return null;
    const told = this.#account.last;
    // Noted when it was young, removed as if it had been old.
    if (head.at !== undefined && head.sequence !== undefined && told !== undefined)
      if (head.sequence <= told.last && head.at >= told.before)
        return { kind: 'pruning-false', sequence: told.sequence, pruning: 'noted-later' };
    if (before > 0 && (head.sequence ?? 0) <= before) return null;
    return { kind: 'head-unknown', sequence: last.sequence };
  }
}
