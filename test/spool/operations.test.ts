import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import type { AuditActor } from '../../src/core/audit.ts';
import type { InstanceRecord } from '../../src/core/instance.ts';
import {
  discard,
  type OperationParts,
  openForOperations,
  release,
  retry,
} from '../../src/spool/operations.ts';
import { accept, bytesOf, idsOf, type OpenSpool, openSpool } from './spool-fixture.ts';

let folder = 0;
const root = t.testdir();
const freshDir = () => `${root}/${folder++}`;
const by: AuditActor = { kind: 'command-line', name: 'tester' };
const operations = [
  (parts: OperationParts, id: string) => retry(parts, id, by),
  (parts: OperationParts, id: string) => release(parts, id, { by }),
  (parts: OperationParts, id: string) => discard(parts, id, by),
];

async function heldInstance(open: OpenSpool, set: Partial<InstanceRecord>): Promise<string> {
  const { id } = await accept(open.spool, '1.2.3', bytesOf(1000));
  await open.ledger.apply([
    { id, from: ['received'], set: { state: 'held', attempts: 3, dueAt: 9e12, ...set } },
  ]);
  return id;
}

t.test('beside a running gateway', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  const beside = await openForOperations(dir);
  t.teardown(async () => {
    await beside.close();
    await open.close();
  });
  const id = await heldInstance(open, { code: 'BURNED_IN_TEXT_RISK', detail: '1', postId: 'p' });

  t.test('release accepts the reason for good and sends the instance on', async (t) => {
    await release(beside, id, { by });
    const row = await open.ledger.get(id);
    t.match(row, { state: 'received', code: null, detail: null, attempts: 0, postId: null });
    t.strictSame(row?.releasedCodes, ['BURNED_IN_TEXT_RISK']);
    const claimed = await open.ledger.claim('received', Date.now(), 5, 1000);
    t.strictSame(
      claimed.map((record) => record.id),
      [id],
      'the gateway sees it at its next claim',
    );
    await t.rejects(release(beside, id, { by }), { code: 'STATE_CONFLICT' });
  });

  t.test('a code that cannot be waived is not released, but may be retried', async (t) => {
    await open.ledger.apply([{ id, from: ['received'], set: { state: 'held', code: 'PRIVATE_SOP_CLASS' } }]);
    await t.rejects(release(beside, id, { by }), { code: 'NOT_RELEASABLE' });
    t.match(await open.ledger.get(id), { state: 'held', code: 'PRIVATE_SOP_CLASS' });
    await retry(beside, id, by);
    t.match(await open.ledger.get(id), {
      state: 'received',
      code: null,
      releasedCodes: ['BURNED_IN_TEXT_RISK'],
    });
    await t.rejects(retry(beside, id, by), { code: 'STATE_CONFLICT' });
    await t.rejects(discard(beside, id, by), { code: 'STATE_CONFLICT' });
    t.equal(await open.blobs.size(id), 1016, 'a refused discard removes nothing');
  });

  t.test('discard removes the bytes and keeps the row', async (t) => {
    await open.ledger.apply([{ id, from: ['received'], set: { state: 'failed', code: 'UNEXPECTED' } }]);
    await discard(beside, id, by);
    t.match(await open.ledger.get(id), { state: 'discarded' });
    t.strictSame(await idsOf(open.blobs), []);
    for (const operation of operations) {
      await t.rejects(operation(beside, id), { code: 'STATE_CONFLICT' });
    }
  });

  t.test('an id nobody knows', async (t) => {
    for (const operation of operations) {
      await t.rejects(operation(beside, 'nobody'), { code: 'INSTANCE_UNKNOWN' });
    }
  });

  t.test('an instance without bytes is not sent on', async (t) => {
    const other = await accept(open.spool, '1.2.4', bytesOf(10));
    await open.ledger.apply([
      { id: other.id, from: ['received'], set: { state: 'held', code: 'UNEXPECTED' } },
    ]);
    await open.blobs.remove(other.id);
    await t.rejects(retry(beside, other.id, by), { code: 'BLOB_MISSING' });
    await discard(beside, other.id, by);
  });
});

