import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { deidentifyCommand } from '../../../src/cli/commands/deidentify.ts';
import { reportCommand } from '../../../src/cli/commands/report.ts';
import { SallyportError } from '../../../src/core/errors.ts';
import { CrosswalkStore } from '../../../src/crosswalk/crosswalk-store.ts';
import { createPseudonyms } from '../../../src/deidentify/pseudonyms.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataSet } from '../../../src/dicom/data-set.ts';
import { encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { firstText } from '../../../src/dicom/values.ts';
import { ct, explicit, words } from '../../deidentify/build.ts';
import { holdProfile } from '../../support/hold-profile.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function call(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  // An image that is held belongs to what is tried here.
  const profile = args.includes('--profile') ? [] : ['--profile', holdProfile];
  const exitCode = await deidentifyCommand([...args, ...profile], { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

function file(dataSet: DataSet): Buffer {
  const head = encodeFileMeta({
    sopClassUid: firstText(dataSet, 0x00080016) ?? '',
    sopInstanceUid: firstText(dataSet, 0x00080018) ?? '',
    transferSyntaxUid: explicit,
  });
  return Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid: explicit, head })]);
}

/** One line per input, in order. */
function lines(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function scene(t: Test): { input: string; output: string; manifest: string; secret: string } {
  const folder = t.testdir({
    secret: 'a'.repeat(64),
    input: {
      'a.dcm': file(ct()),
      'b.txt': 'not DICOM',
      deep: {
        'c.dcm': file(ct(words(0x00080018, 'UI', '1.2.3.4.6'))),
        'd.dcm': file(ct(words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'))),
        'e.dcm': file(ct()).subarray(0, 500),
      },
    },
  });
  return {
    input: join(folder, 'input'),
    output: join(folder, 'output'),
    manifest: join(folder, 'manifest.jsonl'),
    secret: join(folder, 'secret'),
  };
}

t.test('a folder is worked through, every file has its line', async (t) => {
  const { input, output, manifest, secret } = scene(t);
  const result = await call(input, '--output', output, '--manifest', manifest, '--secret-file', secret);
  t.equal(
    statSync(manifest).mode & 0o777,
    0o600,
    'the manifest joins files to pseudonyms: the owner alone reads it',
  );
  t.equal(result.exitCode, 1, 'something was held');
  t.notMatch(result.stderr, /random secret|rror/);
  t.match(
    result.stdout,
    /^2 de-identified, 2 held, 1 failed; 5 files in \d+\.\d s, [\d.]+\/s; profile hold [0-9a-f]{12}, key [0-9a-f]{8}\n$/,
  );
  const pseudonyms = createPseudonyms(Buffer.from('a'.repeat(64), 'hex'));
  const expected = (uid: string): string =>
    join(output, pseudonyms.uid('1.2.3.4'), pseudonyms.uid('1.2.3.4.1'), `${pseudonyms.uid(uid)}.dcm`);
  t.strictSame(
    lines(manifest).map(({ input: path, output: made, status, code }) => [path, made, status, code]),
    [
      [join(input, 'a.dcm'), expected('1.2.3.4.5'), 'deidentified', null],
      [join(input, 'b.txt'), null, 'failed', 'NOT_DICOM'],
      [join(input, 'deep', 'c.dcm'), expected('1.2.3.4.6'), 'deidentified', null],
      [join(input, 'deep', 'd.dcm'), null, 'held', 'BURNED_IN_TEXT_RISK'],
      [join(input, 'deep', 'e.dcm'), null, 'held', 'DATA_SET_TRUNCATED'],
    ],
  );
  for (const line of lines(manifest)) t.equal(typeof line.reason, line.code === null ? 'object' : 'string');
  const { dataSet } = readPart10(memorySource(readFileSync(expected('1.2.3.4.5'))));
  t.equal(firstText(dataSet, 0x00100020), pseudonyms.patientId('', 'MRN-778899'));
  t.strictSame(
    readdirSync(output).filter((name) => name.startsWith('.')),
    [],
    'nothing half written is left',
  );
});

t.test('the same secret gives the same files again, no secret a warning', async (t) => {
  const { input, output, secret } = scene(t);
  const again = `${output}-2`;
  await call(join(input, 'a.dcm'), '--output', output, '--secret-file', secret);
  await call(join(input, 'a.dcm'), '--output', again, '--secret-file', secret);
  const [one = '', two = ''] = [output, again].map((folder) =>
    readdirSync(folder, { recursive: true })
      .map(String)
      .find((name) => name.endsWith('.dcm')),
  );
  t.equal(one, two);
  t.ok(readFileSync(join(output, one)).equals(readFileSync(join(again, two))));
  const random = await call(join(input, 'a.dcm'), '--output', `${output}-3`);
  t.equal(random.exitCode, 0);
  t.match(random.stderr, /random secret/);
});

t.test('two contents under one SOP Instance UID do not overwrite each other', async (t) => {
  const { input, output, manifest, secret } = scene(t);
  mkdirSync(join(input, 'twice'));
  writeFileSync(join(input, 'twice', '1.dcm'), file(ct()));
  writeFileSync(join(input, 'twice', '2.dcm'), file(ct()));
  writeFileSync(join(input, 'twice', '3.dcm'), file(ct(words(0x00080070, 'LO', 'Other Maker'))));
  await call(join(input, 'twice'), '--output', output, '--manifest', manifest, '--secret-file', secret);
  t.strictSame(
    lines(manifest).map(({ status, code }) => [status, code]),
    [
      ['deidentified', null],
      ['deidentified', null],
      ['held', 'DUPLICATE_CONTENT_DIFFERS'],
    ],
  );
});

t.test('links in a circle, a missing path and an output inside the input are survived', async (t) => {
  const { input, manifest, secret } = scene(t);
  symlinkSync(input, join(input, 'deep', 'circle'));
  const output = join(input, 'out');
  for (let run = 0; run < 2; run += 1) {
    await call(
      input,
      join(input, 'absent.dcm'),
      '--output',
      output,
      '--manifest',
      manifest,
      '--secret-file',
      secret,
    );
    const all = lines(manifest);
    t.equal(all.length, 6, 'outputs of the first run are no inputs of the second');
    t.match(all.at(-1), { status: 'failed', code: 'FILE_UNREADABLE', output: null });
  }
  t.ok(statSync(output).isDirectory());
});

t.test('one worker and several make the same files and the same manifest', async (t) => {
  const { input, output, manifest, secret } = scene(t);
  for (let index = 0; index < 30; index += 1) {
    // Every third claims one of ten UIDs that another has, with other content.
    const uid = words(0x00080018, 'UI', `1.2.3.4.9.${index % 20}`);
    const maker = words(0x00080070, 'LO', `Maker ${index % 3}`);
    writeFileSync(join(input, `many-${index}.dcm`), file(ct(uid, maker)));
  }
  const made = [];
  for (const workers of ['1', '4']) {
    const folder = `${output}-of`;
    await call(
      input,
      '--output',
      folder,
      '--manifest',
      manifest,
      '--secret-file',
      secret,
      '--workers',
      workers,
    );
    const names = readdirSync(folder, { recursive: true }).map(String).sort();
    made.push({
      manifest: readFileSync(manifest, 'utf8'),
      files: names
        .filter((name) => name.endsWith('.dcm'))
        .map((name) => [name, readFileSync(join(folder, name)).toString('hex')]),
    });
    rmSync(folder, { recursive: true });
  }
  const [one, several] = made;
  t.equal(one?.files.length, 22);
  t.strictSame(one, several);
  t.equal(lines(manifest).length, 35, 'one line per input and no other');
  for (const line of lines(manifest))
    t.match(line, {
      input: String,
      status: /^(deidentified|held|failed)$/,
      profile: 'hold',
      profileRevision: /^[0-9a-f]{12}$/,
      redactRevision: /^[0-9a-f]{8}$/,
      keyId: /^[0-9a-f]{8}$/,
      callingAeTitle: null,
    });
});

t.test('a run is resumed: what is done and unchanged is passed over', async (t) => {
  const { input, output, manifest, secret } = scene(t);
  const run = (...more: string[]): ReturnType<typeof call> =>
    call(input, '--output', output, '--manifest', manifest, '--secret-file', secret, '--resume', ...more);
  t.match(
    (await run()).stdout,
    /^2 de-identified, 2 held, 1 failed; 5 files/,
    'begins where there is nothing',
  );
  const first = readFileSync(manifest, 'utf8');

  const idle = await run();
  t.match(idle.stdout, /^2 de-identified, 2 held, 1 failed \(5 of them before\); 0 files/);
  t.equal(idle.exitCode, 1, 'what was held then is held still');
  t.equal(readFileSync(manifest, 'utf8'), first, 'nothing to add');

  const gone = String(lines(manifest).find((line) => line.input === join(input, 'deep', 'c.dcm'))?.output);
  rmSync(gone);
  writeFileSync(manifest, `${first}{"input":"torn by a cra`);
  const changed = join(input, 'a.dcm');
  writeFileSync(changed, file(ct(words(0x00080070, 'LO', 'Other Maker'))));
  utimesSync(changed, new Date(), new Date(Date.now() + 60_000));
  const added = join(input, 'z.dcm');
  writeFileSync(added, file(ct(words(0x00080018, 'UI', '1.2.3.4.77'))));
  const resumed = await run();
  t.match(resumed.stdout, /^3 de-identified, 2 held, 1 failed \(3 of them before\); 3 files/);
  const text = readFileSync(manifest, 'utf8');
  t.ok(text.startsWith(first) && !text.includes('torn'), 'goes on behind the last whole line');
  t.strictSame(
    lines(manifest)
      .slice(5)
      .map((line) => [line.input, line.status]),
    [
      [changed, 'deidentified'],
      [join(input, 'deep', 'c.dcm'), 'deidentified'],
      [added, 'deidentified'],
    ],
    'changed, lost and new ones',
  );
  t.ok(existsSync(gone));
  const { dataSet } = readPart10(memorySource(readFileSync(String(lines(manifest)[5]?.output))));
  t.equal(firstText(dataSet, 0x00080070), 'Other Maker', 'the changed input has its changed output');

  writeFileSync(join(input, '0.dcm'), file(ct(words(0x00080070, 'LO', 'Third Maker'))));
  await run();
  t.match(lines(manifest).at(-1), { status: 'held', code: 'DUPLICATE_CONTENT_DIFFERS' }, 'what stands stays');
});

t.test('what was made under other rules is not resumed', async (t) => {
  const { input, output, manifest, secret } = scene(t);
  const run = (...more: string[]): ReturnType<typeof call> =>
    call(join(input, 'a.dcm'), '--output', output, '--manifest', manifest, '--resume', ...more);
  await run('--secret-file', secret);
  const whole = readFileSync(manifest, 'utf8');
  const other = join(input, 'other-secret');
  writeFileSync(other, 'b'.repeat(64));
  await t.rejects(run('--secret-file', other), {
    code: 'CONFIGURATION_INVALID',
    message: /another pseudonym secret/,
  });
  await t.rejects(run('--secret-file', secret, '--calling-ae', 'PACS1'), { message: /another --calling-ae/ });
  writeFileSync(manifest, whole.replace(/"profileRevision":"\w+"/, '"profileRevision":"000000000000"'));
  await t.rejects(run('--secret-file', secret), { message: /another profile revision/ });
  writeFileSync(manifest, whole.replace(/"redactRevision":"\w+"/, '"redactRevision":"00000000"'));
  await t.rejects(run('--secret-file', secret), { message: /another version of the search for text/ });
  writeFileSync(manifest, 'this is my letter to the editor\n');
  await t.rejects(run('--secret-file', secret), { message: /no manifest of this version/ });
  t.equal(readFileSync(manifest, 'utf8'), 'this is my letter to the editor\n', 'and left as it is');
});

t.test('--reports tells per study what was done, also over a run that is resumed', async (t) => {
  const { input, output, manifest, secret } = scene(t);
  const reports = join(input, 'reports');
  const run = (): ReturnType<typeof call> =>
    call(
      input,
      ...['--output', output, '--manifest', manifest, '--secret-file', secret],
      ...['--reports', reports, '--resume', '--workers', '1'],
    );
  await run();
  const study = createPseudonyms(Buffer.from('a'.repeat(64), 'hex')).uid('1.2.3.4');
  const report = (): unknown => JSON.parse(readFileSync(join(reports, study, 'report.json'), 'utf8'));
  t.strictSame(readdirSync(reports), [study]);
  t.strictSame(readdirSync(join(reports, study)).sort(), ['instances.jsonl', 'report.html', 'report.json']);
  t.match(report(), {
    studyInstanceUid: study,
    instances: { deidentified: 2, held: 1, series: 1 },
    held: [{ code: 'BURNED_IN_TEXT_RISK', instances: 1 }],
    incomplete: { lines: 0, instances: 0 },
  });
  for (const name of readdirSync(join(reports, study))) {
    const text = readFileSync(join(reports, study, name), 'utf8');
    for (const word of ['Doe', 'MRN-778899', '1.2.3.4.5']) t.notOk(text.includes(word), `${name}: ${word}`);
    t.equal(statSync(join(reports, study, name)).mode & 0o777, 0o600);
  }
  appendFileSync(join(reports, study, 'instances.jsonl'), '{"kind":"ins');
  writeFileSync(join(input, 'z.dcm'), file(ct(words(0x00080018, 'UI', '1.2.3.4.77'))));
  const uid = createPseudonyms(Buffer.from('a'.repeat(64), 'hex')).uid('1.2.3.4.5');
  const [stdout, stderr] = [new Sink(), new Sink()];
  const args = [study, '--reports', reports, '--instance', uid, '--json'];
  t.equal(await reportCommand(args, { stdout, stderr }), 0);
  t.match(JSON.parse(stdout.text), { sopInstanceUid: uid, instances: { deidentified: 1, held: 0 } });
  await run();
  t.match(report(), { instances: { deidentified: 3, held: 1 }, incomplete: { lines: 1, instances: 0 } });
});

t.test('--crosswalk records what became of every identifier before the output stands', async (t) => {
  const { input, output, secret } = scene(t);
  const folder = join(input, '..');
  const [dir, keyFile] = [join(folder, 'crosswalk'), join(folder, 'key')];
  writeFileSync(keyFile, 'ab'.repeat(32));
  const args = [input, '--output', output, '--secret-file', secret];
  await call(...args, '--crosswalk', dir, '--crosswalk-key', keyFile);
  const store = new CrosswalkStore(dir, Buffer.alloc(32, 0xab), 'read');
  const pairs = [...store.pairs()].filter((pair) => typeof pair !== 'symbol');
  store.close();
  t.ok(pairs.some(({ kind, idOld }) => kind === 'patient-id' && idOld === 'MRN-778899'));
  const files = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.dcm'),
  );
  t.ok(files.length > 0);
  for (const name of files) {
    const uid = name.replace(/^.*\//, '').replace('.dcm', '');
    t.ok(
      pairs.some(({ kind, idNew }) => kind === 'uid' && idNew === uid),
      'an output can be followed back',
    );
  }
  for (const name of readdirSync(dir)) t.notOk(readFileSync(join(dir, name)).includes('778899'), name);

  const beside = call(...args, '--crosswalk', folder, '--crosswalk-key', keyFile);
  await t.rejects(beside, { code: 'CROSSWALK_UNUSABLE' }, 'a key beside its data is refused');
  const same = call(...args, '--crosswalk', join(folder, 'other'), '--crosswalk-key', secret);
  await t.rejects(same, { code: 'CROSSWALK_UNUSABLE' }, 'the pseudonym secret is no key of a crosswalk');
  t.equal((await call(...args, '--crosswalk', dir)).exitCode, 64);
});

t.test('a profile that names another key than the one given is refused', async (t) => {
  const { input, output, secret } = scene(t);
  const profile = join(input, '..', 'p.yaml');
  writeFileSync(profile, 'profile: pinned\ndescription: x\nbase: basic\nkeyId: "0123abcd"\n');
  const refused = call(input, '--output', output, '--secret-file', secret, '--profile', profile);
  await t.rejects(refused, { code: 'KEY_UNKNOWN' });
});

t.test('an input that is the folder of outputs is refused, not passed over', async (t) => {
  const { input, output } = scene(t);
  const { exitCode, stderr } = await call(input, '--output', join(input, '.'));
  t.equal(exitCode, 64);
  t.match(stderr, /an input is the folder of outputs/);
  t.equal((await call(input, '--output', output, '--reports', input)).exitCode, 64);
});

t.test('pictures with identified pixels do not lie among what leaves', async (t) => {
  const folder = t.testdir({ in: { 'a.dcm': file(ct()) }, out: {} });
  const args = [join(folder, 'in'), '--output', join(folder, 'out'), '--reports', join(folder, 'reports')];
  for (const pictures of ['out', 'out/pictures', 'reports/x', 'in/../out/y']) {
    const { exitCode, stderr } = await call(...args, '--compare', `${folder}/${pictures}`);
    t.equal(exitCode, 64, pictures);
    t.match(stderr, 'outside of those of outputs and reports');
  }
  t.strictSame(readdirSync(join(folder, 'out')), []);
  t.equal((await call(...args, '--compare', join(folder, 'outside'))).exitCode, 0);
});

t.test('wrong arguments are told', async (t) => {
  t.equal((await call('x')).exitCode, 64);
  t.equal((await call('--output', 'y')).exitCode, 64);
  await t.rejects(call('x', '--output', t.testdir({}), '--wrong'), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
  await t.rejects(call('x', '--output', t.testdir({}), '--profile', 'none'), SallyportError);
  await t.rejects(call('x', '--output', t.testdir({}), '--calling-ae', 'a\\b'), {
    code: 'CONFIGURATION_INVALID',
  });
  for (const workers of ['0', '1.5', 'many', '257'])
    t.equal((await call('x', '--output', 'y', '--workers', workers)).exitCode, 64, workers);
  t.equal((await call('x', '--output', 'y', '--resume')).exitCode, 64, 'nothing to resume from');
  const { input, output } = scene(t);
  await t.rejects(call(input, '--output', output, '--secret-file', join(input, 'b.txt')), {
    code: 'SECRET_UNUSABLE',
  });
});
