import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import type { Ledger } from '../../src/spool/backend.ts';
import { FileBlobStore } from '../../src/spool/blobs-files.ts';
import { newInstanceId } from '../../src/spool/ids.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { SqliteEngine } from '../../src/spool/sqlite-engine.ts';
import { accept, aRecord, bytesOf, idsOf, openSpool, originOf } from './spool-fixture.ts';

/** Takes descriptors that were just given back, looks whether they stay ours, and closes them. */
async function descriptorsSurvive(work: () => Promise<void>): Promise<boolean> {
  const taken = Array.from({ length: 8 }, () => openSync('/dev/null', 'r'));
  await work();
  await sleep(20);
  const alive = taken.filter((descriptor) => {
    try {
      closeSync(descriptor);
      return true;
    } catch {
      return false;
    }
  });
  return alive.length === taken.length;
}

t.test('a descriptor is closed once, whatever fails and whoever aborts again', async (t) => {
  const blobs = new FileBlobStore(t.testdir());
  const writer = await blobs.create(newInstanceId(Date.now()));
  await writer.write(bytesOf(10));
  await writer.abort();
  await sleep(20);
  t.ok(await descriptorsSurvive(() => writer.abort()), 'aborted twice');
  const committed = await blobs.create(newInstanceId(Date.now()));
  await committed.commit();
  await sleep(20);
  t.ok(await descriptorsSurvive(() => committed.abort()), 'aborted after a commit');
  await blobs.close();
});

t.test('an instance whose row cannot be written can be aborted without harm', async (t) => {
  const dir = t.testdir();
  const real = await SqliteLedger.open(dir);
  const failing: Ledger = Object.assign(real, {
    insert: () => Promise.reject(new SallyportError('STORAGE_FAILED')),
    get: () => Promise.reject(new SallyportError('STORAGE_FAILED')),
  });
  const opened = await openSpool(dir, { ledger: failing });
  const incoming = await opened.spool.begin(originOf('1.2.3'), new Uint8Array(16));
  await incoming.write(bytesOf(1000));
  await t.rejects(incoming.commit(), { code: 'STORAGE_FAILED' });
  await sleep(20);
  t.ok(await descriptorsSurvive(() => incoming.abort()));
  t.equal(
    (await idsOf(opened.blobs)).length,
    1,
    'the ledger could not say whether there is a row: the blob stays',
  );
  await opened.close();
  await real.close();
});

t.test('folders that were removed and made again are used again', async (t) => {
  const dir = t.testdir();
  const { spool, blobs, close } = await openSpool(dir);
  await accept(spool, '1', bytesOf(100));
  for (const folder of ['blobs', 'incoming']) rmSync(join(dir, folder), { recursive: true });
  await t.rejects(accept(spool, '2', bytesOf(100)), { code: 'STORAGE_FAILED' });
  for (const folder of ['blobs', 'incoming']) mkdirSync(join(dir, folder));
  // One attempt at most meets what was kept open of the folders that are gone.
  await accept(spool, '3', bytesOf(100)).catch(() => undefined);
  t.match(await accept(spool, '4', bytesOf(100)), { kind: 'stored' });
  t.ok((await idsOf(blobs)).length >= 1);
  await close();
});

for (const file of ['ledger.sqlite', 'ledger.sqlite-wal']) {
  t.test(`no Success once ${file} was removed, and nothing is lost at the next start`, async (t) => {
    const dir = t.testdir();
    const { spool, blobs, close } = await openSpool(dir);
    await accept(spool, '1', bytesOf(100));
    rmSync(join(dir, file));
    await t.rejects(accept(spool, '2', bytesOf(100)), { code: 'STORAGE_FAILED' });
    t.equal((await idsOf(blobs)).length, 1, 'the refused one leaves nothing');
    await close();
    if (file !== 'ledger.sqlite') return;
    await t.rejects(SqliteLedger.open(dir), {
      code: 'STORAGE_UNUSABLE',
      detail: 'instances without their ledger',
    });
    t.equal((await idsOf(new FileBlobStore(dir))).length, 1);
  });
}

t.test('a ledger held by another process is waited for once, not once for each call', async (t) => {
  const file = join(t.testdir(), 'ledger.sqlite');
  const engine = new SqliteEngine(file, 300);
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const began = performance.now();
  const calls = Array.from({ length: 10 }, () => ({ name: 'insert', input: { record: aRecord() } }) as const);
  t.ok(engine.run(calls).every((answer) => !answer.ok && answer.code === 'STORAGE_FAILED'));
  t.ok(performance.now() - began < 1_500);
  other.exec('ROLLBACK');
  other.close();
  t.ok(
    engine.run(calls.slice(0, 2)).every((answer) => answer.ok),
    'and is used again afterwards',
  );
  engine.close();
});
