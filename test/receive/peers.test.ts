import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { encodeFileMeta } from '../../src/dicom/file-meta.ts';
import { CT, dataSet, IMPLICIT, running, tool, until } from './fakes.ts';

async function part10(folder: string, name: string, instance: string, size = 300_000): Promise<string> {
  const path = join(folder, name);
  const meta = encodeFileMeta({ sopClassUid: CT, sopInstanceUid: instance, transferSyntaxUid: IMPLICIT });
  await writeFile(path, Buffer.concat([meta, dataSet(size, CT, instance)]));
  return path;
}

const dcmtk = (await tool('echoscu', ['--version']).catch(() => ({ code: 1 }))).code === 0;
const skip = dcmtk ? false : 'DCMTK (echoscu, storescu, dcmsend) is not installed';

t.test('echoscu gets Success, many times in one association', { skip }, async (t) => {
  const { port, events } = await running(t);
  const result = await tool('echoscu', ['--repeat', 40, '127.0.0.1', port]);
  t.equal(result.code, 0, result.output);
  t.equal(events.filter((event) => event.name === 'echo.answered').length, 40);
  // The peer may be gone before we have seen its socket close.
  await until(() => events.at(-1)?.name === 'association.closed');
  t.match(events.at(-1), { name: 'association.closed', fields: { how: 'released', instances: 0 } });
});

t.test(
  'storescu stores every byte of the data set behind a head that is a Part 10 file',
  { skip },
  async (t) => {
    const { port, intake } = await running(t);
    const folder = t.testdir();
    const files = [];
    for (let index = 1; index <= 5; index++) {
      files.push(await part10(folder, `${index}.dcm`, `1.2.3.4.${index}`, index * 260_002));
    }
    const result = await tool('storescu', [
      '-aet',
      'MODALITY',
      '-aec',
      'SALLYPORT',
      '127.0.0.1',
      port,
      ...files,
    ]);
    t.equal(result.code, 0, result.output);
    t.equal(intake.taken.length, 5);
    for (const [index, taken] of intake.taken.entries()) {
      const uid = `1.2.3.4.${index + 1}`;
      t.equal(taken.state, 'committed');
      t.same(taken.origin.callingAeTitle, 'MODALITY');
      const file = join(folder, `kept-${index}.dcm`);
      await writeFile(file, Buffer.concat([taken.head, ...taken.chunks]));
      const dump = await tool('dcmdump', ['+P', '0002,0016', '+P', '0008,0018', '+P', '0002,0012', file]);
      t.equal(dump.code, 0, dump.output);
      t.match(dump.output, `[${uid}]`);
      t.match(dump.output, '[MODALITY]');
    }
  },
);

t.test('dcmsend stores a folder', { skip }, async (t) => {
  const { port, intake } = await running(t);
  const folder = t.testdir();
  await mkdir(join(folder, 'sub'));
  for (let index = 1; index <= 3; index++) await part10(join(folder, 'sub'), `${index}`, `1.2.9.${index}`);
  const result = await tool('dcmsend', ['+sd', '+r', '-v', '127.0.0.1', port, folder]);
  t.equal(result.code, 0, result.output);
  t.equal(intake.taken.filter((taken) => taken.state === 'committed').length, 3);
});

t.test('a sender learns a refusal from the status and the Error Comment', { skip }, async (t) => {
  const { port, intake } = await running(t);
  intake.beginFails = 'STORAGE_FULL';
  const file = await part10(t.testdir(), 'a.dcm', '1.2.3');
  const result = await tool('storescu', ['-d', '127.0.0.1', port, file]);
  t.match(result.output, /0xa700/i);
  t.match(result.output, 'STORAGE_FULL');
});
