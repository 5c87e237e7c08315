import type { AuditRecord } from '../core/audit.ts';
import { type KeptWord, keptOf, maxPrunedAtOnce, type PrunedWord, prunedOf } from '../core/audit-pruning.ts';

/** A clock that is put right between two readings accuses nobody. */
const clockSlackMs = 3_600_000;

/** What is wrong with what the chain says of its own pruning. */
export const pruningFaults = {
  form: 'it does not say what was removed in the form this gateway uses',
  future: 'it names records that were not written yet, or were not old enough by its own clock',
  count: `it names more than ${maxPrunedAtOnce} records`,
  gap: 'it does not begin where the chain says that the trail began at that time',
  young: 'a record it names was younger than it says: the chain holds its time',
  keep: 'the gateway kept records longer at that time, by its own record',
} as const;
export type PruningFault = keyof typeof pruningFaults;

/** The last removal that a chain tells of. */
export interface ToldPruning extends PrunedWord {
  /** Record that tells of it. */
  readonly sequence: number;
  readonly at: number;
}

/**
 * Holds against each other what the records of a chain say of its beginning: each removal goes on where the one before
 * ended, and takes no record that, by what else the chain says, was too young for it. To be asked about records in order
 * whose hashes hold.
 */
export class PruningAccount {
  /** The oldest record at this point of the chain, where the chain says so, and its time. */
  #oldest: { sequence: number; at: number | undefined } | undefined;
  #keepMs: number | undefined;
  #last: ToldPruning | undefined;
  #shortestMs: number | undefined;
  #first: { sequence: number; at: number } | undefined;

  get last(): ToldPruning | undefined {
    return this.#last;
  }

  /** The shortest time after which a record was removed; undefined where none was. */
  get shortestMs(): number | undefined {
    return this.#shortestMs;
  }

  take(record: AuditRecord): PruningFault | undefined {
    const at = Date.parse(record.at);
    this.#first ??= { sequence: record.sequence, at };
    if (record.sequence === 1) this.#oldest = { sequence: 1, at };
    if (record.object.kind !== 'audit') return undefined;
    if (record.action === 'audit.pruned')
      return this.#pruned(record.sequence, at, prunedOf(record.object.id));
    if (record.action === 'audit.kept') return this.#kept(record.sequence, keptOf(record.object.id));
    return undefined;
  }

  #pruned(sequence: number, at: number, word: PrunedWord | undefined): PruningFault | undefined {
    if (word === undefined || word.first > word.last) return 'form';
    const fault = this.#faultOf(sequence, at, word);
    const keptMs = at - word.before;
    this.#oldest = { sequence: word.last + 1, at: this.#timeOf(word.last + 1) };
    this.#last = { ...word, sequence, at };
    this.#shortestMs = Math.min(this.#shortestMs ?? keptMs, keptMs);
    return fault;
  }

  #faultOf(
    sequence: number,
    at: number,
    { first, last, lastAt, before }: PrunedWord,
  ): PruningFault | undefined {
    // The newest record always stays, and the one that tells of it is newer still.
    if (last >= sequence - 1 || lastAt >= before || before > at + clockSlackMs) return 'future';
    if (last - first >= maxPrunedAtOnce) return 'count';
    const oldest = this.#oldest;
    if (oldest !== undefined && first !== oldest.sequence) return 'gap';
    if (oldest?.at !== undefined && oldest.at >= before) return 'young';
    const keepMs = this.#keepMs;
    if (keepMs !== undefined && (keepMs === 0 || at - before + clockSlackMs < keepMs)) return 'keep';
    return undefined;
  }

  #kept(sequence: number, word: KeptWord | undefined): PruningFault | undefined {
    if (word === undefined || word.sequence > sequence) return 'form';
    const oldest = this.#oldest;
    const known = oldest?.at ?? this.#timeOf(word.sequence);
    this.#oldest = { sequence: word.sequence, at: word.at };
    this.#keepMs = word.keepMs;
    if (oldest !== undefined && oldest.sequence !== word.sequence) return 'gap';
    return known !== undefined && known !== word.at ? 'young' : undefined;
  }

  #timeOf(sequence: number): number | undefined {
    return this.#first?.sequence === sequence ? this.#first.at : undefined;
  }
}
