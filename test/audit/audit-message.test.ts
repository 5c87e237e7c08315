import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { auditMessage } from '../../src/audit/audit-message.ts';
import { syslogFrame } from '../../src/audit/syslog-frame.ts';
import {
  type AuditRecord,
  auditActions,
  auditActorKinds,
  auditObjectKinds,
  auditOutcomes,
  noHash,
} from '../../src/core/audit.ts';
import { run } from '../support/run.ts';

const xmllint = (await run('xmllint', ['--version']).catch(() => ({ exitCode: 1 }))).exitCode === 0;
const skip = xmllint ? false : 'xmllint is not installed';
const source = { id: 'GATE "1" & <2>', siteId: 'ward', aeTitle: "SALLY'PORT" };

function aRecord(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    sequence: 7,
    at: '2026-11-21T22:21:58.123Z',
    actor: { kind: 'ae', name: 'CT1', address: null },
    action: 'instance.received',
    object: { kind: 'instance', id: '01JD' },
    profileRevision: null,
    outcome: 'success',
    code: null,
    previousHash: noHash,
    hash: 'ab'.repeat(32),
    ...changes,
  };
}

t.test('every action of every kind of actor is valid by the schema of PS3.15 A.5.1', { skip }, async (t) => {
  const dir = t.testdir();
  const files: string[] = [];
  const write = (record: AuditRecord, siteId = 'ward') => {
    const file = join(dir, `${files.length}.xml`);
    writeFileSync(file, auditMessage(record, { ...source, siteId }));
    files.push(file);
  };
  for (const action of Object.keys(auditActions))
    for (const kind of auditActorKinds)
      write(
        aRecord({
          action,
          actor: { kind, name: `Zoë <"&'> ${kind}`, address: kind === 'user' ? '::1' : null },
        }),
      );
  for (const kind of auditObjectKinds)
    write(aRecord({ object: { kind, id: `a<b>&"'` }, profileRevision: 'rev 1' }), '');
  for (const action of Object.keys(auditActions)) {
    const file = join(dir, `study-${action}.xml`);
    writeFileSync(file, auditMessage(aRecord({ action }), source, '2.25.1'));
    files.push(file);
  }
  for (const outcome of ['minor-failure', 'serious-failure', 'major-failure', 'what?'])
    write(aRecord({ outcome, code: 'NOT_DICOM', action: outcome }));
  const schema = join(import.meta.dirname, 'audit-message.rng');
  const { exitCode, output } = await run('xmllint', ['--noout', '--relaxng', schema, ...files]);
  t.equal(
    exitCode,
    0,
    output
      .split('\n')
      .filter((line) => !line.endsWith('validates'))
      .join('\n')
      .slice(0, 2000),
  );
  writeFileSync(join(dir, 'bad.xml'), auditMessage(aRecord(), source).replace('csd-code', 'code'));
  t.not(
    (await run('xmllint', ['--noout', '--relaxng', schema, join(dir, 'bad.xml')])).exitCode,
    0,
    'the schema refuses',
  );
});

t.test('events have the codes of PS3.15 A.5.3', async (t) => {
  const codesOf = (action: string, changes: Partial<AuditRecord> = {}) => {
    const xml = auditMessage(aRecord({ action, ...changes }), source);
    const event =
      /<EventIdentification EventActionCode="(.)" .*?EventOutcomeIndicator="(\d+)"><EventID csd-code="(\d+)"/.exec(
        xml,
      );
    const type = /<EventTypeCode csd-code="(11\d+)"/.exec(xml);
    return [event?.[3], type?.[1], event?.[1], event?.[2]].filter((part) => part !== undefined).join(' ');
  };
  const gateway = { actor: { kind: 'gateway', name: 'sallyport', address: null } };
  t.equal(codesOf('gateway.started', gateway), '110100 110120 E 0');
  t.equal(codesOf('gateway.stopped', gateway), '110100 110121 E 0');
  t.equal(codesOf('instance.received'), '110104 C 0');
  t.equal(codesOf('instance.duplicate'), '110104 R 0');
  t.equal(codesOf('instance.delivered', gateway), '110106 R 0');
  t.equal(codesOf('instance.viewed-original'), '110103 R 0');
  t.equal(codesOf('instance.discarded'), '110103 D 0');
  t.equal(codesOf('instance.held', { outcome: 'minor-failure' }), '110103 U 4');
  t.equal(codesOf('instance.failed', { outcome: 'serious-failure' }), '110103 U 8');
  t.equal(codesOf('session.opened'), '110114 110122 E 0');
  t.equal(codesOf('session.refused', { outcome: 'minor-failure' }), '110114 110122 E 4');
  t.equal(codesOf('access.refused', { outcome: 'minor-failure' }), '110113 110132 E 4');
  t.equal(codesOf('audit.exported'), '110101 R 0');
  t.equal(codesOf('no.such-action'), '110113 E 0');
});

