import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { deidentifyCommand } from '../../../src/cli/commands/deidentify.ts';
import { SallyportError } from '../../../src/core/errors.ts';
import { createPseudonyms } from '../../../src/deidentify/pseudonyms.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataSet } from '../../../src/dicom/data-set.ts';
import { encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { firstText } from '../../../src/dicom/values.ts';
import { ct, explicit, words } from '../../deidentify/build.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function call(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const exitCode = await deidentifyCommand(args, { stdout, stderr });
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
  t.equal(result.stderr, '');
  t.match(
    result.stdout,
    /^2 de-identified, 2 held, 1 failed; profile basic [0-9a-f]{12}, key [0-9a-f]{8}\n$/,
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
    t.match(all.at(-1), { status: 'failed', code: 'STORAGE_FAILED', output: null });
  }
  t.ok(statSync(output).isDirectory());
});

t.test('wrong arguments are told', async (t) => {
  t.equal((await call('x')).exitCode, 64);
  t.equal((await call('--output', 'y')).exitCode, 64);
  await t.rejects(call('x', '--output', t.testdir({}), '--wrong'), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
  await t.rejects(call('x', '--output', t.testdir({}), '--profile', 'none'), SallyportError);
  const { input, output } = scene(t);
  await t.rejects(call(input, '--output', output, '--secret-file', join(input, 'b.txt')), {
    code: 'SECRET_UNUSABLE',
  });
});
