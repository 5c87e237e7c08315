import { createHash } from 'node:crypto';
import t from 'tap';
import { mergeSources } from '../../src/audit/merge-sources.ts';
import { type ChainExpectations, ChainVerifier } from '../../src/audit/verify-chain.ts';
import { type AuditRecord, auditText, noHash } from '../../src/core/audit.ts';
import { keptId, type PrunedWord, prunedId } from '../../src/core/audit-pruning.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function sealed(record: Omit<AuditRecord, 'hash'>): AuditRecord {
  return { ...record, hash: sha256(auditText(record)) };
}

/** A chain as the ledger makes it. */
function chainOf(length: number, from = 1, previousHash = noHash): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (let sequence = from; sequence < from + length; sequence += 1) {
    records.push(
      sealed({
        sequence,
        at: new Date(1_700_000_000_000 + sequence).toISOString(),
        actor: { kind: 'ae', name: 'CT1', address: sequence % 2 === 0 ? '10.0.0.1' : null },
        action: 'instance.held',
        object: { kind: 'instance', id: `i${sequence}` },
        profileRevision: 'rev',
        outcome: 'minor-failure',
        code: 'NOT_DICOM',
        previousHash: records.at(-1)?.hash ?? previousHash,
      }),
    );
  }
  return records;
}

function judge(records: readonly AuditRecord[], expected: Partial<ChainExpectations> = {}) {
  const verifier = new ChainVerifier({ part: false, ...expected }, sha256);
  for (const record of records) if (!verifier.take(record)) break;
  return verifier.verdict();
}

const at = (records: readonly AuditRecord[], index: number): AuditRecord => {
  const record = records[index];
  if (record === undefined) throw new Error('no such record');
  return record;
};

t.test('a whole chain holds, and so does an empty one', async (t) => {
  const records = chainOf(20);
  t.match(judge(records), { records: 20, first: 1, last: 20, head: at(records, 19).hash, fault: null });
  t.match(judge([]), { records: 0, head: null, fault: null });
});

t.test('every field of a record is under its hash', async (t) => {
  const changes: readonly Partial<AuditRecord>[] = [
    { at: '2023-11-14T22:13:20.999Z' },
    { actor: { kind: 'user', name: 'CT1', address: null } },
    { actor: { kind: 'ae', name: 'CT2', address: null } },
    { actor: { kind: 'ae', name: 'CT1', address: '10.0.0.2' } },
    { action: 'instance.delivered' },
    { object: { kind: 'file', id: 'i11' } },
    { object: { kind: 'instance', id: 'i12' } },
    { profileRevision: null },
    { outcome: 'success' },
    { code: null },
    { previousHash: 'ab'.repeat(32) },
    { hash: 'ab'.repeat(32) },
  ];
  for (const change of changes) {
    const records = chainOf(20);
    records[10] = { ...at(records, 10), ...change };
    t.strictSame(judge(records).fault, { kind: 'content-changed', sequence: 11 }, JSON.stringify(change));
  }
});

t.test('a record that was rewritten with a new hash shows in the next one', async (t) => {
  const records = chainOf(20);
  records[10] = sealed({ ...at(records, 10), outcome: 'success' });
  t.strictSame(judge(records).fault, { kind: 'chain-broken', sequence: 12 });
});

