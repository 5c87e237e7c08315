import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import type { IdentifierPair } from '../../src/core/identifier-pair.ts';
import { CrosswalkStore, damagedRow } from '../../src/crosswalk/crosswalk-store.ts';
import { day, key, pair, patient } from './pairs.ts';

const now = 20_000 * day + 12_345;

function open(
  t: Test,
  dir: string,
  mode: 'read' | 'write' = 'write',
  with_: Uint8Array = key,
): CrosswalkStore {
  const store = new CrosswalkStore(dir, with_, mode);
  t.teardown(() => {
    try {
      store.close();
    } catch {
      // Closed by the test.
    }
  });
  return store;
}

const sorted = (pairs: Iterable<IdentifierPair | typeof damagedRow>): unknown[] =>
  [...pairs].map((found) => (found === damagedRow ? 'damaged' : JSON.stringify(found))).sort();

t.test('what was recorded is there after closing, each pair once', async (t) => {
  const dir = join(t.testdir(), 'crosswalk');
  const store = open(t, dir);
  const accession = pair(9, { kind: 'accession', idOld: 'A "1", 2', idNew: 'ABCDEFGHIJKLMNOP' });
  store.record([pair(1), patient, pair(1)], now);
  store.record([patient, accession, pair(2)], now + 1);
  store.close();
  const again = open(t, dir);
  again.record([pair(2), patient], now + 2);
  t.same(sorted(again.pairs()), sorted([pair(1), pair(2), patient, accession]));
});

t.test('the same id under two keys or two issuers is two pairs', async (t) => {
  const store = open(t, t.testdir());
  const others = [
    { ...patient, keyId: 'ffffffff', idNew: 'SP-BBBBBBBBBBBBBBBB' },
    { ...patient, issuer: 'OTHER', idNew: 'SP-CCCCCCCCCCCCCCCC' },
  ];
  store.record([patient, ...others], now);
  t.same(sorted(store.find(patient.idOld)), sorted([patient, ...others]));
  t.same(sorted(store.find('SP-CCCCCCCCCCCCCCCC')), sorted(others.slice(1)));
  t.same(sorted(store.find('MRN')), []);
});

t.test('no byte of any file tells an identifier, an issuer or a pseudonym', async (t) => {
  const dir = t.testdir();
  const store = open(t, dir);
  const pairs = Array.from({ length: 500 }, (_, index) => pair(index));
  store.record([...pairs, patient], now);
  const search = (): void => {
    const files = readdirSync(dir);
    t.ok(files.includes('crosswalk.sqlite'), files.join(' '));
    for (const file of files) {
      t.equal(statSync(join(dir, file)).mode & 0o777, 0o600, `${file} is its owner’s alone`);
      const bytes = readFileSync(join(dir, file));
      const texts = [...pairs, patient].flatMap(({ idOld, idNew, issuer }) => [idOld, idNew, issuer]);
      texts.push('778899', '77001', 'HOSPITAL', 'patient-id', patient.keyId);
      for (const text of texts.filter((text) => text !== '')) {
        for (const encoding of ['utf8', 'latin1', 'utf16le', 'hex', 'base64'] as const) {
          const wanted =
            encoding === 'hex' || encoding === 'base64'
              ? Buffer.from(Buffer.from(text).toString(encoding).replace(/.?=+$/, ''))
              : Buffer.from(text, encoding);
          if (bytes.includes(wanted)) t.fail(`${file} holds ${text} as ${encoding}`);
        }
      }
    }
  };
  t.ok(
    readdirSync(dir).some((file) => file.endsWith('-wal')),
    'with its log',
  );
  search();
  store.close();
  search();
});

t.test('rows of one length do not tell the length of what is in them', async (t) => {
  const dir = t.testdir();
  const store = open(t, dir);
  store.record(
    [pair(1, { idOld: '1', idNew: '2.25.1' }), pair(2, { idOld: '1.23456789', idNew: '2.25.2' })],
    now,
  );
  store.close();
  const rows = new DatabaseSync(join(dir, 'crosswalk.sqlite'))
    .prepare('SELECT length(sealed) AS n FROM pairs')
    .all();
  t.equal(new Set(rows.map(({ n }) => n)).size, 1);
});

