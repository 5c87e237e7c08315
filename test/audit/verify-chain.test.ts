import { createHash } from 'node:crypto';
import t from 'tap';
import { type ChainExpectations, ChainVerifier } from '../../src/audit/verify-chain.ts';
import { type AuditRecord, auditText, noHash } from '../../src/core/audit.ts';

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
  t.strictSame(judge(moved).fault, { kind: 'record-missing', sequence: 9 });
  const doubled = chainOf(20);
  doubled.splice(4, 0, at(doubled, 3));
  t.strictSame(judge(doubled).fault, { kind: 'order-changed', sequence: 4 });
  const swapped = chainOf(20).map((record) =>
    record.sequence === 7
      ? { ...record, sequence: 8 }
      : record.sequence === 8
        ? { ...record, sequence: 7 }
        : record,
  );
  swapped.sort((a, b) => a.sequence - b.sequence);
  t.strictSame(judge(swapped).fault, { kind: 'content-changed', sequence: 7 });
});

t.test(
  'records cut off at the end are missed by the note of the newest, and by a hash kept elsewhere',
  async (t) => {
    const records = chainOf(20);
    const end = at(records, 19);
    t.equal(judge(records.slice(0, 15)).fault, null, 'the chain alone cannot tell');
    t.strictSame(judge(records.slice(0, 15), { end }).fault, { kind: 'end-missing', sequence: 16 });
    t.strictSame(judge(records.slice(0, 15), { head: at(records, 17).hash }).fault?.kind, 'head-unknown');
    t.match(judge(records, { head: at(records, 17).hash }), { knownHead: 18, fault: null });
    t.match(judge(records, { head: noHash }), { knownHead: 0, fault: null });
  },
);

t.test(
  'a chain that was made anew from some record on, with right hashes, lacks the head that was noted',
  async (t) => {
    const noted = chainOf(20);
    const kept = chainOf(20).slice(0, 10);
    const rewritten = [...kept, ...chainOf(11, 11, at(kept, 9).hash).map((r) => ({ ...r }))];
    t.equal(
      judge(rewritten, { head: at(noted, 19).hash }).fault,
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
    t.equal(judge([...kept, ...other], { head: at(noted, 19).hash }).fault?.kind, 'head-unknown');
    t.equal(judge([...kept, ...other], { end: at(noted, 19) }).fault?.kind, 'chain-broken');
  },
);

t.test('a pruned chain begins where a record of it says', async (t) => {
  const whole = chainOf(20);
  const pruned = sealed({
    ...at(whole, 0),
    sequence: 21,
    action: 'audit.pruned',
    object: { kind: 'audit', id: `8:${at(whole, 7).hash}` },
    previousHash: at(whole, 19).hash,
  });
  const rest = [...whole.slice(8), pruned];
  t.match(judge(rest), { first: 9, last: 21, pruned: true, fault: null });
  t.match(
    judge(rest, { head: at(whole, 7).hash }),
    { knownHead: 8, fault: null },
    'the last that was pruned is known',
  );
  t.strictSame(judge(rest.slice(2)).fault, { kind: 'beginning-missing', sequence: 11 });
  t.strictSame(judge(whole.slice(8)).fault, { kind: 'beginning-missing', sequence: 9 });
  t.match(judge(whole.slice(8), { part: true }), { pruned: false, fault: null }, 'a part may begin anywhere');
});