t.test('records taken out, moved or doubled', async (t) => {
  const without = (from: number, count: number) =>
    chainOf(20).filter((_r, i) => i < from || i >= from + count);
  t.strictSame(judge(without(10, 1)).fault, { kind: 'record-missing', sequence: 12 });
  t.strictSame(judge(without(5, 9)).fault, { kind: 'record-missing', sequence: 15 });
  t.strictSame(judge(without(0, 3)).fault, { kind: 'beginning-missing', sequence: 4 });
  const moved = chainOf(20);
  moved.splice(4, 0, at(moved.splice(8, 1), 0));
  t.strictSame(judge(moved).fault, { kind: 'order-changed', sequence: 5, other: 9 });
  const doubled = chainOf(20);
  doubled.splice(4, 0, at(doubled, 3));
  t.strictSame(judge(doubled).fault, { kind: 'order-changed', sequence: 5, other: 4 });
  const lines = chainOf(20);
  lines.splice(7, 2, at(lines, 8), at(lines, 7));
  t.strictSame(judge(lines).fault, { kind: 'order-changed', sequence: 8, other: 9 }, 'two lines swapped');
  const swapped = chainOf(20).map((record) =>
    record.sequence === 7
      ? { ...record, sequence: 8 }
      : record.sequence === 8
        ? { ...record, sequence: 7 }
        : record,
  );
  swapped.sort((a, b) => a.sequence - b.sequence);
  t.strictSame(judge(swapped).fault, { kind: 'order-changed', sequence: 7, other: 8 }, 'two rows swapped');
  t.strictSame(
    judge(swapped.map((r) => (r.sequence === 7 ? { ...r, code: 'OTHER' } : r))).fault,
    { kind: 'content-changed', sequence: 7 },
    'and one of them changed besides',
  );
});

t.test(
  'records cut off at the end are missed by the note of the newest, and by a hash kept elsewhere',
  async (t) => {
    const records = chainOf(20);
    const end = at(records, 19);
    t.equal(judge(records.slice(0, 15)).fault, null, 'the chain alone cannot tell');
    t.strictSame(judge(records.slice(0, 15), { end }).fault, { kind: 'end-missing', sequence: 16 });
    t.strictSame(
      judge(records.slice(0, 15), { head: { hash: at(records, 17).hash } }).fault?.kind,
      'head-unknown',
    );
    t.match(judge(records, { head: { hash: at(records, 17).hash } }), { knownHead: 18, fault: null });
    t.match(judge(records, { head: { hash: noHash } }), { knownHead: 0, fault: null });
  },
);

t.test(
  'a chain that was made anew from some record on, with right hashes, lacks the head that was noted',
  async (t) => {
    const noted = chainOf(20);
    const kept = chainOf(20).slice(0, 10);
    const rewritten = [...kept, ...chainOf(11, 11, at(kept, 9).hash).map((r) => ({ ...r }))];
    t.equal(
      judge(rewritten, { head: { hash: at(noted, 19).hash } }).fault,
      null,
      'the same records make the same chain',
    );
    let previousHash = at(kept, 9).hash;
    const other = chainOf(10, 11).map((record) => {
      const made = sealed({ ...record, outcome: 'success', previousHash });
      previousHash = made.hash;
      return made;
    });
    t.equal(judge([...kept, ...other]).fault, null, 'in itself it is whole');
    t.equal(judge([...kept, ...other], { head: { hash: at(noted, 19).hash } }).fault?.kind, 'head-unknown');
    t.equal(judge([...kept, ...other], { end: at(noted, 19) }).fault?.kind, 'chain-broken');
  },
);

const dayMs = 86_400_000;

/** A chain whose records are a day apart, with what a gateway says of its beginning at record 2. */
function yearsOf(days: number, keepMs = 30 * dayMs): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (let sequence = 1; sequence <= days; sequence += 1)
    records.push(
      told(
        records,
        sequence === 2 ? { action: 'audit.kept', id: keptId({ sequence: 1, at: timeOf(1), keepMs }) } : {},
      ),
    );
  return records;
}

const timeOf = (sequence: number): number => 1_700_000_000_000 + sequence * dayMs;

/** The record that follows, of the day it belongs to. */
function told(
  records: readonly AuditRecord[],
  { action = 'instance.received', id = 'i' }: { action?: string; id?: string },
  at?: number,
): AuditRecord {
  const last = records.at(-1);
  const sequence = (last?.sequence ?? 0) + 1;
  return sealed({
    sequence,
    at: new Date(at ?? timeOf(sequence)).toISOString(),
    actor: { kind: 'gateway', name: 'sallyport', address: null },
    action,
    object: { kind: action.startsWith('audit.') ? 'audit' : 'instance', id },
    profileRevision: null,
    outcome: 'success',
    code: null,
    previousHash: last?.hash ?? noHash,
  });
}