t.test('another key opens nothing, writes nothing and is told apart from damage', async (t) => {
  const dir = t.testdir();
  open(t, dir).record([patient], now);
  for (const mode of ['read', 'write'] as const) {
    t.throws(() => new CrosswalkStore(dir, Buffer.alloc(32, 'x'), mode), {
      code: 'CROSSWALK_UNUSABLE',
      detail: 'another key',
    });
  }
  t.throws(() => new CrosswalkStore(join(dir, 'absent'), key, 'read'), { code: 'CROSSWALK_UNUSABLE' });
  t.throws(() => readdirSync(join(dir, 'absent')), { code: 'ENOENT' }, 'a reader makes none');
});

t.test('the same pair is sealed in other bytes in every store and with every nonce', async (t) => {
  const [one, two] = ['one', 'two'].map((name) => {
    const dir = join(t.testdir(), name);
    const store = open(t, dir);
    store.record([patient], now);
    store.close();
    return new DatabaseSync(join(dir, 'crosswalk.sqlite')).prepare('SELECT * FROM pairs').all()[0];
  });
  for (const column of ['old_digest', 'new_digest', 'sealed'])
    t.notSame(one?.[column], two?.[column], column);
});

for (const [what, sql] of [
  ['a ciphertext bit', `UPDATE pairs SET sealed = substr(sealed, 1, 20) || x'00' || substr(sealed, 22)`],
  ['the day', 'UPDATE pairs SET used_day = used_day + 1'],
  ['a cut row', 'UPDATE pairs SET sealed = substr(sealed, 1, 40)'],
  ['an emptied row', `UPDATE pairs SET sealed = x''`],
  ['a row of another type', `UPDATE pairs SET sealed = 'text'`],
  ['a day of another type', `UPDATE pairs SET used_day = 'text'`],
  ['the digest', `UPDATE pairs SET old_digest = x'00112233445566778899aabbccddeeff'`],
] as const) {
  t.test(`tampered, ${what}: the row is told damaged, the others are read`, async (t) => {
    const dir = t.testdir();
    const store = open(t, dir);
    store.record([pair(1), patient], now);
    store.close();
    const database = new DatabaseSync(join(dir, 'crosswalk.sqlite'));
    const [first] = database.prepare('SELECT old_digest FROM pairs').all();
    database.prepare(`${sql} WHERE old_digest = ?`).run(first?.old_digest as Uint8Array);
    database.close();
    const found = sorted(open(t, dir, 'read').pairs());
    t.equal(found.length, 2);
    t.equal(found.filter((text) => text === 'damaged').length, 1);
  });
}

t.test('two rows whose ciphertexts change places are both damaged', async (t) => {
  const dir = t.testdir();
  const store = open(t, dir);
  store.record([pair(1), pair(2)], now);
  store.close();
  const database = new DatabaseSync(join(dir, 'crosswalk.sqlite'));
  const rows = database.prepare('SELECT old_digest, sealed FROM pairs').all();
  for (const [index, row] of rows.entries()) {
    database
      .prepare('UPDATE pairs SET sealed = ? WHERE old_digest = ?')
      .run(rows[1 - index]?.sealed as Uint8Array, row.old_digest as Uint8Array);
  }
  database.close();
  t.same(sorted(open(t, dir, 'read').pairs()), ['damaged', 'damaged']);
});

t.test('files that are no crosswalk are refused', async (t) => {
  const dir = t.testdir({
    'crosswalk.sqlite': 'no database at all, but long enough to be read as one'.repeat(40),
  });
  t.throws(() => new CrosswalkStore(dir, key, 'write'), { code: 'CROSSWALK_UNUSABLE' });
  const other = t.testdir({});
  const database = new DatabaseSync(join(other, 'crosswalk.sqlite'));
  database.exec('CREATE TABLE x (y); PRAGMA user_version = 9');
  database.close();
  t.throws(() => new CrosswalkStore(other, key, 'write'), { code: 'CROSSWALK_UNUSABLE' });
});

