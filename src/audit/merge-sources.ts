import type { AuditRecord } from '../core/audit.ts';

/** What one source has: records in the order of their numbers, and `'unreadable'` in place of what is none. */
export type AuditSourceOf = AsyncIterable<AuditRecord | 'unreadable'> | Iterable<AuditRecord | 'unreadable'>;

export type MergedRecord = AuditRecord | 'unreadable' | { readonly differs: number };

/**
 * The records of several exports, and of the trail itself, as one run of numbers: what two of them have is taken once, and
 * has to be the same. Each source has to hold in itself (`ChainVerifier`); memory of one record of each.
 */
export async function* mergeSources(sources: readonly AuditSourceOf[]): AsyncGenerator<MergedRecord> {
  const readers = sources.map((source) =>
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator](),
  );
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    for (;;) {
      const present = heads.flatMap(({ done, value }, at) => (done === true ? [] : [{ value, at }]));
      if (present.length === 0) return;
      if (present.some(({ value }) => value === 'unreadable')) {
        yield 'unreadable';
        return;
      }
      const records = present.flatMap(({ value, at }) => (value === 'unreadable' ? [] : [{ value, at }]));
      const sequence = Math.min(...records.map(({ value }) => value.sequence));
      const same = records.filter(({ value }) => value.sequence === sequence);
      const [one] = same;
      if (one === undefined) return;
      if (same.some(({ value }) => value.hash !== one.value.hash)) {
        yield { differs: sequence };
        return;
      }
      yield one.value;
      for (const { at } of same) {
        const reader = readers[at];
        if (reader !== undefined) heads[at] = await reader.next();
      }
    }
  } finally {
    for (const reader of readers) await reader.return?.(undefined);
  }
}