/** The chain with a removal of its first records recorded, and without them. */
function pruned(records: readonly AuditRecord[], last: number, change: Partial<PrunedWord> = {}, first = 1) {
  const gone = records.find(({ sequence }) => sequence === last);
  const word = {
    first,
    last,
    hash: gone?.hash ?? '',
    lastAt: timeOf(last),
    before: timeOf(last) + 1,
    ...change,
  };
  const all = [...records, told(records, { action: 'audit.pruned', id: prunedId(word) })];
  return { all, rest: all.filter(({ sequence }) => sequence > last) };
}

t.test('a pruned chain begins where a record of it says', async (t) => {
  const whole = yearsOf(60);
  const { all, rest } = pruned(whole, 8);
  t.match(judge(rest), { first: 9, last: 61, pruned: true, fault: null });
  t.match(judge(rest).pruning, { sequence: 61, first: 1, last: 8, shortestMs: 53 * dayMs - 1 });
  const twice = pruned(rest, 20, {}, 9);
  t.match(judge(twice.rest), { first: 21, last: 62, pruned: true, fault: null });
  t.match(
    judge(rest, { head: { hash: at(whole, 7).hash } }),
    { knownHead: 8, fault: null, headUnproven: false },
    'the last that was pruned is known',
  );
  t.match(judge(all, { part: true }), { first: 1, last: 61, fault: null }, 'with a copy of what was removed');
  t.strictSame(judge(rest.slice(2)).fault, { kind: 'beginning-missing', sequence: 11 });
  t.strictSame(judge(whole.slice(8)).fault, { kind: 'beginning-missing', sequence: 9 });
  t.match(judge(whole.slice(8), { part: true }), { pruned: false, fault: null }, 'a part may begin anywhere');
});

t.test('a removal that was put in afterwards contradicts what the chain says besides', async (t) => {
  const whole = yearsOf(60);
  const false1 = (change: Partial<PrunedWord>, last = 8, first?: number) =>
    judge(pruned(whole, last, change, first).rest).fault;
  const at61 = { kind: 'pruning-false', sequence: 61 } as const;
  t.strictSame(false1({ hash: 'ab'.repeat(32) }), { ...at61, pruning: 'hash' });
  t.strictSame(false1({ before: timeOf(62) }), { ...at61, pruning: 'future' }, 'of tomorrow');
  t.strictSame(false1({ lastAt: timeOf(9) }), { ...at61, pruning: 'future' });
  t.strictSame(false1({}, 60), { ...at61, pruning: 'future' }, 'the newest always stays');
  const old = '{"sequence":8}';
  const noForm = [...whole, told(whole, { action: 'audit.pruned', id: old })];
  t.match(judge(noForm).fault, { kind: 'pruning-false', sequence: 61, pruning: 'form' });

  // The gateway of record 2 is left: it says where the trail began, when, and how long it keeps records.
  const from = (change: Partial<PrunedWord>, last: number, first: number) =>
    judge(pruned(whole, last, change, first).all).fault;
  t.strictSame(from({}, 8, 3), { ...at61, pruning: 'gap' }, 'it leaves records out');
  t.strictSame(
    from({ lastAt: timeOf(-2000), before: timeOf(-1000) }, 8, 1),
    { ...at61, pruning: 'young' },
    'it says that they were older than the oldest there was',
  );
  t.strictSame(
    from({ lastAt: timeOf(40), before: timeOf(41) }, 40, 1),
    { ...at61, pruning: 'keep' },
    'twenty days old, where thirty are kept',
  );
  const forEver = yearsOf(60, 0);
  t.strictSame(judge(pruned(forEver, 8).all).fault, { ...at61, pruning: 'keep' });
});

