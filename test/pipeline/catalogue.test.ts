import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { seriesViewOf, studyViewOf } from '../../src/core/study-view.ts';
import { basicProfile } from '../../src/deidentify/profile.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';
import { imagingStudyOf } from '../../src/fhir/imaging-study.ts';
import { identityElements, syntheticIdentity } from '../../src/synthetic/identity.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { r4Faults } from '../fhir/r4.ts';
import { brokenAtTheEnd, enhanced, slice } from './images.ts';
import { openLanes } from './lanes.ts';

const pseudonyms = createPseudonyms(new Uint8Array(32).fill(9));
const settings = { patientSystem: '', accessionSystem: '' };
const words = {
  modality: 'CT',
  seriesNumber: 1,
  seriesDescription: 'Head',
  protocolName: 'Head',
  bodyPart: 'HEAD',
} as const;

/** Every value of the invented patient's header that names somebody, something or a time. */
function identifiers(seed: string): string[] {
  const kept = new Set([
    'CT',
    'HEAD',
    'HFS',
    'M',
    'F',
    'O',
    '1',
    'ISO_IR 100',
    'ISO_IR 192',
    'Head',
    'Y',
    'N',
  ]);
  return identityElements(seed, syntheticIdentity(seed), words)
    .flatMap(({ value }) => (Array.isArray(value) ? value : [value]))
    .filter((value): value is string => typeof value === 'string')
    .flatMap((value) => [value, ...value.split(/[\^ \\]/)])
    .map((value) => value.trim())
    .filter((value) => value.length >= 5 && !kept.has(value) && !value.startsWith('1.2.840.10008'));
}

const profile = (options: readonly string[]) =>
  ({
    ...basicProfile.definition,
    options: [...basicProfile.definition.options, ...options],
  }) as typeof basicProfile.definition;

t.test(
  'of what is delivered the catalogue knows pseudonyms and what the profile keeps, nothing else',
  async (t) => {
    const lanes = await openLanes(t);
    await lanes.add('ct-1', slice('a', 1));
    await lanes.add('ct-2', slice('a', 2));
    await lanes.add('ct-3', enhanced('b', 3));
    lanes.start();
    for (const id of ['ct-1', 'ct-2', 'ct-3']) await lanes.until(id, 'delivered');
    const { studies } = await lanes.ledger.catalogue.list({ limit: 10 });
    t.equal(studies.length, 2);
    const bodies = JSON.stringify(lanes.posts.map(({ body }) => body));
    const told: unknown[] = [];
    for (const study of studies) {
      const whole = await lanes.ledger.catalogue.whole(study.studyPseudonym, 100);
      if (whole === undefined) throw new Error('no study');
      const resource = imagingStudyOf(whole, settings);
      t.strictSame(r4Faults(resource), []);
      t.equal(resource.status, 'available');
      const series = (await lanes.ledger.catalogue.series(study.studyPseudonym, 10)).map(seriesViewOf);
      told.push(studyViewOf(study), series, resource);
      for (const [, uid = ''] of JSON.stringify(resource).matchAll(/"uid":"([0-9.]+)"/g))
        t.ok(bodies.includes(`"${uid}"`), 'the UIDs are those of the posts');
      t.ok(bodies.includes(study.patientPseudonym ?? 'none'));
    }
    const [one] = studies.filter(({ tallies }) => tallies.some(({ instances }) => instances === 2));
    t.match(one === undefined ? undefined : studyViewOf(one), {
      modalities: ['CT'],
      callingAeTitles: ['PACS'],
      seriesCount: 1,
      instances: { delivered: 2, held: 0 },
      started: null,
      fhir: { state: 'waiting' },
    });
    const three = (
      await Promise.all(studies.map((s) => lanes.ledger.catalogue.series(s.studyPseudonym, 9)))
    ).flat();
    t.strictSame(three.map(({ frames }) => frames).sort(), [2, 3]);
    const database = new DatabaseSync(join(lanes.dir, 'ledger.sqlite'), { readOnly: true });
    for (const table of ['studies', 'study_series', 'study_instances', 'study_tallies'])
      told.push(database.prepare(`SELECT * FROM ${table}`).all());
    database.close();
    const text = JSON.stringify(told);
    for (const seed of ['a', 'b']) {
      const names = identifiers(seed);
      t.ok(names.length > 15, `${names.length} identifiers`);
      for (const name of names) t.notOk(text.includes(name), 'an identifier is in the catalogue');
    }
  },
);

