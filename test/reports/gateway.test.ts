import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readAllStudies, readStudyReport, studiesIn } from '../../src/reports/read-study.ts';
import { reportsFolder } from '../../src/reports/report-store.ts';
import { sendFiles } from '../../src/send/send-files.ts';
import { syntheticIdentity } from '../../src/synthetic/identity.ts';
import { syntheticStudy } from '../../src/synthetic/study.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { holdProfile } from '../support/hold-profile.ts';
import { secondaryCapture, withElements, writeInstance } from '../support/instances.ts';

async function send(gateway: RunningGateway, paths: readonly string[]): Promise<void> {
  for await (const { outcome } of sendFiles(paths, {
    aeTitle: 'SALLYPORT',
    host: '127.0.0.1',
    port: gateway.dimsePort,
  }))
    t.equal(outcome, 'sent');
  await gateway.settled();
}

t.test('a gateway keeps a report per study, of what was delivered and of what is held', async (t) => {
  const directory = t.testdir();
  const instances = [...syntheticStudy({ seed: 'reports', images: 3, size: 32 })];
  const [first] = instances;
  if (first === undefined) throw new Error('no instance');
  const paths = instances.map(({ name, elements, transferSyntaxUid }) =>
    writeInstance(join(directory, name.replace('/', '-')), { elements, transferSyntaxUid }),
  );
  const capture = withElements(
    first.elements,
    element(0x00080016, 'UI', secondaryCapture),
    element(0x00080018, 'UI', '1.2.840.99.3'),
  );
  paths.push(writeInstance(join(directory, 'capture'), capture));
  const gateway = await startGateway(t, { directory, args: [`--deidentify.profile=${holdProfile}`] });
  await send(gateway, paths);
  await gateway.stop();
  const folder = join(gateway.storageDir, reportsFolder);
  const [study = '', ...more] = studiesIn(folder);
  t.strictSame(more, []);
  t.equal((await gateway.images()).length, instances.length, 'what was delivered');
  const report = readStudyReport(folder, study);
  t.match(report, {
    instances: { deidentified: instances.length, held: 1, series: 3 },
    held: [{ code: 'BURNED_IN_TEXT_RISK', instances: 1 }],
    incomplete: { lines: 0, instances: 0 },
  });
  t.strictSame(
    report.objects.map(({ modality, deidentified, held }) => [modality, deidentified, held]),
    [
      ['CT', 3, 0],
      ['DX', 1, 0],
      ['MR', 2, 0],
      ['CT', 0, 1],
    ],
  );
  t.match(readAllStudies(folder).instances, report.instances);
  // The gateway knows an instance by its own id.
  const [held] = await gateway.records(['held']);
  const [mr] = (await gateway.records(['delivered'])).filter(
    ({ sopClassUid }) => sopClassUid === '1.2.840.10008.5.1.4.1.1.4',
  );
  const one = readStudyReport(folder, study, mr?.id);
  t.match(one, { instances: { deidentified: 1, held: 0, series: 1 }, sopInstanceUid: /^2\.25\./ });
  t.match(readStudyReport(folder, study, one.sopInstanceUid ?? ''), { instances: one.instances });
  t.match(readStudyReport(folder, study, held?.id), {
    instances: { deidentified: 0, held: 1 },
    sopInstanceUid: null,
  });
  t.equal(gateway.count('reports.failed'), 0);
  const identity = syntheticIdentity('reports');
  const texts = readdirSync(folder).map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`);
  for (const word of [identity.patientId, identity.patientName.split('^')[0] ?? '', identity.studyDate])
    t.notOk(
      texts.some((text) => text.includes(word)),
      'no identifier',
    );
});

t.test('storage.reports=false keeps none', async (t) => {
  const directory = t.testdir();
  const [first] = syntheticStudy({ seed: 'none', images: 1, size: 32 });
  if (first === undefined) throw new Error('no instance');
  const path = writeInstance(join(directory, 'one'), first);
  const gateway = await startGateway(t, { directory, args: ['--storage.reports=false'] });
  await send(gateway, [path]);
  t.notOk(existsSync(join(gateway.storageDir, reportsFolder)));
});