t.test('each outcome has its indicator of RFC 3881', async (t) => {
  for (const [outcome, indicator] of [
    ['success', '0'],
    ['minor-failure', '4'],
    ['serious-failure', '8'],
    ['major-failure', '12'],
    ['of another version', '8'],
  ] as const)
    t.match(auditMessage(aRecord({ outcome }), source), `EventOutcomeIndicator="${indicator}"`, outcome);
  t.strictSame([...auditOutcomes], ['success', 'minor-failure', 'serious-failure', 'major-failure']);
});

t.test('the study of an instance is an object of its own, where it is known', async (t) => {
  const study =
    /<ParticipantObjectIdentification ParticipantObjectID="2\.25\.7" ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="3"( ParticipantObjectDataLifeCycle="\d+")?><ParticipantObjectIDTypeCode csd-code="110180" codeSystemName="DCM" originalText="Study Instance UID"\/>/g;
  const count = (changes: Partial<AuditRecord>, pseudonym?: string) =>
    [...auditMessage(aRecord(changes), source, pseudonym).matchAll(study)].length;
  t.equal(count({ action: 'instance.delivered' }, '2.25.7'), 1);
  t.equal(count({ action: 'instance.received' }, '2.25.7'), 1);
  t.equal(count({ action: 'instance.received' }), 0);
  t.equal(count({ action: 'fhir.read', object: { kind: 'study', id: '2.25.7' } }), 1);
  t.equal(count({ action: 'file.viewed', object: { kind: 'file', id: 'f' } }, '2.25.7'), 0);
  t.match(auditMessage(aRecord(), source, '2.25.7'), /ParticipantObjectID="01JD"/, 'beside the instance');
});

t.test('a transfer names its source and its destination, an export where it goes', async (t) => {
  const received = auditMessage(aRecord(), source);
  t.match(
    received,
    /<ActiveParticipant UserID="CT1" AlternativeUserID="AETITLES=CT1" UserIsRequestor="true"><RoleIDCode csd-code="110153"/,
  );
  t.match(received, /UserIsRequestor="false"><RoleIDCode csd-code="110152"/);
  const delivered = auditMessage(
    aRecord({ action: 'instance.delivered', actor: { kind: 'gateway', name: 'sallyport', address: null } }),
    source,
  );
  t.match(delivered, /UserIsRequestor="true"><RoleIDCode csd-code="110153"/);
  t.match(delivered, /UserID="backend" UserIsRequestor="false"><RoleIDCode csd-code="110154"/);
  t.match(delivered, new RegExp(`ParticipantObjectID="7:${'ab'.repeat(32)}"`), 'the head goes with it');
  const person = auditMessage(aRecord({ actor: { kind: 'oidc', name: 'a', address: '10.1.2.3' } }), source);
  t.match(person, /NetworkAccessPointID="10.1.2.3" NetworkAccessPointTypeCode="2"/);
});

t.test('a frame counts its bytes, not its characters', async (t) => {
  const record = aRecord({ actor: { kind: 'user', name: 'Zoë', address: null }, outcome: 'minor-failure' });
  const frame = syslogFrame(record, source, { hostName: 'gate way\n1', processId: 12 });
  const space = frame.indexOf(0x20);
  t.equal(Number(frame.subarray(0, space)), frame.length - space - 1);
  const text = frame.subarray(space + 1).toString('utf8');
  t.ok(text.startsWith('<84>1 2026-11-21T22:21:58.123Z gateway1 sallyport 12 DICOM+RFC3881 - \ufeff<?xml'));
  t.notOk(text.includes('\n'));
});
