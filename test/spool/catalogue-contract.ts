import type { Test } from 'tap';
import type { CataloguedInstance } from '../../src/core/catalogue.ts';
import type { InstanceRecord } from '../../src/core/instance.ts';
import type { InstanceChange, Ledger } from '../../src/spool/backend.ts';
import type { BackendPair } from './backend-contract.ts';
import { aRecord } from './spool-fixture.ts';

/** What a profile that keeps nearly everything lets through of one instance. */
export function anEntry(changes: Partial<CataloguedInstance> = {}): CataloguedInstance {
  return {
    profileRevision: 'basic-1',
    patientPseudonym: 'SP-7Q2M4KXH3ZRB5TNA',
    accessionPseudonym: 'Q2M4KXH3ZRB5TNAA',
    studyDate: '20190304',
    studyTime: '101112',
    timezoneOffset: '+0100',
    studyDescription: 'CT THORAX',
    modality: 'CT',
    seriesNumber: 2,
    seriesDescription: 'AXIAL',
    bodyPart: 'CHEST',
    laterality: null,
    seriesDate: '20190304',
    seriesTime: '101500',
    imageUid: '2.25.7',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    instanceNumber: 1,
    imageType: 'ORIGINAL\\PRIMARY\\AXIAL',
    frames: 1,
    ...changes,
  };
}

export interface Placed {
  readonly study: string;
  readonly series?: string;
  readonly entry?: Partial<CataloguedInstance>;
  readonly record?: Partial<InstanceRecord>;
}

/** A row on its way from received to prepared, as the deliver lane binds it. */
export async function prepared(
  ledger: Ledger,
  { study, series, entry, record }: Placed,
): Promise<InstanceRecord> {
  const row = aRecord(record);
  await ledger.insert(row);
  const catalogue = anEntry({ imageUid: `2.25.${row.receivedAt}`, ...entry });
  const set = {
    state: 'prepared',
    studyPseudonym: study,
    seriesPseudonym: series ?? `${study}.1`,
    updatedAt: row.receivedAt + 1,
  } as const;
  const applied = await ledger.apply([{ id: row.id, from: ['received'], catalogue, set }]);
  if (applied.length !== 1) throw new Error('not applied');
  return row;
}

const to = (
  row: InstanceRecord,
  state: InstanceRecord['state'],
  set: InstanceChange['set'] = {},
): InstanceChange => ({
  id: row.id,
  from: ['received', 'prepared', 'held', 'failed'],
  set: { state, code: null, updatedAt: row.receivedAt + 2, ...set },
});

export async function delivered(ledger: Ledger, placed: Placed): Promise<InstanceRecord> {
  const row = await prepared(ledger, placed);
  await ledger.apply([to(row, 'delivered')]);
  return row;
}

const only = (study: string) => ({ studyPseudonym: study, limit: 1 });

