import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { maxAttempts } from '../../src/files/file-shelf.ts';
import type { FileOutcome } from '../../src/files/file-work.ts';
import { waitFor } from '../support/run.ts';
import { ann, bench, deidentified, pieces, textOf, upperCase } from './shelf.ts';

const names = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'incoming');

t.test('an upload stays as it came, and has a result of its own once it is asked for', async (t) => {
  const folder = join(t.testdir(), 'files');
  const { shelf, put, settled, audited } = bench(folder);
  await shelf.start();
  t.teardown(() => shelf.stop());
  const upload = await put('doe^jane', false);
  t.match(shelf.get(upload.id), { kind: 'upload', state: 'completed', bytes: 8, studyType: 'CT' });
  t.equal(await textOf(shelf, upload), 'doe^jane');
  t.equal(shelf.stateOf(upload).state, 'completed');

  const result = await shelf.anonymize(upload, ann);
  t.not(result.id, upload.id);
  const done = await settled(result.id);
  t.match(done, { kind: 'result', state: 'completed', originalId: upload.id, bytes: 8 });
  t.equal(await textOf(shelf, done), 'DOE^JANE');
  t.equal(await textOf(shelf, upload), 'doe^jane', 'the upload is still there');
  t.same(
    audited.map(({ action, object, profileRevision }) => [action, object.id, profileRevision]),
    [
      ['file.uploaded', upload.id, undefined],
      ['file.anonymized', upload.id, 'r1'],
      ['file.anonymized', result.id, 'r1'],
    ],
  );
  t.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of names(folder))
    t.equal(statSync(join(folder, name)).mode & 0o077, 0, 'for its owner alone');
  for (const name of names(folder).filter((each) => each.endsWith('.json')))
    t.notMatch(readFileSync(join(folder, name), 'utf8'), /doe/i);
});

t.test('with anonymize, the file as it came goes as soon as it is de-identified', async (t) => {
  const folder = join(t.testdir(), 'files');
  const { shelf, put, settled, audited } = bench(folder);
  await shelf.start();
  t.teardown(() => shelf.stop());
  const told = await put('doe^jane', true);
  t.match(told, { kind: 'result', state: 'processing' });
  const done = await settled(told.id);
  t.equal(await textOf(shelf, done), 'DOE^JANE');
  await shelf.stop();
  t.same(names(folder).sort(), [`${told.id}.dcm`, `${told.id}.json`].sort());
  t.same(
    audited.map(({ action, object }) => [action, object.id]),
    [
      ['file.uploaded', told.id],
      ['file.anonymized', told.id],
      ['file.erased', told.id],
    ],
  );
});

t.test('what is held fails with its code, and neither form of it stays', async (t) => {
  const folder = join(t.testdir(), 'files');
  const held = async (): Promise<FileOutcome> => ({
    outcome: 'held',
    code: 'BURNED_IN_TEXT_RISK',
    detail: 'US',
    boxes: [],
  });
  const { shelf, put, settled, audited, events } = bench(folder, {}, held);
  await shelf.start();
  const told = await put('doe^jane', true);
  const failed = await settled(told.id);
  t.match(failed, { state: 'failed', code: 'BURNED_IN_TEXT_RISK', detail: 'US', bytes: 0 });
  await t.rejects(shelf.open(failed), { code: 'BLOB_MISSING' });
  await shelf.stop();
  t.same(names(folder), [`${told.id}.json`]);
  t.match(audited.at(-2), {
    action: 'file.anonymized',
    outcome: 'minor-failure',
    code: 'BURNED_IN_TEXT_RISK',
  });
  t.match(audited.at(-1), { action: 'file.erased', actor: { kind: 'gateway' }, object: { id: told.id } });
  t.ok(events.includes('file.failed'));
});