t.test('what a start says of the beginning has to fit what is there', async (t) => {
  const whole = yearsOf(60);
  const { rest } = pruned(whole, 8);
  const start = (sequence: number, atMs: number) =>
    judge([
      ...rest,
      told(rest, { action: 'audit.kept', id: keptId({ sequence, at: atMs, keepMs: 30 * dayMs }) }),
    ]).fault;
  t.equal(start(9, timeOf(9)), null);
  t.strictSame(start(9, timeOf(9) - 1), { kind: 'pruning-false', sequence: 62, pruning: 'young' });
  t.strictSame(start(1, timeOf(1)), { kind: 'pruning-false', sequence: 62, pruning: 'gap' });
});

t.test('a head from before what is kept is not proven, unless what was removed is there too', async (t) => {
  const whole = yearsOf(60);
  const { all, rest } = pruned(whole, 8);
  const noted = at(whole, 4);
  t.match(judge(rest, { head: { hash: noted.hash } }), { fault: null, knownHead: null, headUnproven: true });
  t.match(judge(rest, { head: { hash: noted.hash, sequence: 5 } }), { fault: null, headUnproven: true });
  t.match(judge(all, { head: { hash: noted.hash } }), { fault: null, knownHead: 5, headUnproven: false });
  t.match(
    judge(rest, { head: { hash: 'ab'.repeat(32), sequence: 12 } }),
    { fault: { kind: 'head-unknown' }, headUnproven: false },
    'one that should be there and is not is a fault',
  );
  t.match(
    judge(rest, { head: { hash: noted.hash, sequence: 5, at: timeOf(20) } }).fault,
    { kind: 'pruning-false', sequence: 61, pruning: 'noted-later' },
    'a record of day 20 was removed as older than day 8',
  );
});

t.test('a trail whose records or note are gone is named as that', async (t) => {
  const records = chainOf(20);
  t.strictSame(judge([], { end: at(records, 19) }).fault, { kind: 'emptied', sequence: 1 });
  t.strictSame(judge([], { end: null }).fault, { kind: 'emptied', sequence: 1 });
  t.strictSame(judge(records, { end: null }).fault, { kind: 'note-missing', sequence: 20 });
  t.equal(judge([], { end: { sequence: 0, hash: noHash } }).fault, null, 'a new one has none');
  const found = [...records, told(records, { action: 'audit.damaged', id: 'end' })];
  t.strictSame(judge(found).fault, { kind: 'found-damaged', sequence: 21 }, 'once found, never whole again');
});

t.test('copies join up to one chain, and what two of them have has to be the same', async (t) => {
  const whole = chainOf(30);
  const read = async (...sources: AuditRecord[][]) => {
    const verifier = new ChainVerifier({ part: true }, sha256);
    for await (const record of mergeSources(sources)) {
      if (record === 'unreadable') verifier.takeUnreadable();
      else if ('differs' in record) verifier.takeDifferent(record.differs);
      else verifier.take(record);
    }
    return verifier.verdict();
  };
  const cut = (from: number, to: number) => whole.slice(from - 1, to);
  t.match(await read(cut(21, 30), cut(1, 10), cut(8, 22)), { first: 1, last: 30, records: 30, fault: null });
  t.match((await read(cut(1, 10), cut(12, 30))).fault, { kind: 'record-missing', sequence: 12 });
  const other = chainOf(30, 1, noHash).map((r) => ({ ...r }));
  let previousHash = at(other, 4).hash;
  const rewritten = other.slice(5).map((record) => {
    const made = sealed({ ...record, outcome: 'success', previousHash });
    previousHash = made.hash;
    return made;
  });
  t.match((await read(cut(1, 10), rewritten)).fault, { kind: 'copies-differ', sequence: 6 });
  t.match((await read(cut(1, 5), rewritten)).fault, null, 'they follow one another');
  t.match((await read(cut(1, 6), rewritten.slice(1))).fault, { kind: 'chain-broken', sequence: 7 });
  t.match(await read(), { records: 0, fault: null });
});
