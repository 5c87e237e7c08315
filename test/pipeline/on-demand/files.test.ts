import { existsSync, readFileSync, statSync } from 'node:fs';
import t from 'tap';
import type { IdentifierPair } from '../../../src/core/identifier-pair.ts';
import { basicProfile } from '../../../src/deidentify/profile.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { cli } from '../../crash/gateway-child.ts';
import { burnedInImages } from '../../support/burned-in.ts';
import { dcmdump } from '../../support/dcmtk.ts';
import { requirePeer } from '../../support/peers.ts';
import { run } from '../../support/run.ts';
import { slice } from '../images.ts';
import { openWork } from './open-work.ts';
import { brightest, enrich } from './stored-files.ts';

t.test('a file is de-identified: header cleaned, text blanked, nothing of it found again', async (t) => {
  if (!requirePeer(t, 'pydicom', 'dcmdump')) return;
  const { work, folder, path, scratchFiles } = openWork(t);
  await burnedInImages(folder);
  for (const name of ['capture', 'ultrasound']) {
    await enrich(path(`${name}.dcm`));
    const outcome = await work.deidentifyFile({
      input: path(`${name}.dcm`),
      output: path(`${name}-out.dcm`),
      fsync: true,
    });
    t.match(outcome, {
      outcome: 'deidentified',
      profile: 'basic',
      pixels: { mode: 'all', complete: true, changed: true },
      bytes: statSync(path(`${name}-out.dcm`)).size,
      report: { study: /^2\.25\./, line: String },
    });
    t.ok(outcome.boxes.length >= 2, 'says where');
    if (outcome.outcome !== 'deidentified') return;
    t.equal(statSync(path(`${name}-out.dcm`)).mode & 0o777, 0o600);
    for (const value of await brightest(path(`${name}-out.dcm`))) t.ok(value < 160, `${value}`);
    const { exitCode, output } = await dcmdump(path(`${name}-out.dcm`));
    t.equal(exitCode, 0);
    for (const word of ['Quillfeather', 'Ottolin', 'ZX9081726', '19631127', 'ACME', '1251'])
      t.notOk(output.includes(word), word);
    t.ok(output.includes(outcome.sopInstanceUid));
    t.notOk(JSON.stringify(outcome).match(/uillfeather|ZX9081726|27\.11/), 'nor in the answer');
    const verified = await run(process.execPath, [
      cli,
      'verify',
      path(`${name}.dcm`),
      path(`${name}-out.dcm`),
    ]);
    t.equal(verified.exitCode, 0, verified.output);
  }
  t.strictSame(scratchFiles(), []);
});

t.test('the profile is that of the AE title, or one of the configuration by name', async (t) => {
  const definition = { ...basicProfile.definition, name: 'research' };
  const { work, path, put } = openWork(t, {
    byCallingAeTitle: [{ callingAeTitle: 'RESEARCH', definition }],
  });
  const request = { input: put('a.dcm', encodePart10(slice('a', 1))), output: path('out.dcm') };
  t.match(await work.deidentifyFile(request), { profile: 'basic' });
  t.match(await work.deidentifyFile({ ...request, callingAeTitle: 'RESEARCH ' }), { profile: 'research' });
  t.match(await work.deidentifyFile({ ...request, profileName: 'research' }), { profile: 'research' });
  await t.rejects(work.deidentifyFile({ ...request, profileName: 'none' }), { code: 'REQUEST_INVALID' });
  t.notOk(existsSync(request.output), 'what an earlier call left there is not taken for its output');
});

t.test('pseudonyms are recorded before the output is given to anybody', async (t) => {
  const recorded: IdentifierPair[] = [];
  let fails = false;
  const { work, path, put } = openWork(t, {
    crosswalk: {
      record: async (pairs) => {
        if (fails) throw new Error('disk');
        recorded.push(...pairs);
      },
    },
  });
  const request = { input: put('a.dcm', encodePart10(slice('a', 1))), output: path('out.dcm') };
  const outcome = await work.deidentifyFile(request);
  if (outcome.outcome !== 'deidentified') return t.fail(outcome.outcome);
  t.ok(recorded.some(({ idNew, kind }) => kind === 'uid' && idNew === outcome.sopInstanceUid));
  t.notOk('pairs' in outcome, 'originals are told to nobody else');
  fails = true;
  await t.rejects(work.deidentifyFile(request), { code: 'CROSSWALK_FAILED' });
  t.notOk(existsSync(request.output));
  const forgotten = openWork(t, { recordPairs: true });
  const other = {
    input: forgotten.put('a.dcm', readFileSync(request.input)),
    output: forgotten.path('o.dcm'),
  };
  await t.rejects(forgotten.work.deidentifyFile(other), { code: 'CROSSWALK_FAILED' }, 'wired without one');
});

t.test('a disk below its reserve, or a folder that is not there, is told as such', async (t) => {
  const { work, path, put, files } = openWork(t, { reserveBytes: 2 ** 60 });
  const input = put('a.dcm', encodePart10(slice('a', 1)));
  await t.rejects(work.deidentifyFile({ input, output: path('out.dcm') }), { code: 'STORAGE_FULL' });
  await t.rejects(work.deidentifyFile({ input, output: path('not-there/out.dcm') }), {
    code: 'STORAGE_FAILED',
  });
  await t.rejects(work.deidentifyFile({ input, output: 'out.dcm' }), { code: 'REQUEST_INVALID' });
  t.strictSame(files(), ['a.dcm']);
});