t.test('a file or its log removed or replaced under the store fails every record from then on', async (t) => {
  for (const [name, harm] of [
    ['removed', (file: string) => rmSync(file)],
    [
      'replaced',
      (file: string) => {
        renameSync(file, `${file}.old`);
        writeFileSync(file, '');
      },
    ],
    ['log removed', (file: string) => rmSync(`${file}-wal`)],
  ] as const) {
    const dir = join(t.testdir(), name.replace(' ', '-'));
    const store = open(t, dir);
    store.record([pair(1)], now);
    store.record([pair(2)], now);
    harm(join(dir, 'crosswalk.sqlite'));
    t.throws(() => store.record([pair(3)], now), { code: 'CROSSWALK_FAILED' }, name);
    t.throws(
      () => store.record([pair(1)], now),
      { code: 'CROSSWALK_FAILED' },
      `${name}: also pairs known already`,
    );
  }
});

t.test('a pair that could not be written is written the next time', async (t) => {
  const dir = t.testdir();
  const store = new CrosswalkStore(dir, key, 'write', 50);
  t.teardown(() => store.close());
  const other = new DatabaseSync(join(dir, 'crosswalk.sqlite'));
  other.exec('BEGIN IMMEDIATE');
  t.throws(() => store.record([patient], now), { code: 'CROSSWALK_FAILED', detail: 'sqlite 5' });
  other.exec('ROLLBACK');
  other.close();
  store.record([patient], now);
  t.same(sorted(store.pairs()), sorted([patient]));
});

t.test('pairs are forgotten so long after their last use', async (t) => {
  const store = open(t, t.testdir());
  store.record([pair(1), pair(2)], now);
  store.record([pair(2)], now + 5 * day);
  t.equal(store.forget(now + 3 * day, 100), 1);
  t.same(sorted(store.pairs()), sorted([pair(2)]));
  store.record([pair(1), pair(2)], now + 5 * day);
  t.same(sorted(store.pairs()), sorted([pair(1), pair(2)]), 'and recorded anew when they are met again');
  t.equal(store.forget(now + 30 * day, 1), 1, 'no more than asked at once');
});

t.test('several processes read while one writes', async (t) => {
  const dir = t.testdir();
  const writer = open(t, dir);
  writer.record([pair(1)], now);
  const reader = open(t, dir, 'read');
  const snapshot = reader.pairs();
  const first = snapshot.next().value;
  writer.record([pair(2)], now);
  t.same(first, pair(1));
  t.equal(snapshot.next().done, true, 'a snapshot');
  t.equal([...reader.pairs()].length, 2);
  t.throws(() => reader.record([pair(3)], now), { code: 'CROSSWALK_FAILED' });
});

t.test(
  'whatever was answered is there after SIGKILL in the middle of writing',
  { timeout: 60_000 },
  async (t) => {
    const dir = t.testdir();
    let begin = 0;
    for (const afterMs of [30, 90, 170]) {
      const child = spawn(process.execPath, [
        join(import.meta.dirname, 'writing-child.ts'),
        dir,
        String(begin),
      ]);
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      let faults = '';
      child.stderr.on('data', (chunk: Buffer) => {
        faults += chunk.toString();
      });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill('SIGKILL');
      await once(child, 'close');
      t.equal(faults, '');
      const answered = text.split('\n').slice(0, -1).map(Number);
      const last = answered.at(-1) ?? -1;
      t.ok(last >= begin, `up to ${last}`);
      const there = [...open(t, dir, 'read').pairs()].filter((found) => found !== damagedRow);
      const olds = new Set(there.map(({ idOld }) => idOld));
      for (let index = 0; index <= last + 2; index += 1) {
        if (!olds.has(pair(index).idOld)) t.fail(`${index} is lost`);
      }
      t.equal(there.length % 3, 0, 'whole transactions only');
      begin = there.length;
    }
  },
);

t.test('thousands of instances a second, in little memory', async (t) => {
  const store = open(t, t.testdir());
  const instances = 3000;
  const startedAt = performance.now();
  for (let index = 0; index < instances; index += 10) {
    const pairs = Array.from({ length: 10 }, (_, nth) => [pair(index + nth), pair(-1), pair(-2), patient]);
    store.record(pairs.flat(), now);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  t.comment(`${Math.round(instances / seconds)} instances a second, ten to a transaction`);
  t.ok(seconds < 15, `${seconds} s`);
  t.equal([...store.pairs()].length, instances + 3);
});
