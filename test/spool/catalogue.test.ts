import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import t from 'tap';
import { FileBlobStore } from '../../src/spool/blobs-files.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { sqlite001Instances } from '../../src/spool/migrations/sqlite-001-instances.ts';
import { sqlite002Boxes } from '../../src/spool/migrations/sqlite-002-boxes.ts';
import { sqlite003Audit } from '../../src/spool/migrations/sqlite-003-audit.ts';
import { listStatements } from '../../src/spool/sqlite-instance-list.ts';
import { findStudies } from '../../src/spool/sqlite-study-list.ts';
import type { BackendPair } from './backend-contract.ts';
import { catalogueContract, delivered } from './catalogue-contract.ts';
import { aRecord } from './spool-fixture.ts';

async function openPair(dir: string, thread: boolean): Promise<BackendPair> {
  const ledger = await SqliteLedger.open(dir, { thread });
  const blobs = new FileBlobStore(dir);
  const close = async () => {
    await ledger.close();
    await blobs.close();
  };
  return {
    ledger,
    blobs,
    close,
    reopen: async () => {
      await close();
      return openPair(dir, thread);
    },
  };
}

let folder = 0;
const root = t.testdir();
for (const thread of [true, false]) {
  t.test(`the catalogue of SQLite ${thread ? 'in its own thread' : 'in the calling thread'}`, (t) =>
    catalogueContract(t, () => openPair(join(root, String(folder++)), thread)),
  );
}

t.test('every list walks an index in its order, and none reads or sorts the whole ledger', async (t) => {
  const dir = t.testdir();
  const ledger = await SqliteLedger.open(dir, { thread: false });
  await delivered(ledger, { study: '2.25.1' });
  const database = new DatabaseSync(join(dir, 'ledger.sqlite'), { readOnly: true });
  const planOf = (sql: string, values: readonly SQLInputValue[]) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map((row) => String(row.detail))
      .join('; ');
  const common = { limit: 50 };
  for (const [filter, index] of [
    [{ studyPseudonym: '2.25.1' }, 'instances_by_study'],
    [{ studyPseudonym: '2.25.1', callingAeTitle: 'CT1', code: 'X' }, 'instances_by_study'],
    [{ studyPseudonym: '2.25.1', seriesPseudonym: '2.25.2' }, 'instances_by_series'],
    [{ seriesPseudonym: '2.25.2', states: ['held'] as const }, 'instances_by_series'],
    [{ callingAeTitle: 'CT1' }, 'instances_by_sender'],
    [{ callingAeTitle: 'CT1', states: ['delivered'] as const, receivedFrom: 9 }, 'instances_by_sender'],
    [{ callingAeTitle: 'CT1', states: ['held'] as const }, 'instances_waiting'],
    [{ code: 'NOT_DICOM', callingAeTitle: 'CT1' }, 'instances_by_code'],
    [{ states: ['held', 'failed'] as const }, 'instances_waiting'],
    [{}, 'PRIMARY KEY'],
    [{ receivedFrom: 10_000_000, receivedTo: 20_000_000 }, 'PRIMARY KEY'],
    [{ states: ['delivered'] as const, receivedFrom: 10_000_000, receivedTo: 20_000_000 }, 'PRIMARY KEY'],
  ] as const)
    for (const newestFirst of [false, true])
      for (const page of [{}, { afterId: '0' }])
        for (const { sql, values } of listStatements({ ...common, ...filter, newestFirst, ...page })) {
          const plan = planOf(sql, values);
          const bounded = Object.keys(filter).length > 0 || 'afterId' in page;
          t.match(plan, bounded ? new RegExp(`SEARCH instances USING .*${index}`) : /SCAN instances$/, plan);
          t.notMatch(plan, /TEMP B-TREE/, plan);
        }
  for (const [filter, index] of [
    [{}, 'studies_newest'],
    [{ receivedFrom: 1 }, 'studies_newest'],
    [{ callingAeTitle: 'CT1', states: ['held'] as const, code: 'X', modality: 'CT' }, 'studies_newest'],
    [{ cursor: '5x2.25.1' }, 'studies_newest'],
    [{ patientPseudonym: 'SP-1' }, 'studies_by_patient'],
    [{ fhir: 'refused' as const }, 'studies_refused'],
    [{ studyPseudonym: '2.25' }, 'PRIMARY KEY'],
  ] as const) {
    let asked = '';
    findStudies(
      (sql) => {
        asked = sql;
        return database.prepare(sql);
      },
      { ...common, ...filter },
    );
    const plan = planOf(asked, []);
    t.match(plan, new RegExp(index), plan);
    t.notMatch(plan, /TEMP B-TREE/, plan);
    t.notMatch(plan, /SCAN (t|s)\b/, 'what a study is asked for is looked up by its key');
  }
  database.close();
  await ledger.close();
});

