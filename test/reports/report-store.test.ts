import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { reportCommand } from '../../src/cli/commands/report.ts';
import type { InstanceReport } from '../../src/core/instance-report.ts';
import { basicProfile } from '../../src/deidentify/profile.ts';
import { describeDeidentified } from '../../src/reports/describe.ts';
import { linesOf, readStudyReport, studyFile } from '../../src/reports/read-study.ts';
import { ReportStore, type ReportStoreOptions, reportsFolder } from '../../src/reports/report-store.ts';
import { ct, mustPass, pseudonyms, run, words } from '../deidentify/build.ts';

function instance(number: number, study = '1.2.3.4'): InstanceReport {
  const dataSet = ct(words(0x00080018, 'UI', `1.2.3.4.5.${number}`), words(0x0020000d, 'UI', study));
  const report = describeDeidentified(mustPass(run(dataSet)), {
    profile: basicProfile,
    pseudonyms,
    id: `id-${number}`,
  });
  if (report === undefined) throw new Error('not described');
  return report;
}

function open(
  t: Test,
  options: Partial<ReportStoreOptions> = {},
): { store: ReportStore; folder: string; faults: string[] } {
  const folder = options.folder ?? join(t.testdir({}), reportsFolder);
  const faults: string[] = [];
  const store = new ReportStore({
    folder,
    keepMs: 0,
    now: Date.now,
    onFault: (code) => faults.push(code),
    ...options,
  });
  store.start();
  t.teardown(() => store.stop());
  return { store, folder, faults };
}

const study = pseudonyms.uid('1.2.3.4');

t.test('lines are kept by study, a shared report once; the owner alone may read them', async (t) => {
  const { store, folder, faults } = open(t);
  for (let number = 0; number < 50; number += 1) store.add(instance(number));
  await store.settled();
  for (let number = 50; number < 60; number += 1) store.add(instance(number));
  store.add(instance(99, '1.2.3.5'));
  await store.settled();
  t.strictSame(faults, []);
  t.equal(readdirSync(folder).length, 2);
  t.equal(statSync(studyFile(folder, study)).mode & 0o777, 0o600);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  const kinds = readFileSync(studyFile(folder, study), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).kind);
  t.equal(kinds.filter((kind) => kind === 'report').length, 1);
  t.match(readStudyReport(folder, study).instances, { deidentified: 60 });
});

t.test('a line torn by a crash is ended by the next writer and skipped by readers', async (t) => {
  const { store, folder } = open(t);
  store.add(instance(1));
  await store.settled();
  appendFileSync(studyFile(folder, study), '{"kind":"instance","id":"to');
  const next = open(t, { folder });
  next.store.add(instance(2));
  await next.store.settled();
  const report = readStudyReport(folder, study);
  t.match(report.instances, { deidentified: 2 });
  t.strictSame(report.incomplete, { lines: 1, instances: 0 });
});

t.test('a file that goes while the gateway runs begins anew, whole', async (t) => {
  const { store, folder } = open(t);
  store.add(instance(1));
  await store.settled();
  rmSync(studyFile(folder, study));
  store.add(instance(2));
  await store.settled();
  t.match(readStudyReport(folder, study), { instances: { deidentified: 1 }, incomplete: { instances: 0 } });
});

t.test('a disk that fails loses lines and says so once; nothing is thrown', async (t) => {
  const base = t.testdir({ file: '' });
  const { store, faults } = open(t, { folder: join(base, 'file', 'in-a-file') });
  for (let number = 0; number < 20; number += 1) store.add(instance(number));
  await store.settled();
  t.strictSame(faults, ['STORAGE_FAILED']);
  store.add({ ...instance(1), study: '../../escape' });
  await store.settled();
  t.notOk(existsSync(join(base, '..', 'escape.jsonl')));
});

t.test(
  'a study that has grown too large keeps its instances, and its report says that it is not whole',
  async (t) => {
    const { store, folder, faults } = open(t, { maxStudyBytes: 1000 });
    store.add(instance(1));
    await store.settled();
    t.strictSame(faults, ['STORAGE_FAILED']);
    t.match(readStudyReport(folder, study), {
      instances: { deidentified: 1 },
      incomplete: { lines: 0, instances: 1 },
    });
  },
);

t.test('what is older than it shall be kept goes', async (t) => {
  const { store, folder } = open(t, { keepMs: 1000 });
  store.add(instance(1));
  store.add(instance(2, '1.2.3.5'));
  await store.settled();
  utimesSync(studyFile(folder, study), new Date(), new Date(Date.now() - 5000));
  writeFileSync(join(folder, 'other.txt'), '');
  await store.sweep();
  t.strictSame(readdirSync(folder).sort(), [`${pseudonyms.uid('1.2.3.5')}.jsonl`, 'other.txt'].sort());
  store.add(instance(3));
  await store.settled();
  t.match(readStudyReport(folder, study), { instances: { deidentified: 1 }, incomplete: { instances: 0 } });
});

t.test('lines of any length come out whole, and one without an end is not waited for', async (t) => {
  const lines = ['a', '', 'b'.repeat(300_000), 'é'.repeat(200_000), 'last'];
  const path = join(t.testdir({ x: lines.join('\n') }), 'x');
  t.strictSame([...linesOf(path)], lines);
  writeFileSync(path, `${'x'.repeat(17 * 1024 * 1024)}\nafter\n`);
  t.strictSame([...linesOf(path)], ['too long', 'after']);
});

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

t.test('sallyport report prints and writes what the storage folder has', async (t) => {
  const storage = t.testdir({});
  const { store } = open(t, { folder: join(storage, reportsFolder) });
  store.add(instance(1));
  store.add(instance(2, '1.2.3.5'));
  await store.settled();
  const call = async (...args: string[]): Promise<[number, string, string]> => {
    const [stdout, stderr] = [new Sink(), new Sink()];
    return [
      await reportCommand([...args, '--storage', storage], { stdout, stderr }),
      stdout.text,
      stderr.text,
    ];
  };
  const [code, text] = await call(study);
  t.equal(code, 0);
  t.match(text, /^study 2\.25\.\d+\n1 instance de-identified/);
  t.match(text, /\(0010,0010\) {2}PatientName {2}1 {2}Pseudonym/);
  t.match(JSON.parse((await call('--all', '--json'))[1]), { studies: 2, instances: { deidentified: 2 } });
  const page = join(storage, 'page.html');
  t.strictSame(await call(study, '--html', page), [0, '', '']);
  t.match(readFileSync(page, 'utf8'), /^<!doctype html>/);
  const { instance: uid } = JSON.parse(instance(1).line) as { instance: string };
  const [alone, about] = await call(study, '--instance', uid);
  t.equal(alone, 0);
  t.match(about, `instance ${uid}\n1 instance `);
  await t.rejects(call(study, '--instance', '1.2.3.4.5.6.7'), { code: 'INSTANCE_UNKNOWN' });
  t.equal((await call('--all', '--instance', uid))[0], 64);
  t.equal((await call())[0], 64);
  t.equal((await call(study, '--all'))[0], 64);
  await t.rejects(call('1.2.3'), { code: 'INSTANCE_UNKNOWN' });
  await t.rejects(call('../../etc/passwd'), { code: 'INSTANCE_UNKNOWN' });
});
