import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { asSallyportError } from '../../src/core/errors.ts';
import type { InstanceRecord, InstanceState } from '../../src/core/instance.ts';
import { discard, release, retry } from '../../src/spool/operations.ts';
import { Retention, watchedByRetention } from '../../src/spool/retention.ts';
import { accept, blobOf, bytesOf, idsOf, openSpool } from './spool-fixture.ts';

let folder = 0;
const root = t.testdir();

const send = fc.record({
  do: fc.constant('send' as const),
  uid: fc.integer({ min: 1, max: 3 }),
  content: fc.integer({ min: 1, max: 3 }),
});
const work = fc.record({
  do: fc.constantFrom('deliver' as const, 'hold' as const, 'fail' as const),
  limit: fc.integer({ min: 1, max: 4 }),
});
const person = fc.record({
  do: fc.constantFrom('release' as const, 'retry' as const, 'discard' as const),
  pick: fc.nat(20),
});
const upkeep = fc.record({ do: fc.constantFrom('round' as const, 'restart' as const) });
/** Steps of one group run at the same time; groups follow one another. */
const story = fc.array(
  fc.array(fc.oneof({ weight: 3, arbitrary: send }, work, person, upkeep), { maxLength: 6 }),
  {
    maxLength: 8,
  },
);

const contentOf = (content: number) => bytesOf(3000 + content, content);
const outcomes = { deliver: 'delivered', hold: 'held', fail: 'failed' } as const;
const allowed = new Set(['INSTANCE_UNKNOWN', 'STATE_CONFLICT', 'NOT_RELEASABLE', 'BLOB_MISSING']);

t.test('whatever happens at the same time, every Success stands for one whole instance', async (t) => {
  await fc.assert(
    fc.asyncProperty(story, fc.constantFrom('hold' as const, 'revision' as const), async (groups, policy) => {
      const dir = `${root}/${folder++}`;
      const open = () => openSpool(dir, { duplicateContent: policy });
      let current = await open();
      const answered = new Map<string, number>();
      for (const group of groups) {
        const { spool, ledger: plain, blobs } = current;
        const options = { ledger: plain, blobs, emit: () => undefined, now: Date.now, keepDeliveredMs: 0 };
        const retention = new Retention({ ...options, forgetAfterMs: 1e12, intervalMs: 1e8 });
        const parts = { ledger: watchedByRetention(plain, retention), blobs, now: Date.now };
        const steps = group.map(async (step) => {
          switch (step.do) {
            case 'send': {
              const { id } = await accept(spool, `1.${step.uid}`, contentOf(step.content));
              answered.set(id, step.content);
              return;
            }
            case 'deliver':
            case 'hold':
            case 'fail': {
              const state: InstanceState = outcomes[step.do];
              const claimed = await parts.ledger.claim('received', Date.now() + 1, step.limit, 60_000);
              const set = { state, code: 'BURNED_IN_TEXT_RISK', updatedAt: Date.now() };
              await parts.ledger.apply(claimed.map(({ id }) => ({ id, from: ['received'] as const, set })));
              return;
            }
            case 'round':
              return await retention.round();
            case 'restart':
              return;
            default: {
              const rows = await parts.ledger.list({ limit: 100 });
              const id = rows[step.pick % Math.max(1, rows.length)]?.id ?? 'none';
              const by = { kind: 'command-line', name: 'tester' } as const;
              const operation = {
                release: () => release(parts, id, { by }),
                retry: () => retry(parts, id, by),
                discard: () => discard(parts, id, by),
              }[step.do];
              await operation().catch((thrown: unknown) => {
                if (!allowed.has(asSallyportError(thrown).code)) throw thrown;
              });
            }
          }
        });
        await Promise.all(steps);
        await retention.settled();
        if (!group.some((step) => step.do === 'restart')) continue;
        await current.close();
        current = await open();
      }
      await verify(current, answered);
      await current.close();
    }),
    { numRuns: 40, endOnFailure: true },
  );
  t.ok(folder >= 40);
});

async function verify(
  { ledger, blobs, heard }: Awaited<ReturnType<typeof openSpool>>,
  answered: Map<string, number>,
) {
  const rows = await ledger.list({ limit: 1000 });
  const wanted = rows.filter(({ state }) => state !== 'delivered' && state !== 'discarded');
  const problems: string[] = [];
  const byId = new Map(rows.map((row): [string, InstanceRecord] => [row.id, row]));
  for (const [id, content] of answered) {
    const row = byId.get(id);
    if (row === undefined) problems.push(`no row for a Success: ${id}`);
    else if (row.sizeBytes !== blobOf(contentOf(content)).length) problems.push(`other content: ${id}`);
  }
  for (const { id } of rows) if (!answered.has(id)) problems.push(`a row nobody was told of: ${id}`);
  if ((await idsOf(blobs)).join() !== wanted.map(({ id }) => id).join())
    problems.push('blobs are not those wanted');
  for (const { id } of wanted) {
    const expected = blobOf(contentOf(answered.get(id) ?? 0));
    if (!readFileSync(blobs.localPath(id)).equals(expected)) problems.push(`bytes differ: ${id}`);
  }
  const revisions = new Set(rows.map((row) => `${row.instanceKey} ${row.revision}`));
  if (revisions.size !== rows.length) problems.push('a revision twice');
  if (heard.some(({ name }) => name === 'spool.blobMissing')) problems.push('a blob went missing');
  const counts = await ledger.counts();
  const total = Object.values(counts).reduce((sum, count) => sum + count.instances, 0);
  if (total !== rows.length) problems.push('counts are wrong');
  if (problems.length > 0) throw new Error(problems.join('; '));
}