t.test(
  'a search for what hardly any study has looks at so many at a time, and tells where to go on',
  async (t) => {
    const dir = t.testdir();
    const ledger = await SqliteLedger.open(dir, { thread: false });
    for (let n = 0; n < 10; n++)
      await delivered(ledger, { study: `2.25.${n}`, entry: { modality: n === 0 ? 'US' : 'CT' } });
    const database = new DatabaseSync(join(dir, 'ledger.sqlite'), { readOnly: true });
    const look = (cursor?: string) =>
      findStudies(
        (sql) => database.prepare(sql),
        { modality: 'US', limit: 5, ...(cursor === undefined ? {} : { cursor }) },
        4,
      );
    const first = look();
    t.strictSame(first.studyPseudonyms, []);
    const second = look(first.next ?? '');
    t.strictSame(second.studyPseudonyms, []);
    t.strictSame(look(second.next ?? ''), { studyPseudonyms: ['2.25.0'], next: null });
    database.close();
    await ledger.close();
  },
);

t.test('a large study is removed piece by piece', async (t) => {
  const dir = t.testdir();
  const ledger = await SqliteLedger.open(dir, { thread: false });
  await delivered(ledger, { study: '2.25.1', record: { receivedAt: 1 } });
  const database = new DatabaseSync(join(dir, 'ledger.sqlite'));
  const insert = database.prepare(
    `INSERT INTO study_instances VALUES ('2.25.1', '2.25.1.1', ?, '2.25.3', '1.2', NULL, NULL, 1)`,
  );
  database.exec('BEGIN');
  for (let n = 0; n < 12_000; n++) insert.run(String(n));
  database.exec('COMMIT');
  t.equal(await ledger.forget(10, 500), 1);
  for (let rounds = 0; rounds < 3 && (await ledger.catalogue.get('2.25.1')) !== undefined; rounds++)
    t.equal(await ledger.forget(10, 500), 0);
  t.equal(await ledger.catalogue.get('2.25.1'), undefined);
  for (const table of ['studies', 'study_series', 'study_instances', 'study_tallies'])
    t.equal(
      database.prepare(`SELECT count(*) AS n FROM ${table} WHERE study_pseudonym <> ''`).get()?.n,
      0,
      table,
    );
  database.close();
  await ledger.close();
});

t.test('a ledger from before the catalogue is counted once', async (t) => {
  const dir = t.testdir();
  const old = new DatabaseSync(join(dir, 'ledger.sqlite'));
  for (const step of [sqlite001Instances, sqlite002Boxes, sqlite003Audit]) old.exec(step);
  old.exec('PRAGMA user_version = 3');
  for (const [state, study] of [
    ['delivered', '2.25.1'],
    ['held', '2.25.1'],
    ['received', null],
  ] as const) {
    const { foundBoxes, drawnBoxes, releasedCodes, ...plain } = aRecord({ state, studyPseudonym: study });
    const columns = {
      ...plain,
      releasedCodes: releasedCodes.join(' '),
      foundBoxes,
      drawnBoxes: drawnBoxes === null ? null : '',
    };
    const names = Object.keys(columns).map((name) =>
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    );
    old
      .prepare(`INSERT INTO instances (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
      .run(...Object.values({ ...columns, foundBoxes: null }));
  }
  old.close();
  const ledger = await SqliteLedger.open(dir, { thread: false });
  const { studies } = await ledger.catalogue.list({ limit: 5 });
  t.match(studies, [
    {
      studyPseudonym: '2.25.1',
      tallies: [
        { state: 'delivered', instances: 1 },
        { state: 'held', instances: 1 },
      ],
    },
  ]);
  t.match(await ledger.catalogue.unassigned(5), [{ state: 'received', instances: 1 }]);
  t.strictSame(
    await ledger.catalogue.due({ changedBefore: 2 ** 45, now: 2 ** 45, limit: 5 }),
    [],
    'what left before is not posted anew',
  );
  await ledger.close();
});