t.test('work that rejects, or leaves the header, fails; a busy pool is waited for', async (t) => {
  let calls = 0;
  const { shelf, put, settled } = bench(join(t.testdir(), 'files'), {}, async (order) => {
    calls += 1;
    if (calls === 1) throw new SallyportError('WORKERS_BUSY');
    if (calls === 2) return upperCase(order);
    if (calls === 3) throw new SallyportError('WORKER_CRASHED');
    writeFileSync(order.output, 'doe');
    return { outcome: 'redacted', boxes: [], bytes: 3 };
  });
  await shelf.start();
  t.teardown(() => shelf.stop());
  const first = await put('a', true);
  t.equal((await settled(first.id)).state, 'completed');
  t.equal(calls, 2);
  const second = await put('b', true);
  t.match(await settled(second.id), { state: 'failed', code: 'WORKER_CRASHED' });
  const third = await put('c', true);
  t.match(await settled(third.id), { state: 'failed', code: 'DEIDENTIFICATION_FAILED' });
});

t.test('a second wish to de-identify meets the one that is going on', async (t) => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { shelf, put, settled } = bench(join(t.testdir(), 'files'), {}, async (order) => {
    await gate;
    return upperCase(order);
  });
  await shelf.start();
  t.teardown(() => shelf.stop());
  const upload = await put('a', false);
  const [one, two] = await Promise.all([shelf.anonymize(upload, ann), shelf.anonymize(upload, ann)]);
  t.equal(one.id, two.id);
  t.equal(shelf.stateOf(upload).state, 'processing', 'the upload tells of it');
  t.same(shelf.source(one), { ...shelf.source(upload), identified: true });
  go();
  await settled(one.id);
  const again = await shelf.anonymize(upload, ann);
  t.not(again.id, one.id);
  await settled(again.id);
});

t.test("files go when their time is over, uploads sooner, and are nobody's at that moment", async (t) => {
  const folder = join(t.testdir(), 'files');
  const { shelf, put, settled, audited, clock } = bench(folder);
  await shelf.start();
  t.teardown(() => shelf.stop());
  const upload = await put('a', false);
  const result = await shelf.anonymize(upload, ann);
  await settled(result.id);
  clock.now += 29_999;
  t.ok(shelf.get(upload.id));
  clock.now += 1;
  t.throws(() => shelf.get(upload.id), { code: 'FILE_UNKNOWN' });
  t.ok(shelf.get(result.id));
  await shelf.sweep();
  t.same(names(folder).sort(), [`${result.id}.dcm`, `${result.id}.json`].sort());
  t.match(audited.at(-1), { action: 'file.expired', actor: { kind: 'gateway' }, object: { id: upload.id } });
  const open = await shelf.open(shelf.get(result.id));
  clock.now += 30_000;
  t.throws(() => shelf.get(result.id), { code: 'FILE_UNKNOWN' });
  await shelf.sweep();
  t.same(names(folder), []);
  t.equal(await open.readFile('utf8'), 'A', 'who has begun to read goes on');
  await open.close();
});

t.test('an upload at work is not removed under it', async (t) => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { shelf, put, settled, clock } = bench(join(t.testdir(), 'files'), {}, async (order) => {
    await gate;
    return upperCase(order);
  });
  await shelf.start();
  t.teardown(() => shelf.stop());
  const upload = await put('a', false);
  const result = await shelf.anonymize(upload, ann);
  clock.now += 50_000;
  await shelf.sweep();
  go();
  t.equal((await settled(result.id)).state, 'completed');
});