/** What the catalogue of every ledger must do. */
export async function catalogueContract(t: Test, open: () => Promise<BackendPair>): Promise<void> {
  const check = (name: string, body: (t: Test, pair: BackendPair) => Promise<void>) =>
    t.test(name, async (t) => {
      const pair = await open();
      await body(t, pair);
      await pair.close();
    });

  await check(
    'a study is known from the first prepared instance, with its progress',
    async (t, { ledger }) => {
      const { catalogue } = ledger;
      t.equal(await catalogue.get('2.25.1'), undefined);
      const first = await delivered(ledger, { study: '2.25.1' });
      const second = await prepared(ledger, {
        study: '2.25.1',
        series: '2.25.1.2',
        entry: { modality: 'SR', seriesNumber: 1, frames: 3 },
        record: { callingAeTitle: 'OTHER' },
      });
      await ledger.apply([to(second, 'held', { code: 'BACKEND_REFUSED' })]);
      const study = await catalogue.get('2.25.1');
      t.match(study, {
        patientPseudonym: 'SP-7Q2M4KXH3ZRB5TNA',
        studyDate: '20190304',
        description: 'CT THORAX',
        modalities: ['CT', 'SR'],
        seriesCount: 2,
        firstReceivedAt: first.receivedAt,
        lastReceivedAt: second.receivedAt,
        changedAt: second.receivedAt + 2,
        fhir: { version: 1, settledVersion: 0, postedAt: null },
      });
      t.strictSame(
        study?.tallies.map(({ callingAeTitle, state, code, instances }) => [
          callingAeTitle,
          state,
          code,
          instances,
        ]),
        [
          ['OTHER', 'held', 'BACKEND_REFUSED', 1],
          ['SENDER', 'delivered', null, 1],
        ],
      );
      const series = await catalogue.series('2.25.1', 10);
      t.strictSame(
        series.map(({ seriesNumber, modality, instances, frames }) => [
          seriesNumber,
          modality,
          instances,
          frames,
        ]),
        [
          [1, 'SR', 1, 3],
          [2, 'CT', 1, 1],
        ],
      );
      t.equal((await catalogue.series('2.25.1', 1)).length, 1);
      const whole = await catalogue.whole('2.25.1', 10);
      t.strictSame(
        whole?.images?.map(({ seriesPseudonym, imageUid }) => [seriesPseudonym, imageUid]),
        [['2.25.1.1', `2.25.${first.receivedAt}`]],
        'only what was delivered is part of its ImagingStudy',
      );
      t.equal((await catalogue.whole('2.25.1', 0))?.images, null, 'too many');
      t.equal(await catalogue.whole('2.25.9', 10), undefined);
    },
  );

  await check('a change that does not hold writes nothing to the catalogue', async (t, { ledger }) => {
    const row = aRecord({ state: 'held', code: 'UNEXPECTED' });
    await ledger.insert(row);
    const set = { state: 'prepared', studyPseudonym: '2.25.1', seriesPseudonym: '2.25.2' } as const;
    t.strictSame(await ledger.apply([{ id: row.id, from: ['received'], catalogue: anEntry(), set }]), []);
    t.equal(await ledger.catalogue.get('2.25.1'), undefined);
    const impossible = JSON.parse('"no-such-state"');
    await t.rejects(
      ledger.apply([
        { id: row.id, from: ['held'], catalogue: anEntry(), set },
        { id: row.id, from: ['prepared'], set: { state: impossible } },
      ]),
    );
    t.equal(await ledger.catalogue.get('2.25.1'), undefined, 'one transaction');
  });

  await check(
    'what a new revision of the profile removes is gone; a gap under the same one is not',
    async (t, { ledger }) => {
      const described = async (entry: Partial<CataloguedInstance>) => {
        await prepared(ledger, { study: '2.25.1', entry });
        const study = await ledger.catalogue.get('2.25.1');
        const [series] = await ledger.catalogue.series('2.25.1', 1);
        return [study?.description, study?.patientPseudonym, series?.seriesDescription];
      };
      t.strictSame(await described({}), ['CT THORAX', 'SP-7Q2M4KXH3ZRB5TNA', 'AXIAL']);
      t.strictSame(await described({ studyDescription: null, seriesDescription: null }), [
        'CT THORAX',
        'SP-7Q2M4KXH3ZRB5TNA',
        'AXIAL',
      ]);
      t.strictSame(
        await described({ profileRevision: 'basic-2', studyDescription: null, seriesDescription: null }),
        [null, 'SP-7Q2M4KXH3ZRB5TNA', null],
      );
    },
  );

  await check('instances without a study are counted by sender, state and code', async (t, { ledger }) => {
    for (const callingAeTitle of ['A', 'A', 'B']) await ledger.insert(aRecord({ callingAeTitle }));
    const held = aRecord({ callingAeTitle: 'B', state: 'held', code: 'NOT_DICOM' });
    await ledger.insert(held);
    const groups = async () =>
      (await ledger.catalogue.unassigned(10)).map((g) => [g.callingAeTitle, g.state, g.code, g.instances]);
    t.strictSame(await groups(), [
      ['A', 'received', null, 2],
      ['B', 'held', 'NOT_DICOM', 1],
      ['B', 'received', null, 1],
    ]);
    t.equal((await ledger.catalogue.unassigned(1)).length, 1);
    await prepared(ledger, { study: '2.25.1', record: { callingAeTitle: 'A' } });
    await ledger.apply([
      to(held, 'held', { code: 'UNEXPECTED', studyPseudonym: '2.25.1', seriesPseudonym: null }),
    ]);
    t.strictSame(await groups(), [
      ['A', 'received', null, 2],
      ['B', 'received', null, 1],
    ]);
    t.match((await ledger.catalogue.get('2.25.1'))?.tallies, { length: 2 }, 'it has moved to its study');
  });

  await check('studies are found by everything people know of them', async (t, { ledger }) => {
    const at = (receivedAt: number) => ({ receivedAt });
    await delivered(ledger, { study: '2.25.10', record: at(100), entry: { patientPseudonym: 'SP-A' } });
    await delivered(ledger, {
      study: '2.25.11',
      record: { ...at(200), callingAeTitle: 'MR1' },
      entry: { modality: 'MR' },
    });
    const waiting = await prepared(ledger, { study: '2.25.2', record: at(300) });
    const held = await prepared(ledger, {
      study: '2.25.3',
      record: at(400),
      entry: { patientPseudonym: 'SP-A' },
    });
    await ledger.apply([to(held, 'held', { code: 'BACKEND_REFUSED' })]);
    const found = async (filter: Partial<Parameters<Ledger['catalogue']['list']>[0]>) =>
      (await ledger.catalogue.list({ limit: 10, ...filter })).studies.map(
        ({ studyPseudonym }) => studyPseudonym,
      );
    t.strictSame(await found({}), ['2.25.3', '2.25.2', '2.25.11', '2.25.10'], 'newest first');
    t.strictSame(await found({ studyPseudonym: '2.25.1' }), ['2.25.10', '2.25.11'], 'by its beginning');
    t.strictSame(await found({ studyPseudonym: '2.25.10' }), ['2.25.10']);
    t.strictSame(await found({ studyPseudonym: '2.25.1', modality: 'MR' }), ['2.25.11']);
    t.strictSame(await found({ studyPseudonym: '2.25.1', receivedFrom: 200, patientPseudonym: 'SP-A' }), []);
    t.strictSame(await found({ patientPseudonym: 'SP-A' }), ['2.25.3', '2.25.10']);
    t.strictSame(await found({ patientPseudonym: 'SP-A', receivedTo: 400 }), ['2.25.10']);
    t.strictSame(await found({ callingAeTitle: 'MR1' }), ['2.25.11']);
    t.strictSame(await found({ modality: 'MR' }), ['2.25.11']);
    t.strictSame(await found({ states: ['held', 'prepared'] }), ['2.25.3', '2.25.2']);
    t.strictSame(await found({ states: [] }), []);
    t.strictSame(await found({ code: 'BACKEND_REFUSED' }), ['2.25.3']);
    t.strictSame(await found({ receivedFrom: 200, receivedTo: 400 }), ['2.25.2', '2.25.11']);
    t.strictSame(await found({ code: 'BACKEND_REFUSED', callingAeTitle: 'MR1' }), []);
    await ledger.apply([to(waiting, 'delivered')]);
    t.strictSame(await found({ fhir: 'waiting' }), ['2.25.2', '2.25.11', '2.25.10']);
    const version = 1;
    await ledger.catalogue.settle({ studyPseudonym: '2.25.10', version, kind: 'posted', at: 5 });
    await ledger.catalogue.settle({
      studyPseudonym: '2.25.11',
      version,
      kind: 'refused',
      code: 'FHIR_REFUSED',
      detail: '422',
    });
    await ledger.catalogue.settle({
      studyPseudonym: '2.25.2',
      version,
      kind: 'retry',
      code: 'FHIR_UNAVAILABLE',
      detail: '503',
      dueAt: 9,
    });
    t.strictSame(await found({ fhir: 'posted' }), ['2.25.10']);
    t.strictSame(await found({ fhir: 'refused' }), ['2.25.11']);
    t.strictSame(await found({ fhir: 'retrying' }), ['2.25.2']);
    await t.rejects(ledger.catalogue.list({ limit: 1, cursor: "1' OR 1" }), { code: 'CURSOR_INVALID' });
    await t.rejects(ledger.catalogue.list({ limit: 1, studyPseudonym: '2', cursor: '1x2' }), {
      code: 'CURSOR_INVALID',
    });
  });

  await check(
    'pages of studies join without gap or overlap, also where times are equal',
    async (t, { ledger }) => {
      for (let n = 0; n < 23; n++)
        await prepared(ledger, { study: `2.25.${n}`, record: { receivedAt: n >> 2 } });
      for (const filter of [
        {},
        { studyPseudonym: '2.25.' },
        { modality: 'CT' },
        { patientPseudonym: 'SP-7Q2M4KXH3ZRB5TNA' },
      ]) {
        const all: string[] = [];
        let cursor: string | null = null;
        for (let pages = 0; pages < 9; pages++) {
          const page = await ledger.catalogue.list({
            ...filter,
            limit: 5,
            ...(cursor === null ? {} : { cursor }),
          });
          all.push(...page.studies.map(({ studyPseudonym }) => studyPseudonym));
          cursor = page.next;
          if (cursor === null) break;
        }
        t.equal(cursor, null);
        t.equal(all.length, 23);
        t.equal(new Set(all).size, 23);
      }
    },
  );

  await check(
    'a discarded instance leaves the catalogue; its study stays countable',
    async (t, { ledger }) => {
      const row = await prepared(ledger, { study: '2.25.1' });
      const kept = await delivered(ledger, { study: '2.25.1', series: '2.25.5' });
      await ledger.apply([to(row, 'held', { code: 'BACKEND_REFUSED' })]);
      await ledger.apply([to(row, 'discarded')]);
      t.match(await ledger.catalogue.get('2.25.1'), { seriesCount: 1, description: 'CT THORAX' });
      t.strictSame(
        (await ledger.catalogue.whole('2.25.1', 9))?.images?.map(({ imageUid }) => imageUid),
        [`2.25.${kept.receivedAt}`],
      );
      const alone = await prepared(ledger, { study: '2.25.8' });
      await ledger.apply([to(alone, 'failed', { code: 'BLOB_MISSING' }), to(alone, 'discarded')]);
      const gone = await ledger.catalogue.get('2.25.8');
      t.match(gone, {
        seriesCount: 0,
        description: null,
        patientPseudonym: null,
        studyDate: null,
        modalities: [],
      });
      t.strictSame(
        gone?.tallies.map(({ state, instances }) => [state, instances]),
        [['discarded', 1]],
      );
    },
  );

  await check('an instance that comes under another study leaves the one before', async (t, { ledger }) => {
    const row = await prepared(ledger, { study: '2.25.1' });
    await ledger.apply([to(row, 'held', { code: 'BACKEND_REFUSED' }), to(row, 'received')]);
    const set = { state: 'delivered', studyPseudonym: '2.25.2', seriesPseudonym: '2.25.3' } as const;
    await ledger.apply([{ id: row.id, from: ['received'], catalogue: anEntry(), set }]);
    t.match(await ledger.catalogue.get('2.25.2'), { seriesCount: 1, fhir: { version: 1 } });
    t.equal((await ledger.catalogue.whole('2.25.1', 9))?.images?.length ?? 0, 0);
    await ledger.forget(0, 10);
    t.equal(await ledger.catalogue.get('2.25.1'), undefined, 'nothing is left of it');
  });

  await check(
    'what was delivered stays in the catalogue until all of its study is forgotten',
    async (t, { ledger }) => {
      const early = await delivered(ledger, { study: '2.25.1', record: { receivedAt: 10 } });
      const late = await prepared(ledger, { study: '2.25.1', record: { receivedAt: 5000 } });
      t.equal(await ledger.forget(1000, 10), 1);
      t.equal(await ledger.get(early.id), undefined);
      await ledger.apply([to(late, 'delivered')]);
      const study = await ledger.catalogue.get('2.25.1');
      t.strictSame(
        study?.tallies.map(({ state, instances }) => [state, instances]),
        [
          ['delivered', 1],
          ['forgotten', 1],
        ],
      );
      t.equal((await ledger.catalogue.whole('2.25.1', 9))?.images?.length, 2, 'both are still told');
      t.equal(await ledger.forget(10_000, 10), 1);
      t.equal(await ledger.catalogue.get('2.25.1'), undefined);
      t.strictSame(await ledger.catalogue.series('2.25.1', 9), []);
      t.strictSame(await ledger.catalogue.unassigned(9), []);
      const again = await prepared(ledger, { study: '2.25.1', entry: { studyDescription: null } });
      t.ok(again);
      t.match(await ledger.catalogue.get('2.25.1'), { description: null }, 'nothing old comes back');
    },
  );

  await check('a study is due when it is at rest, once for each change', async (t, { ledger }) => {
    const { catalogue } = ledger;
    const due = async (changedBefore: number, now = changedBefore) =>
      (await catalogue.due({ changedBefore, now, limit: 9 })).map(({ studyPseudonym, version, attempts }) => [
        studyPseudonym,
        version,
        attempts,
      ]);
    const one = await prepared(ledger, { study: '2.25.1', record: { receivedAt: 98 } });
    t.strictSame(await due(10_000), [], 'nothing delivered');
    const two = await delivered(ledger, { study: '2.25.1', record: { receivedAt: 98 } });
    t.strictSame(await due(10_000), [], 'one waits');
    await ledger.apply([to(one, 'held', { code: 'BACKEND_REFUSED' })]);
    t.ok(two);
    t.strictSame(await due(99), [], 'not at rest for long enough');
    t.strictSame(await due(100), [['2.25.1', 1, 0]], 'what is held does not keep the others');
    await catalogue.settle({
      studyPseudonym: '2.25.1',
      version: 1,
      kind: 'retry',
      code: 'FHIR_UNAVAILABLE',
      detail: '503',
      dueAt: 500,
    });
    t.strictSame(await due(100, 499), []);
    t.strictSame(await due(100, 500), [['2.25.1', 1, 1]]);
    await ledger.apply([to(one, 'delivered', { updatedAt: 300 })]);
    await catalogue.settle({ studyPseudonym: '2.25.1', version: 1, kind: 'posted', at: 400 });
    t.strictSame(await due(300, 500), [['2.25.1', 2, 0]], 'what came meanwhile is not lost');
    await catalogue.settle({
      studyPseudonym: '2.25.1',
      version: 2,
      kind: 'refused',
      code: 'FHIR_REFUSED',
      detail: '422',
    });
    t.strictSame(await due(10_000), [], 'a refusal is not repeated');
    t.equal(await catalogue.postRefusedAgain(), 1);
    t.strictSame(await due(10_000), [['2.25.1', 2, 0]], 'unless asked for');
    await catalogue.settle({ studyPseudonym: '2.25.1', version: 2, kind: 'posted', at: 600 });
    t.match((await catalogue.list(only('2.25.1'))).studies, [
      { fhir: { postedAt: 600, code: null, attempts: 0 } },
    ]);
    t.equal(await catalogue.postRefusedAgain(), 0);
    t.equal(await catalogue.postAgain('2.25.1'), true);
    t.strictSame(await due(10_000), [['2.25.1', 2, 0]]);
    t.equal(await catalogue.postAgain('2.25.404'), false);
    await ledger.forget(10_000, 10);
    t.strictSame(await due(10_000), [], 'forgotten');
  });

  await check(
    'a study that the FHIR server has not taken outlives its rows, and goes loudly in the end',
    async (t, { ledger }) => {
      const { catalogue } = ledger;
      let givenUp = 0;
      const onGivenUp = (studies: number): void => {
        givenUp += studies;
      };
      const forget = (before: number, unpostedBefore: number) =>
        ledger.forget(before, 100, { before: unpostedBefore, onGivenUp });
      for (const study of ['2.25.1', '2.25.2', '2.25.3', '2.25.4'])
        await delivered(ledger, { study, record: { receivedAt: 98 } });
      await prepared(ledger, { study: '2.25.5', record: { receivedAt: 98 } });
      const settle = { code: 'FHIR_REFUSED', detail: '422', version: 1 };
      await catalogue.settle({ studyPseudonym: '2.25.1', version: 1, kind: 'posted', at: 200 });
      await catalogue.settle({ ...settle, studyPseudonym: '2.25.2', kind: 'refused' });
      await catalogue.settle({ ...settle, studyPseudonym: '2.25.3', kind: 'retry', dueAt: 300 });
      t.strictSame(await catalogue.troubles(), { refused: 1, retried: 1 });
      const { images } = (await catalogue.whole('2.25.3', 9)) ?? { images: [] };
      t.equal(images?.length, 1);
      const rows = await ledger.list({ studyPseudonym: '2.25.3', limit: 9 });
      const [id = ''] = rows.map((row) => row.id);
      t.strictSame([...(await catalogue.studiesOf([id, 'unknown', id]))], [[id, '2.25.3']]);
      t.equal(await forget(10_000, 100), 4);
      t.equal(await catalogue.get('2.25.1'), undefined, 'the one that was posted is forgotten');
      for (const study of ['2.25.2', '2.25.3', '2.25.4']) t.ok(await catalogue.get(study), study);
      t.equal((await catalogue.whole('2.25.3', 9))?.images?.length, 1, 'with all that is to be posted');
      t.strictSame(
        (await catalogue.due({ changedBefore: 10_000, now: 10_000, limit: 9 })).map((d) => d.studyPseudonym),
        ['2.25.3', '2.25.4'],
      );
      t.equal(await catalogue.postAgain('2.25.2'), true, 'a person can still post the refused one');
      await catalogue.settle({ studyPseudonym: '2.25.2', version: 1, kind: 'posted', at: 400 });
      await forget(10_000, 100);
      t.equal(await catalogue.get('2.25.2'), undefined);
      t.equal(givenUp, 0);
      await forget(10_000, 101);
      t.equal(givenUp, 2);
      t.equal(await catalogue.get('2.25.3'), undefined);
      t.ok(await catalogue.get('2.25.5'), 'its row is there');
      const posted = (await ledger.audit.after(0, 1000)).filter(({ action }) => action === 'fhir.posted');
      t.strictSame(
        posted.map(({ object, outcome, code }) => `${object.kind} ${object.id} ${outcome} ${code}`),
        [
          'study 2.25.1 success null',
          'study 2.25.2 serious-failure FHIR_REFUSED',
          'study 2.25.2 success null',
          'study 2.25.3 major-failure FHIR_GIVEN_UP',
          'study 2.25.4 major-failure FHIR_GIVEN_UP',
        ],
        'all that left, or was given up, is on record',
      );
    },
  );

  await check('many studies that wait do not keep others from being forgotten', async (t, { ledger }) => {
    const unposted = { before: 0, onGivenUp: () => t.fail('given up') };
    for (let n = 0; n < 1100; n += 1) await delivered(ledger, { study: `2.25.1${n}` });
    await delivered(ledger, { study: '2.25.9' });
    await ledger.catalogue.settle({ studyPseudonym: '2.25.9', version: 1, kind: 'posted', at: 1 });
    const far = Date.now() + 1e9;
    for (let n = 0; n < 12; n += 1) await ledger.forget(far, 500, unposted);
    t.equal(await ledger.catalogue.get('2.25.9'), undefined);
    t.ok(await ledger.catalogue.get('2.25.11'));
  });

  await check(
    'instances are listed by sender and series, the newest first where asked for',
    async (t, { ledger }) => {
      const rows: InstanceRecord[] = [];
      for (let n = 0; n < 6; n++) {
        const callingAeTitle = n % 2 === 0 ? 'CT1' : 'MR1';
        rows.push(
          await delivered(ledger, { study: '2.25.1', series: `2.25.${n % 3}`, record: { callingAeTitle } }),
        );
      }
      const held = aRecord({ state: 'held', code: 'NOT_DICOM', callingAeTitle: 'CT1' });
      await ledger.insert(held);
      const listed = async (filter: Partial<Parameters<Ledger['list']>[0]>) =>
        (await ledger.list({ limit: 10, ...filter })).map(({ id }) =>
          [...rows, held].findIndex((row) => row.id === id),
        );
      t.strictSame(await listed({ newestFirst: true }), [6, 5, 4, 3, 2, 1, 0]);
      t.strictSame(await listed({ callingAeTitle: 'CT1' }), [0, 2, 4, 6]);
      t.strictSame(await listed({ callingAeTitle: 'CT1', newestFirst: true, limit: 2 }), [6, 4]);
      t.strictSame(
        await listed({ callingAeTitle: 'CT1', newestFirst: true, afterId: rows[4]?.id ?? '' }),
        [2, 0],
      );
      t.strictSame(await listed({ callingAeTitle: 'CT1', states: ['held'] }), [6]);
      t.strictSame(await listed({ callingAeTitle: 'MR1', states: ['held', 'received'] }), []);
      t.strictSame(await listed({ states: ['held', 'delivered'], newestFirst: true, limit: 2 }), [6, 5]);
      t.strictSame(await listed({ seriesPseudonym: '2.25.1' }), [1, 4]);
      t.strictSame(
        await listed({ studyPseudonym: '2.25.1', seriesPseudonym: '2.25.2', newestFirst: true }),
        [5, 2],
      );
      t.strictSame(await listed({ code: 'NOT_DICOM', callingAeTitle: 'CT1' }), [6]);
      const third = rows[2]?.receivedAt ?? 0;
      t.strictSame(await listed({ receivedFrom: third, newestFirst: true }), [6, 5, 4, 3, 2]);
      t.strictSame(await listed({ receivedTo: third, callingAeTitle: 'CT1' }), [0, 2]);
    },
  );
}