t.test('a person draws boxes; they stay through retries, and other ones take their place', async (t) => {
  const open = await openSpool(freshDir());
  t.teardown(() => open.close());
  const asked: string[] = [];
  const parts = {
    ledger: open.ledger,
    blobs: open.blobs,
    now: Date.now,
    extentOf: (path: string) => {
      asked.push(path);
      return { columns: 100, rows: 50, frames: 2 };
    },
  };
  const found = {
    boxes: [
      { frame: 1, frames: 1, left: 1, top: 1, width: 9, height: 9, source: 'ocr', reason: 'text' } as const,
    ],
    leftOut: 0,
  };
  const id = await heldInstance(open, { code: 'TEXT_LEFT_IN_PIXELS', foundBoxes: found });
  const drawn = { frame: 2, left: 0, top: 0, width: 100, height: 20 };
  await t.rejects(release(parts, id, { by, boxes: [{ ...drawn, width: 101 }] }), {
    code: 'BOXES_INVALID',
    detail: 'box 1: outside the image',
  });
  t.match(await open.ledger.get(id), {
    state: 'held',
    releasedCodes: [],
    drawnBoxes: null,
    foundBoxes: found,
  });
  await t.rejects(release(parts, id, { by, boxes: [drawn] }), {
    code: 'BOXES_INCOMPLETE',
    detail: '1 not covered',
  });
  await t.rejects(
    release(parts, id, { by, boxes: [] }),
    { code: 'BOXES_INCOMPLETE' },
    'nor is nothing enough',
  );
  t.match(await open.ledger.get(id), { state: 'held', releasedCodes: [], drawnBoxes: null });
  await release(parts, id, { by, boxes: [drawn, ...found.boxes] });
  t.strictSame(
    (await open.ledger.get(id))?.drawnBoxes,
    [drawn, { frame: 1, frames: 1, left: 1, top: 1, width: 9, height: 9 }],
    'with what was found, given back as it was shown',
  );
  await open.ledger.apply([{ id, from: ['received'], set: { state: 'held', code: 'TEXT_LEFT_IN_PIXELS' } }]);
  await release(parts, id, { by, boxes: [drawn], replaceFound: true });
  t.strictSame(asked, Array(5).fill(open.blobs.localPath(id)), 'of the very file, each time');
  t.match(await open.ledger.get(id), { state: 'received', releasedCodes: ['TEXT_LEFT_IN_PIXELS'] });
  t.strictSame((await open.ledger.get(id))?.drawnBoxes, [drawn]);

  const hold = (code: string) =>
    open.ledger.apply([{ id, from: ['received'], set: { state: 'held', code } }]);
  await hold('UNEXPECTED');
  await retry(parts, id, by);
  t.strictSame((await open.ledger.get(id))?.drawnBoxes, [drawn], 'retried');
  await hold('BURNED_IN_TEXT_RISK');
  await release(parts, id, { by });
  t.strictSame((await open.ledger.get(id))?.drawnBoxes, [drawn], 'released again without a word of boxes');
  t.strictSame((await open.ledger.get(id))?.releasedCodes, ['TEXT_LEFT_IN_PIXELS', 'BURNED_IN_TEXT_RISK']);
  await hold('BURNED_IN_TEXT_RISK');
  await release(parts, id, { by, boxes: [], replaceFound: true });
  t.strictSame((await open.ledger.get(id))?.drawnBoxes, [], 'nothing is to be blanked');
});

t.test('two people at once: one operation happens', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  const id = await heldInstance(open, { code: 'BURNED_IN_TEXT_RISK' });
  const one = await openForOperations(dir);
  const other = await openForOperations(dir);
  const results = await Promise.allSettled([release(one, id, { by }), discard(other, id, by)]);
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  const row = await open.ledger.get(id);
  t.equal(
    await open.blobs.size(id),
    row?.state === 'discarded' ? undefined : 1016,
    'bytes exactly while wanted',
  );
  await one.close();
  await other.close();
  await open.close();
});

t.test('another process changes rows while the gateway receives', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  const id = await heldInstance(open, { code: 'BURNED_IN_TEXT_RISK' });
  const script = `import { openForOperations, release } from '${new URL('../../src/spool/operations.ts', import.meta.url).href}';
    const parts = await openForOperations(process.argv[1]);
    await release(parts, process.argv[2], { by: { kind: 'command-line', name: 'other' } });
    await parts.close();`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script, dir, id], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  let ended = false;
  const exited = once(other, 'exit').then(([code]) => {
    ended = true;
    return code;
  });
  let accepted = 0;
  while (!ended) {
    await accept(open.spool, `2.${accepted}`, bytesOf(1000));
    accepted++;
  }
  t.equal(await exited, 0);
  t.match(await open.ledger.get(id), { state: 'received' });
  t.equal((await open.ledger.counts()).received.instances, accepted + 1);
  await open.close();
});

t.test(
  'a stopped gateway: the folder can be worked on; no folder is an error and none is made',
  async (t) => {
    const dir = freshDir();
    const open = await openSpool(dir);
    const id = await heldInstance(open, { code: 'UNEXPECTED' });
    await open.close();
    const parts = await openForOperations(dir);
    await retry(parts, id, by);
    await parts.close();
    const again = await openSpool(dir);
    t.match(await again.ledger.get(id), { state: 'received' });
    await again.close();
    await t.rejects(openForOperations(`${dir}-none`), { code: 'STORAGE_UNUSABLE' });
  },
);
