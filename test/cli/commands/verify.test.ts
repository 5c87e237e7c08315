import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeSyntheticStudy } from '../../../src/synthetic/study.ts';
import { corpusMissing, corpusPath } from '../../support/corpus.ts';
import { holdProfile } from '../../support/hold-profile.ts';
import { type RunResult, run } from '../../support/run.ts';

const cli = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'cli.ts');
const sallyport = (...args: string[]): Promise<RunResult> => run(process.execPath, [cli, ...args]);

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .sort();
}

t.test('the synthetic study, de-identified, is clean; a planted name is found and not printed', async (t) => {
  const dir = t.testdir({});
  const [originals, outputs, manifest] = [join(dir, 'in'), join(dir, 'out'), join(dir, 'manifest.jsonl')];
  await writeSyntheticStudy({ seed: 'verify', images: 4, size: 64, directory: originals });
  const made = await sallyport('deidentify', originals, '--output', outputs, '--manifest', manifest);
  t.equal(made.exitCode, 0, made.output);
  const clean = await sallyport(
    'verify',
    originals,
    outputs,
    '--manifest',
    manifest,
    '--json',
    join(dir, 'r.json'),
  );
  t.equal(clean.exitCode, 0, clean.output);
  t.match(clean.output, 'Verdict: clean');
  const report = JSON.parse(readFileSync(join(dir, 'r.json'), 'utf8'));
  t.equal(report.pairs, files(outputs).length);
  t.equal(report.pixelData.identical, report.pairs);

  const { syntheticIdentity } = await import('../../../src/synthetic/identity.ts');
  const [family = ''] = syntheticIdentity('verify').patientName.split('^');
  const [first = ''] = files(outputs);
  appendFileSync(join(outputs, first), `  ${family}`);
  const leaked = await sallyport(
    'verify',
    originals,
    outputs,
    '--manifest',
    manifest,
    '--json',
    join(dir, 'r.json'),
  );
  t.equal(leaked.exitCode, 65);
  t.match(leaked.output, /after the last element +name +\(0010,0010\) +1 +line \d+/);
  t.notMatch(leaked.output + readFileSync(join(dir, 'r.json'), 'utf8'), family);
  t.equal(
    (await sallyport('verify', originals, join(outputs, first))).exitCode,
    65,
    'one file, without a manifest',
  );
});

t.test('originals as their own outputs leak', async (t) => {
  const dir = t.testdir({});
  await writeSyntheticStudy({ seed: 'same', images: 2, size: 64, directory: join(dir, 'in') });
  cpSync(join(dir, 'in'), join(dir, 'out'), { recursive: true });
  const { exitCode, output } = await sallyport('verify', join(dir, 'in'), join(dir, 'out'));
  t.equal(exitCode, 65);
  for (const tag of [
    '0010,0010',
    '0010,0020',
    '0010,0030',
    '0010,1040',
    '0008,0050',
    '0008,0080',
    '0008,0090',
    '0018,1000',
    '0020,000D',
    '0010,4000',
    '0009,1001',
  ])
    t.match(output, `(${tag})`, tag);
});

t.test('wrong usage, and what is not there', async (t) => {
  const dir = t.testdir({ in: { 'a.dcm': 'x' }, empty: {} });
  t.equal((await sallyport('verify')).exitCode, 64);
  t.equal((await sallyport('verify', dir, dir, dir)).exitCode, 64);
  t.equal((await sallyport('verify', dir, dir, '--secret-file', 'x')).exitCode, 64);
  t.equal((await sallyport('verify', join(dir, 'in'), join(dir, 'empty'))).exitCode, 66);
  t.equal(
    (await sallyport('verify', join(dir, 'in'), join(dir, 'in', 'a.dcm'), '--manifest', join(dir, 'none')))
      .exitCode,
    66,
  );
  mkdirSync(join(dir, 'out'));
  writeFileSync(join(dir, 'out', 'o.dcm'), 'y');
  const incomplete = await sallyport('verify', join(dir, 'in'), join(dir, 'out'));
  t.equal(incomplete.exitCode, 66, 'an original that is no DICOM');
  t.match(incomplete.output, 'original-unreadable');
});

t.test('the corpus, de-identified, is clean', { skip: corpusMissing }, async (t) => {
  const dir = t.testdir({});
  const [outputs, manifest] = [join(dir, 'out'), join(dir, 'manifest.jsonl')];
  // Without the search for text, which takes minutes over the whole corpus and is no matter here.
  const hold = ['--profile', holdProfile];
  await sallyport('deidentify', corpusPath('.'), '--output', outputs, '--manifest', manifest, ...hold);
  t.ok(existsSync(manifest));
  const { output, exitCode } = await sallyport('verify', corpusPath('.'), outputs, '--manifest', manifest);
  t.equal(exitCode, 0, output.slice(0, 4000));
  t.match(output, /\d\d outputs/);
});