t.test('dates that a profile shifts are told as they leave', async (t) => {
  const lanes = await openLanes(t, { profile: profile(['retainLongModifiedDates']) });
  await lanes.add('ct-1', slice('a', 1, element(0x00080201, 'SH', '+0200')));
  lanes.start();
  await lanes.until('ct-1', 'delivered');
  const [study] = (await lanes.ledger.catalogue.list({ limit: 1 })).studies;
  const posted = lanes.posts[0]?.body.study as { studyDate: string | null } | undefined;
  t.ok(posted?.studyDate, 'this profile keeps dates');
  t.equal(study?.studyDate, posted?.studyDate);
  t.not(study?.studyDate, syntheticIdentity('a').studyDate, 'shifted');
  const started = study === undefined ? null : studyViewOf(study).started;
  t.equal(started?.slice(0, 10).replaceAll('-', ''), posted?.studyDate);
});

t.test('an instance that is held stands under the study it would leave in', async (t) => {
  const lanes = await openLanes(t);
  await lanes.add('ct-1', slice('a', 1));
  await lanes.add('bad', brokenAtTheEnd('a', 3));
  await lanes.add('junk', Buffer.alloc(3000, 7));
  lanes.start();
  await lanes.until('ct-1', 'delivered');
  const held = await lanes.until('bad', 'held');
  await lanes.until('junk', 'held');
  const [study] = (await lanes.ledger.catalogue.list({ limit: 5 })).studies;
  t.equal(held.studyPseudonym, study?.studyPseudonym);
  t.match(held.seriesPseudonym, /^2\.25\./);
  t.match(study === undefined ? undefined : studyViewOf(study), {
    instances: { delivered: 1, held: 1 },
    reasons: [{ state: 'held', code: held.code, instances: 1, reason: /./, advice: /./ }],
  });
  // One instance was delivered: it waits for a FHIR server, or there is none to wait for.
  const fhirOf = (posts: boolean) => (study === undefined ? undefined : studyViewOf(study, { posts }).fhir);
  t.match(fhirOf(true), { state: 'waiting' });
  t.match(fhirOf(false), { state: 'disabled', attempts: 0, nextAttemptAt: null });
  t.match(await lanes.ledger.catalogue.unassigned(5), [
    { callingAeTitle: 'PACS', state: 'held', instances: 1 },
  ]);
  t.ok(held.studyPseudonym?.startsWith(pseudonyms.uid('1.2.3').slice(0, 5)));
});

t.test('what another process had bound is told as it leaves in the end', async (t) => {
  const first = await openLanes(t, { answer: () => ({ kind: 'retry', code: 'BACKEND_UNAVAILABLE' }) });
  await first.add('ct-1', slice('a', 1));
  first.start();
  await first.until('ct-1', 'prepared');
  await first.stop();
  const database = new DatabaseSync(join(first.dir, 'ledger.sqlite'));
  database.exec(
    "UPDATE studies SET description = 'as it was prepared under another profile', profile_revision = 'old'",
  );
  database.exec('DELETE FROM study_instances');
  database.close();
  const second = await openLanes(t, { dir: first.dir });
  second.start();
  await second.until('ct-1', 'delivered');
  const [study] = (await second.ledger.catalogue.list({ limit: 1 })).studies;
  t.equal(study?.description, null);
  t.equal((await second.ledger.catalogue.whole(study?.studyPseudonym ?? '', 9))?.images?.length, 1);
  await second.stop();
});
