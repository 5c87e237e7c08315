import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { corpusFiles, corpusMissing, corpusPath } from '../support/corpus.ts';
import { askOracles, type ComparedFile, oraclePeers } from '../support/oracles.ts';
import { requirePeer } from '../support/peers.ts';
import { prepareComparison } from './compared.ts';
import { judge } from './comparison-verdict.ts';
import { exceptions, refused } from './corpus-expectations.ts';
import { open } from './drawn.ts';

// Many processes of many tools, one after the other.
t.setTimeout(1_200_000);

t.test(
  'every file of the corpus is rendered as independent tools do, or refused with its code',
  { skip: corpusMissing },
  async (t) => {
    if (!requirePeer(t, ...oraclePeers)) return;
    const jobs = await renderedFiles(t, t.testdir());
    const answers = await askOracles(t.testdirName, jobs);
    t.comment('file | transfer syntax | frames compared | stored values, largest difference from');
    t.comment('  | 8-bit image, largest difference from | PSNR of JPEG in dB, ours/Pillow | verdict');
    for (const [index, file] of jobs.entries()) {
      const verdict = judge(file, answers[index] ?? [], exceptions);
      t.comment(verdict.line);
      t.same(verdict.wrong, [], file.name);
    }
    const compared = new Set(jobs.map(({ name }) => name));
    t.same(
      exceptions.filter(({ file }) => !compared.has(file)),
      [],
      'every exception is of a file that was compared',
    );
    t.ok(jobs.length >= 75, `${jobs.length} files compared`);
  },
);

/** Renders all files that can be; holds the others against the codes expected. */
async function renderedFiles(t: Test, folder: string): Promise<ComparedFile[]> {
  const jobs: ComparedFile[] = [];
  for (const { name, path } of corpusFiles()) {
    try {
      jobs.push(await prepareComparison(name, path, open(path), folder));
      t.equal(refused[name], undefined, `${name} is not among the refused`);
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      if (error.code === 'NO_PIXEL_DATA') continue;
      const { code, reason } = refused[name] ?? {};
      t.equal(error.code, code, `${name}: ${reason}`);
      t.comment(`${name} | ${error.code}: ${reason}`);
    }
  }
  return jobs;
}

t.test('the comparison finds single wrong values', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, ...oraclePeers)) return;
  const folder = t.testdir();
  const name = 'pydicom__CT_small.dcm';
  const path = corpusPath(name);
  const right = await prepareComparison(name, path, open(path), folder);
  const [frame] = right.frames;
  if (frame === undefined || frame.stored === null) throw new Error('no frame');
  let alterations = 0;
  const altered = (file: string, change: (bytes: Buffer) => void): string => {
    const bytes = readFileSync(file);
    change(bytes);
    alterations += 1;
    writeFileSync(`${file}.${alterations}`, bytes);
    return `${file}.${alterations}`;
  };
  const shorter = altered(frame.stored, () => undefined);
  truncateSync(shorter, 8 * 100);
  const stored = altered(frame.stored, (bytes) => {
    bytes.writeDoubleLE(bytes.readDoubleLE(8 * 1000) + 1, 8 * 1000);
  });
  const drawn = altered(frame.drawn, (bytes) => {
    const at = bytes.findIndex((level) => level > 10 && level < 240);
    bytes[at] = (bytes[at] ?? 0) + 2;
  });
  const cases: Readonly<Record<string, Partial<typeof frame>>> = {
    stored: { stored },
    drawn: { drawn },
    jpeg: { quality: 98 },
    size: { stored: shorter },
  };
  const jobs = Object.values(cases).map((change) => ({ ...right, frames: [{ ...frame, ...change }] }));
  const answers = await askOracles(folder, [right, ...jobs]);
  t.same(judge(right, answers[0] ?? [], []).wrong, [], 'nothing is wrong with the file itself');
  for (const [index, what] of Object.keys(cases).entries()) {
    const { wrong } = judge(right, answers[index + 1] ?? [], []);
    t.ok(wrong.length > 0, `${what}: ${wrong[0]}`);
  }
  const needless = { file: name, step: 'drawn', oracle: 'DCMTK', max: 9, reason: 'none' } as const;
  t.ok(
    judge(right, answers[0] ?? [], [needless]).wrong.length > 0,
    'an exception that is not needed is found',
  );
});
