import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readSecretFile } from '../../src/config/secret-file.ts';
import type { SallyportError } from '../../src/core/errors.ts';
import { Crosswalk } from '../../src/crosswalk/crosswalk.ts';
import { CrosswalkStore } from '../../src/crosswalk/crosswalk-store.ts';
import { crosswalkDir, openCrosswalk } from '../../src/crosswalk/open-crosswalk.ts';
import { day, key, pair, patient } from './pairs.ts';

const settings = (dir: string, forgetAfterMs = 0, now = Date.now) => {
  const failures: SallyportError[] = [];
  const onFailure = (error: SallyportError): void => void failures.push(error);
  return { dir, key, forgetAfterMs, now, onFailure, failures };
};

const stored = (dir: string): number => {
  const store = new CrosswalkStore(dir, key, 'read');
  try {
    return [...store.pairs()].length;
  } finally {
    store.close();
  }
};

t.test('many instances at once share transactions, and each waits for its own pairs', async (t) => {
  const dir = t.testdir();
  const crosswalk = await Crosswalk.open(settings(dir));
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: 2000 }, async (_, index) => {
      await crosswalk.record([pair(index), pair(-1), patient]);
    }),
  );
  t.comment(`${Math.round(2_000_000 / (performance.now() - startedAt))} instances a second`);
  t.equal(stored(dir), 2002);
  await crosswalk.record([]);
  await crosswalk.close();
  await t.rejects(crosswalk.record([pair(1)]), { code: 'SHUTTING_DOWN' });
  await crosswalk.close();
});

t.test('what was asked before closing is stored', async (t) => {
  const dir = t.testdir();
  const crosswalk = await Crosswalk.open(settings(dir));
  const records = [1, 2, 3].map((index) => crosswalk.record([pair(index)]));
  await crosswalk.close();
  await Promise.all(records);
  t.equal(stored(dir), 3);
});

t.test('a crosswalk that cannot be opened or written says so', async (t) => {
  const dir = t.testdir();
  await (await Crosswalk.open(settings(dir))).close();
  await t.rejects(Crosswalk.open({ ...settings(dir), key: Buffer.alloc(32, 'x') }), {
    code: 'CROSSWALK_UNUSABLE',
    detail: 'another key',
  });
  const crosswalk = await Crosswalk.open(settings(dir));
  await crosswalk.record([pair(1)]);
  rmSync(join(dir, 'crosswalk.sqlite'));
  await t.rejects(crosswalk.record([pair(2)]), { code: 'CROSSWALK_FAILED' });
  await crosswalk.close();
});

t.test('pairs of long ago are forgotten', async (t) => {
  const dir = t.testdir();
  let now = 20_000 * day;
  const given = settings(dir, 10 * day, () => now);
  const crosswalk = await Crosswalk.open(given);
  await crosswalk.record(Array.from({ length: 2500 }, (_, index) => pair(index)));
  now += 9 * day;
  await crosswalk.record([pair(7)]);
  now += 2 * day;
  await crosswalk.forget();
  t.equal(stored(dir), 1);
  await crosswalk.record([pair(8)]);
  t.equal(stored(dir), 2);
  await crosswalk.close();
  t.same(given.failures, []);
});

t.test('the key lies apart: not in the storage folder, not beside the store, not by a link', async (t) => {
  const dir = t.testdir({ storage: {}, apart: {}, keys: {} });
  const at = (...parts: string[]) => join(dir, ...parts);
  for (const folder of ['storage', 'apart', 'keys']) writeFileSync(at(folder, 'key'), key.toString('hex'));
  symlinkSync(at('storage', 'key'), at('keys', 'link'));
  symlinkSync(at('storage'), at('keys', 'folder'));
  const open = (keyFile: string, storage = at('storage'), secrets: Uint8Array[] = []) =>
    openCrosswalk(
      { crosswalk: { keyFile, dir: at('apart'), forgetAfter: 0 }, storage: { dir: storage } },
      { secrets, readKey: readSecretFile, now: Date.now, onFailure: () => undefined },
    );
  for (const file of [
    at('storage', 'key'),
    at('apart', 'key'),
    at('keys', 'link'),
    at('keys', 'folder', 'key'),
  ]) {
    await t.rejects(open(file), {
      code: 'CROSSWALK_UNUSABLE',
      detail: 'the key lies beside what it encrypts',
    });
  }
  await t.rejects(open(at('storage', 'key'), at('keys', 'folder')), { code: 'CROSSWALK_UNUSABLE' });
  await t.rejects(open(at('keys', 'key'), at('storage'), [key]), {
    code: 'CROSSWALK_UNUSABLE',
    detail: 'the key is a pseudonym secret',
  });
  await t.rejects(open(at('keys', 'absent')), { code: 'CROSSWALK_UNUSABLE', detail: 'its key file' });
  t.same(readdirSync(at('apart')), ['key'], 'nothing was made');
  t.equal(await open(''), undefined, 'off without a key');
  mkdirSync(at('storage-two'));
  const crosswalk = await open(at('keys', 'key'), at('storage-two'));
  await crosswalk?.close();
  t.ok(readdirSync(at('apart')).includes('crosswalk.sqlite'));
  t.equal(
    crosswalkDir({ crosswalk: { keyFile: '', dir: '', forgetAfter: 0 }, storage: { dir: '/s' } }),
    '/s/crosswalk',
  );
});
