import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { Gateway } from '../../src/gateway.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { storescu } from '../support/dcmtk.ts';
import { startGateway } from '../support/gateway.ts';
import { signedImage, withElements, withoutElements, writeInstance } from '../support/instances.ts';
import { requirePeer } from '../support/peers.ts';

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

const research = `
profile: research
options: [retainPatientCharacteristics]
rules:
  - keyword: PatientSex
    action: remove
    when: { callingAeTitle: RESEARCH2 }
`;

/** A study of its own for each sender. */
function uidsOf(sender: string): { studyInstanceUid: string; seriesInstanceUid: string } {
  const number = 1 + ['DCMTK', 'RESEARCH', 'RESEARCH2'].indexOf(sender);
  return { studyInstanceUid: `1.2.826.0.1.${number}`, seriesInstanceUid: `1.2.826.0.1.${number}.1` };
}

interface StudyJson {
  readonly patientSex?: string;
  readonly studyInstanceUid?: string;
  readonly deidentification: { readonly profile: string; readonly profileRevision: string };
}

t.test('two senders, two profiles, one gateway: what is delivered differs as the profiles say', async (t) => {
  if (!requirePeer(t, 'storescu')) return;
  const dir = t.testdir({ 'research.yaml': research });
  const byAe = ['RESEARCH', 'RESEARCH2'].map((callingAeTitle) => ({
    callingAeTitle,
    profile: join(dir, 'research.yaml'),
  }));
  const gateway = await startGateway(t, {
    directory: dir,
    args: [`--deidentify.profileByCallingAe=${JSON.stringify(byAe)}`],
  });
  const senders = ['DCMTK', 'RESEARCH', 'RESEARCH2'];
  for (const callingAeTitle of senders) {
    const file = writeInstance(
      join(dir, `${callingAeTitle}.dcm`),
      withElements(
        withoutElements(signedImage({ sopClassUid: ctImageStorage, ...uidsOf(callingAeTitle) }), 0x00080064),
        element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
        element(0x00080060, 'CS', 'CT'),
      ),
    );
    const sent = await storescu({ port: gateway.dimsePort, callingAeTitle }, [file]);
    t.equal(sent.exitCode, 0, sent.output);
  }
  await gateway.settled();
  t.same(
    (await gateway.records()).map(({ state, callingAeTitle }) => [state, callingAeTitle]),
    senders.map((callingAeTitle) => ['delivered', callingAeTitle]),
  );
  const studies = readdirSync(gateway.receivedDir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('study.json'))
    .map((path) => JSON.parse(readFileSync(join(gateway.receivedDir, path), 'utf8')) as StudyJson);
  const of = (profile: string): StudyJson[] =>
    studies.filter(({ deidentification }) => deidentification.profile === profile);
  t.equal(studies.length, 3);
  t.equal(of('basic').length, 1);
  t.notOk(of('basic')[0]?.patientSex, 'the basic profile gives no sex');
  t.equal(of('research').length, 2);
  t.equal(of('research').filter(({ patientSex }) => patientSex === 'F').length, 1);
  t.equal(of('research').filter(({ patientSex }) => !patientSex).length, 1, 'the rule for RESEARCH2');
  const revisions = new Set(studies.map(({ deidentification }) => deidentification.profileRevision));
  t.equal(revisions.size, 2);
});

t.test('a gateway with a faulty profile does not start, and leaves nothing behind', async (t) => {
  const dir = t.testdir({ 'bad.yaml': 'profile: bad\noptions: [everything]\n' });
  const storage = join(dir, 'storage');
  const byAe = JSON.stringify([{ callingAeTitle: 'A', profile: join(dir, 'bad.yaml') }]);
  const { config } = loadConfig({
    environment: {},
    args: [
      `--storage.dir=${storage}`,
      '--dimse.port=0',
      '--http.port=0',
      `--deidentify.profileByCallingAe=${byAe}`,
    ],
  });
  const gateway = new Gateway(config, { log: false });
  await t.rejects(gateway.start(), {
    code: 'CONFIGURATION_INVALID',
    faults: [/bad\.yaml:2:11: unknown option "everything"/],
  });
  t.notOk(readdirSync(dir).includes('storage'), 'no storage folder, no secret');
  writeFileSync(join(dir, 'bad.yaml'), 'profile: good\n');
  await gateway.start();
  await gateway.stop();
});