t.test('number, bytes and free space are limited, and what is refused leaves nothing', async (t) => {
  const folder = join(t.testdir(), 'files');
  const few = bench(folder, { maxFiles: 2, maxBytes: 25_000 });
  await few.shelf.start();
  const upload = await few.put('x'.repeat(10_000), false);
  await t.rejects(few.put('x'.repeat(20_000), false), { code: 'FILES_FULL', detail: 'bytes' });
  await t.rejects(few.put('x', true), { code: 'FILES_FULL', detail: 'files' }, 'two records are needed');
  await few.put('x', false);
  await t.rejects(few.put('x', false), { code: 'FILES_FULL', detail: 'files' });
  await t.rejects(few.shelf.anonymize(upload, ann), { code: 'FILES_FULL' });
  few.clock.now += 30_000;
  await few.shelf.sweep();
  t.ok(await few.put('x'.repeat(25_000), false), 'all room is given back');
  t.same(readdirSync(join(folder, 'incoming')), []);
  await few.shelf.stop();

  const full = bench(join(t.testdir(), 'full'), { reserveBytes: 2 ** 50 });
  await full.shelf.start();
  t.teardown(() => full.shelf.stop());
  await t.rejects(full.put('x', false), { code: 'STORAGE_FULL' });
});

t.test('room for the result is promised with the upload', async (t) => {
  const { shelf, put, settled } = bench(join(t.testdir(), 'files'), { maxBytes: 15_000 });
  await shelf.start();
  t.teardown(() => shelf.stop());
  await t.rejects(put('x'.repeat(10_000), true), { code: 'FILES_FULL' });
  const small = await put('x'.repeat(7_000), true);
  await settled(small.id);
});

t.test('an upload whose sender goes away leaves nothing', async (t) => {
  const folder = join(t.testdir(), 'files');
  const { shelf } = bench(folder);
  await shelf.start();
  t.teardown(() => shelf.stop());
  const gone = new AbortController();
  async function* dying(): AsyncGenerator<Uint8Array> {
    yield* pieces('x'.repeat(5000));
    throw new SallyportError('CLIENT_GONE');
  }
  await t.rejects(shelf.temporary.receive(dying(), { signal: gone.signal }), { code: 'CLIENT_GONE' });
  gone.abort();
  await t.rejects(shelf.temporary.receive(pieces('x'), { signal: gone.signal }), { code: 'CANCELLED' });
  t.same(readdirSync(join(folder, 'incoming')), []);
});

t.test('what cannot be recorded is not done', async (t) => {
  const folder = join(t.testdir(), 'files');
  let broken = true;
  const { shelf, put, settled } = bench(folder, {}, upperCase, () => broken);
  await shelf.start();
  t.teardown(() => shelf.stop());
  await t.rejects(put('a', true));
  t.same(names(folder), []);
  broken = false;
  const upload = await put('a', false);
  broken = true;
  const result = await shelf.anonymize(upload, ann);
  t.equal((await settled(result.id)).state, 'failed');
});

t.test('so many are worked on at once', async (t) => {
  let [at, most] = [0, 0];
  const { shelf, put, settled } = bench(join(t.testdir(), 'files'), {}, async (order) => {
    at += 1;
    most = Math.max(most, at);
    await new Promise((resolve) => setTimeout(resolve, 20));
    at -= 1;
    return upperCase(order);
  });
  await shelf.start();
  t.teardown(() => shelf.stop());
  const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => put(text, true)));
  for (const { id } of all) t.equal((await settled(id)).state, 'completed');
  t.equal(most, 2);
});

t.test('stopping leaves the work to the next start', async (t) => {
  const folder = join(t.testdir(), 'files');
  const first = bench(
    folder,
    {},
    (_order, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new SallyportError('CANCELLED')));
      }),
  );
  await first.shelf.start();
  const told = await first.put('doe', true);
  const waiting = await Promise.all(['a', 'b', 'c'].map((text) => first.put(text, true)));
  await first.shelf.stop();
  await t.rejects(first.put('z', true), { code: 'SHUTTING_DOWN' });
  const second = bench(folder);
  await second.shelf.start();
  t.teardown(() => second.shelf.stop());
  for (const { id } of [told, ...waiting])
    t.match(await second.settled(id), { state: 'completed', attempts: 1 });
  t.equal(await textOf(second.shelf, second.shelf.get(told.id)), 'DOE');
});

