import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { deidentify } from '../../../src/deidentify/deidentify.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { text } from '../../../src/dicom/values.ts';
import { corpusFiles, corpusMissing } from '../../support/corpus.ts';
import { dciodvfyErrors } from '../../support/dcmtk.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { run as runProgram } from '../../support/run.ts';
import { explicit, mustPass, pseudonyms, written } from '../build.ts';
import { code, codeValue, contentItem, dcm, personName } from './content.ts';
import { document } from './document-parts.ts';
import { documents } from './documents.ts';
import { leaks, output, profiles, sopInstanceUid } from './outputs.ts';

/** Errors without what changes on purpose: values. */
const errorsOf = async (path: string): Promise<string[]> =>
  (await dciodvfyErrors(path)).map((line) => line.replace(/[\d.]{8,}|<[^>]*>(?= - |$)/g, ''));

t.test('DCMTK and dciodvfy: outputs read, and no worse than what came in', async (t) => {
  if (!requirePeer(t, 'dsrdump') || !requirePeer(t, 'dciodvfy')) return;
  const folder = t.testdir({});
  for (const [name, make] of Object.entries(documents)) {
    const dataSet = make();
    const before = join(folder, 'before.dcm');
    const head = encodeFileMeta({
      sopClassUid: text(dataSet, 0x00080016)[0] ?? '',
      sopInstanceUid: text(dataSet, sopInstanceUid)[0] ?? '',
      transferSyntaxUid: explicit,
    });
    writeFileSync(before, Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid: explicit, head })]));
    const known = await errorsOf(before);
    for (const [key, under] of Object.entries(profiles)) {
      const after = join(folder, 'after.dcm');
      writeFileSync(after, output(dataSet, under).bytes);
      const added = (await errorsOf(after)).filter((line) => !known.includes(line));
      t.strictSame(added, [], `${name}, ${key}: dciodvfy`);
      if (name === 'presentation state' || name === 'waveform') continue;
      for (const program of ['dsrdump', 'dsr2xml'] as const) {
        const { exitCode, output: said } = await runProgram(peerProgram(program), [after]);
        t.equal(exitCode, 0, `${name}, ${key}: ${program}`);
        t.notMatch(said, /^[EF]: /m);
      }
    }
  }
});

t.test(
  'every SR class, cleaned to nothing or replaced, is still a document to DCMTK and dciodvfy',
  async (t) => {
    if (!requirePeer(t, 'dsrdump') || !requirePeer(t, 'dciodvfy')) return;
    const folder = t.testdir({});
    const before = join(folder, 'class-before.dcm');
    const after = join(folder, 'class-after.dcm');
    const classes = '11 22 33 34 40 50 59 65 67 68 69 70 71 72 73 74 75'
      .split(' ')
      .map((last) => `88.${last}`);
    for (const suffix of classes) {
      const made = document(suffix, dcm('126000'), [
        contentItem('CODE', {
          relationship: 'HAS CONCEPT MOD',
          name: dcm('121049'),
          values: [codeValue(code('en', 'RFC5646', 'English'))],
        }),
        contentItem('PNAME', {
          relationship: 'HAS OBS CONTEXT',
          name: dcm('121088'),
          values: [personName('Zyxwvut')],
        }),
      ]);
      const dataSet = suffix === '88.59' ? (documents['key object']?.() ?? made) : made;
      const head = encodeFileMeta({
        sopClassUid: `1.2.840.10008.5.1.4.1.1.${suffix}`,
        sopInstanceUid: text(dataSet, sopInstanceUid)[0] ?? '',
        transferSyntaxUid: explicit,
      });
      writeFileSync(before, Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid: explicit, head })]));
      const known = await errorsOf(before);
      for (const key of ['cleaned', 'replaced'] as const) {
        const { bytes } = output(dataSet, profiles[key]);
        writeFileSync(after, bytes);
        t.strictSame(leaks(bytes, ['Zyxwvut']), [], `${suffix}, ${key}`);
        const added = (await errorsOf(after)).filter((line) => !known.includes(line));
        t.strictSame(added, [], `${suffix}, ${key}: dciodvfy`);
        const { exitCode, output: said } = await runProgram(peerProgram('dsrdump'), [after]);
        t.equal(exitCode, 0, `${suffix}, ${key}: dsrdump`);
        t.notMatch(said, /^[EF]: /m);
      }
    }
  },
);

t.test('structured objects of the corpus', { skip: corpusMissing }, async (t) => {
  const structured = corpusFiles().filter(({ sopClassUid }) => /\.1\.1\.(88|11|9)\.\d/.test(sopClassUid));
  t.ok(structured.length >= 4, `${structured.length} files`);
  const folder = t.testdir({});
  for (const { name, path, sopClassUid } of structured) {
    const input = readPart10(memorySource(readFileSync(path)));
    for (const [key, under] of Object.entries(profiles)) {
      const { value } = mustPass(deidentify(input, { profile: under, pseudonyms }));
      const after = join(folder, 'after.dcm');
      writeFileSync(after, written(value));
      const patient = [...text(input.dataSet, 0x00100010), ...text(input.dataSet, 0x00100020)].filter(
        (term) => term.length > 4,
      );
      t.strictSame(leaks(written(value), patient), [], `${name}, ${key}`);
      if (requirePeer(t, 'dciodvfy')) {
        const known = await errorsOf(path);
        t.strictSame(
          (await errorsOf(after)).filter((line) => !known.includes(line)),
          [],
          `${name}, ${key}: dciodvfy`,
        );
      }
      if (!sopClassUid.includes('.88.')) continue;
      const { exitCode } = await runProgram(peerProgram('dsrdump'), [after]);
      t.equal(
        exitCode,
        (await runProgram(peerProgram('dsrdump'), [path])).exitCode,
        `${name}, ${key}: dsrdump`,
      );
    }
  }
});
