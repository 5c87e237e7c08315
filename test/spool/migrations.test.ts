import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { sqlite001Instances } from '../../src/spool/migrations/sqlite-001-instances.ts';
import { aRecord } from './spool-fixture.ts';

t.test('a ledger of the first version keeps its rows and takes boxes', async (t) => {
  const dir = t.testdir();
  const { id, foundBoxes, drawnBoxes, releasedCodes, ...rest } = aRecord({
    state: 'held',
    code: 'UNEXPECTED',
  });
  const old = new DatabaseSync(join(dir, 'ledger.sqlite'));
  old.exec(sqlite001Instances);
  old.exec('PRAGMA user_version = 1');
  const columns = { id, ...rest, releasedCodes: '' };
  const names = Object.keys(columns).map((name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  old
    .prepare(`INSERT INTO instances (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...Object.values(columns));
  old.close();
  const ledger = await SqliteLedger.open(dir, { thread: false, create: false });
  t.strictSame(await ledger.get(id), { id, foundBoxes, drawnBoxes, releasedCodes, ...rest });
  const boxes = [{ frame: 1, left: 0, top: 0, width: 1, height: 1 }];
  await ledger.apply([{ id, from: ['held'], set: { drawnBoxes: boxes } }]);
  t.strictSame((await ledger.get(id))?.drawnBoxes, boxes);
  t.equal((await ledger.counts()).held.instances, 1);
  await ledger.close();
});

t.test('boxes that are none mean a damaged ledger, not an instance without boxes', async (t) => {
  const dir = t.testdir();
  const ledger = await SqliteLedger.open(dir, { thread: false });
  const record = aRecord({});
  await ledger.insert(record);
  const database = new DatabaseSync(join(dir, 'ledger.sqlite'));
  for (const [column, value] of [
    ['drawn_boxes', '{'],
    ['drawn_boxes', '{"left":1}'],
    ['found_boxes', '[]'],
  ]) {
    database.exec(`UPDATE instances SET drawn_boxes = NULL, found_boxes = NULL`);
    database.prepare(`UPDATE instances SET ${column} = ?`).run(value ?? '');
    await t.rejects(ledger.get(record.id), { code: 'STORAGE_FAILED' }, `${column} ${value}`);
  }
  database.close();
  await ledger.close();
});