t.test('what an ended process left is mended, or removed', async (t) => {
  const folder = join(t.testdir(), 'files');
  const first = bench(folder);
  await first.shelf.start();
  const kept = await first.put('kept', false);
  const cut = await first.put('cut!', false);
  const done = await first.put('done', true);
  const lost = await first.put('lost', true);
  for (const { id } of [done, lost]) await first.settled(id);
  await first.shelf.stop();
  const at = (name: string): string => join(folder, name);
  writeFileSync(at(`${cut.id}.dcm`), 'cu');
  writeFileSync(at(`${lost.id}.dcm`), 'los');
  writeFileSync(at('without-a-record.dcm'), 'doe^jane');
  writeFileSync(at('incoming/half'), 'doe^ja');
  writeFileSync(at(`${'A'.repeat(27)}.json`), '{"id":');
  writeFileSync(at(`${'A'.repeat(27)}.dcm`), 'doe^jane');
  writeFileSync(at(`${done.id}.json.new`), '{');
  // Work in every kind of unfinished state, from the record of one that is done.
  const record = JSON.parse(readFileSync(at(`${done.id}.json`), 'utf8'));
  const unfinished = (id: string, more: object): void =>
    writeFileSync(
      at(`${id}.json`),
      JSON.stringify({ ...record, id, state: 'processing', bytes: 0, originalId: kept.id, ...more }),
    );
  const [named, often, orphan] = ['B', 'C', 'D'].map((letter) => letter.repeat(27)) as [
    string,
    string,
    string,
  ];
  unfinished(named, {});
  writeFileSync(at(`${named}.dcm`), 'KE');
  unfinished(often, { attempts: maxAttempts });
  unfinished(orphan, { originalId: 'E'.repeat(27) });
  const hidden = 'F'.repeat(27);
  writeFileSync(
    at(`${hidden}.json`),
    JSON.stringify({ ...record, id: hidden, kind: 'upload', originalId: null, hidden: true, bytes: 3 }),
  );
  writeFileSync(at(`${hidden}.dcm`), 'doe');

  const second = bench(folder);
  await second.shelf.start();
  t.equal(await textOf(second.shelf, second.shelf.get(kept.id)), 'kept');
  t.throws(() => second.shelf.get(cut.id), { code: 'FILE_UNKNOWN' }, 'an upload that is not whole is gone');
  t.equal(await textOf(second.shelf, second.shelf.get(done.id)), 'DONE');
  t.match(second.shelf.get(lost.id), { state: 'failed', code: 'BLOB_MISSING' });
  t.equal(await textOf(second.shelf, await second.settled(named)), 'KEPT', 'made again');
  t.match(second.shelf.get(often), { state: 'failed', code: 'WORKER_CRASHED' }, 'given up');
  t.match(second.shelf.get(orphan), { state: 'failed', code: 'BLOB_MISSING' });
  await second.shelf.stop();
  t.same(
    names(folder).sort(),
    [kept, done, { id: named }]
      .flatMap(({ id }) => [`${id}.dcm`, `${id}.json`])
      .concat([lost.id, often, orphan].map((id) => `${id}.json`))
      .sort(),
  );
});

t.test('a result counts as it is, not as it was promised', async (t) => {
  const folder = join(t.testdir(), 'files');
  const { shelf, put, settled } = bench(folder, { maxBytes: 10_000 }, async ({ output }) => {
    writeFileSync(output, 'x');
    return { ...deidentified, bytes: 1 };
  });
  await shelf.start();
  t.teardown(() => shelf.stop());
  for (let count = 0; count < 5; count += 1) {
    const told = await put('y'.repeat(4_900), true);
    await settled(told.id);
    // Its upload goes right after.
    await waitFor('the upload to go', () => readdirSync(folder).length === 1 + 2 * (count + 1));
    await wait(20);
  }
});
