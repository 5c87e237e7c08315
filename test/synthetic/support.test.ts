import t, { Test } from 'tap';
import { corpusFiles, corpusMissing } from '../support/corpus.ts';
import { findProgram, missingPeers, peers, requirePeer } from '../support/peers.ts';
import { run } from '../support/run.ts';

/** A test of its own whose outcome can be looked at. */
function inner(name: string) {
  return new Test({ name });
}

t.test('a missing peer skips the test by name, and fails it in CI', async (t) => {
  const before = { path: process.env.PATH, ci: process.env.CI };
  t.teardown(() => {
    if (before.ci === undefined) delete process.env.CI;
    else process.env.CI = before.ci;
  });
  delete process.env.CI;
  const fake = { package: 'no-such-package', programs: ['no-such-program-of-sallyport'] };
  Object.assign(peers, { fake });
  t.teardown(() => Reflect.deleteProperty(peers, 'fake'));
  const name = 'fake' as keyof typeof peers;
  t.same(missingPeers().includes(name), true);
  const skipped = inner('skipped');
  t.equal(requirePeer(skipped, name), false);
  t.match(String(skipped.read() ?? ''), /1\.\.0.*not installed: fake \(Debian: no-such-package\)/s);
  process.env.CI = 'true';
  const failed = inner('failed');
  t.equal(requirePeer(failed, name), false);
  t.match(String(failed.read() ?? ''), /not ok 1 - not installed: fake/);
});

t.test('programs run to their end, with output and exit code, or are killed', async (t) => {
  t.equal(findProgram('no-such-program-of-sallyport'), undefined);
  t.same(await run('sh', ['-c', 'echo out; echo err >&2; exit 3']), { exitCode: 3, output: 'out\nerr\n' });
  const killed = await run('sleep', ['30'], { timeoutMs: 50 });
  t.equal(killed.exitCode, null);
});

t.test('every file of the corpus manifest is read', { skip: corpusMissing }, async (t) => {
  const files = corpusFiles();
  t.ok(files.length > 100);
  const ct = files.find(({ name }) => name === 'pydicom__CT_small.dcm');
  t.match(ct, { rows: 128, columns: 128, modality: 'CT', photometric: 'MONOCHROME2', bitsAllocated: 16 });
  t.equal(ct?.sopClassUid, '1.2.840.10008.5.1.4.1.1.2');
});
