import t from 'tap';
import type { CataloguedStudy, ImageRow, SeriesRow, StudyRow, Tally } from '../../src/core/catalogue.ts';
import { fhirDateTime } from '../../src/core/date-time.ts';
import { imagingStudyOf } from '../../src/fhir/imaging-study.ts';
import { r4Faults } from './r4.ts';

const plain = { patientSystem: '', accessionSystem: '' };

function study(changes: Partial<StudyRow> = {}): StudyRow {
  return {
    studyPseudonym: '2.25.147317203478530982123765482340912348765',
    patientPseudonym: 'SP-7Q2M4KXH3ZRB5TNA',
    accessionPseudonym: 'Q2M4KXH3ZRB5TNAA',
    studyDate: '20190304',
    studyTime: '101112.5',
    timezoneOffset: '+0100',
    description: 'CT THORAX',
    firstReceivedAt: 1,
    lastReceivedAt: 2,
    changedAt: 3,
    modalities: ['CT'],
    seriesCount: 1,
    tallies: [{ callingAeTitle: 'PACS', state: 'delivered', code: null, instances: 2 }],
    fhir: { version: 1, settledVersion: 0, postedAt: null, attempts: 0, dueAt: 0, code: null, detail: null },
    ...changes,
  };
}

function series(changes: Partial<SeriesRow> = {}): SeriesRow {
  return {
    seriesPseudonym: '2.25.2',
    modality: 'CT',
    seriesNumber: 2,
    seriesDescription: 'AXIAL',
    bodyPart: 'CHEST',
    laterality: 'R',
    seriesDate: '20190304',
    seriesTime: '1015',
    ...changes,
  };
}

function image(n: number, changes: Partial<ImageRow> = {}): ImageRow {
  return {
    seriesPseudonym: '2.25.2',
    imageUid: `2.25.9${n}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    instanceNumber: n,
    imageType: 'ORIGINAL\\PRIMARY\\AXIAL',
    frames: 1,
    ...changes,
  };
}

function whole(changes: Partial<CataloguedStudy> = {}): CataloguedStudy {
  return { study: study(), series: [series()], images: [image(2), image(1)], ...changes };
}

t.test('a study is told in full', async (t) => {
  const settings = {
    patientSystem: 'https://hospital.example/pseudonyms',
    accessionSystem: 'urn:example:acc',
  };
  const resource = imagingStudyOf(whole(), settings);
  t.strictSame(r4Faults(resource), []);
  t.strictSame(JSON.parse(JSON.stringify(resource)), {
    resourceType: 'ImagingStudy',
    id: '2.25.147317203478530982123765482340912348765',
    meta: {
      security: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
          code: 'PSEUDED',
          display: 'pseudonymized',
        },
      ],
    },
    identifier: [
      { system: 'urn:dicom:uid', value: 'urn:oid:2.25.147317203478530982123765482340912348765' },
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] },
        system: 'urn:example:acc',
        value: 'Q2M4KXH3ZRB5TNAA',
      },
    ],
    status: 'available',
    modality: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' }],
    subject: {
      type: 'Patient',
      identifier: { system: 'https://hospital.example/pseudonyms', value: 'SP-7Q2M4KXH3ZRB5TNA' },
    },
    started: '2019-03-04T10:11:12+01:00',
    numberOfSeries: 1,
    numberOfInstances: 2,
    description: 'CT THORAX',
    series: [
      {
        uid: '2.25.2',
        number: 2,
        modality: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' },
        description: 'AXIAL',
        numberOfInstances: 2,
        bodySite: { display: 'CHEST' },
        laterality: { system: 'http://snomed.info/sct', code: '419465000', display: 'Unilateral right' },
        started: '2019-03-04T10:15:00+01:00',
        instance: [1, 2].map((number) => ({
          uid: `2.25.9${number}`,
          sopClass: { system: 'urn:ietf:rfc:3986', code: 'urn:oid:1.2.840.10008.5.1.4.1.1.2' },
          number,
          title: 'ORIGINAL PRIMARY AXIAL',
        })),
      },
    ],
  });
});

t.test('what the profile removed is absent, and what FHIR requires says why it is not there', async (t) => {
  const nothing = {
    patientPseudonym: null,
    accessionPseudonym: null,
    studyDate: null,
    studyTime: null,
    timezoneOffset: null,
    description: null,
  };
  const bare = series({
    modality: null,
    seriesNumber: null,
    seriesDescription: null,
    bodyPart: null,
    laterality: null,
    seriesDate: null,
    seriesTime: null,
  });
  const resource = imagingStudyOf(
    { study: study(nothing), series: [bare], images: [image(1, { instanceNumber: null, imageType: null })] },
    plain,
  );
  t.strictSame(r4Faults(resource), []);
  t.notOk('started' in resource || 'description' in resource || 'modality' in resource);
  t.strictSame(resource.identifier.length, 1);
  t.match(resource.subject, { type: 'Patient', extension: [{ valueCode: 'masked' }] });
  t.strictSame(Object.keys(resource.series?.[0] ?? {}), ['uid', 'modality', 'numberOfInstances', 'instance']);
  t.match(resource.series?.[0]?.modality, { extension: [{ valueCode: 'unknown' }] });
});

t.test('values that FHIR does not take are left out rather than sent wrong', async (t) => {
  const odd = imagingStudyOf(
    {
      study: study({ description: ' \u0000\u0007 ', studyDate: '20190231', accessionPseudonym: ' ' }),
      series: [series({ seriesNumber: -3, modality: ' C  T ', seriesDescription: 'A\u0000B' })],
      images: [image(1, { instanceNumber: 4_000_000_000, imageType: '\\\\' })],
    },
    plain,
  );
  t.strictSame(r4Faults(odd), []);
  t.notOk('description' in odd || 'started' in odd);
  t.match(odd.series, [{ description: 'AB', modality: { code: 'C T' } }]);
  t.notOk('number' in (odd.series?.[0] ?? {}));
});

t.test('registered while nothing is delivered, and only what was delivered is listed', async (t) => {
  const resource = imagingStudyOf(whole({ images: [] }), plain);
  t.strictSame(r4Faults(resource), []);
  t.match(resource, { status: 'registered', numberOfSeries: 0, numberOfInstances: 0 });
  t.notOk('series' in resource);
});

t.test('of two contents under one UID the later one counts', async (t) => {
  const resource = imagingStudyOf(
    whole({ images: [image(1, { imageType: 'OLD' }), image(1, { imageType: 'NEW' })] }),
    plain,
  );
  t.equal(resource.numberOfInstances, 1);
  t.match(resource.series, [{ instance: [{ title: 'NEW' }] }]);
});

t.test('ten thousand instances are listed; of more than may be, the number is told', async (t) => {
  const images = Array.from({ length: 10_000 }, (_, n) => image(n));
  const large = imagingStudyOf(whole({ images }), plain);
  t.strictSame(r4Faults(large), []);
  t.equal(large.series?.[0]?.instance?.length, 10_000);
  t.ok(JSON.stringify(large).length < 4_000_000);
  const tallies: Tally[] = [
    { callingAeTitle: 'A', state: 'delivered', code: null, instances: 30_000 },
    { callingAeTitle: 'A', state: 'forgotten', code: null, instances: 5 },
    { callingAeTitle: 'A', state: 'held', code: 'UNEXPECTED', instances: 7 },
  ];
  const larger = imagingStudyOf(whole({ images: null, study: study({ tallies }) }), plain);
  t.strictSame(r4Faults(larger), []);
  t.match(larger, { status: 'available', numberOfInstances: 30_005, numberOfSeries: 1 });
  t.notOk('instance' in (larger.series?.[0] ?? {}) || 'numberOfInstances' in (larger.series?.[0] ?? {}));
});

t.test('dates are FHIR dates, with the time only where its zone is known', async (t) => {
  for (const [date, time, offset, wanted] of [
    ['20200229', null, null, '2020-02-29'],
    ['20190229', null, null, null],
    ['20191301', null, null, null],
    ['00000101', null, null, null],
    ['2019', null, null, null],
    [null, '10', '+0100', null],
    ['20200101', '10', null, '2020-01-01'],
    ['20200101', '10', '+0100', '2020-01-01T10:00:00+01:00'],
    ['20200101', '1011', '-0330', '2020-01-01T10:11:00-03:30'],
    ['20200101', '101160', '+0100', '2020-01-01'],
    ['20200101', '240000', '+0100', '2020-01-01'],
    ['20200101', '101112', '+1400', '2020-01-01T10:11:12+14:00'],
    ['20200101', '101112', '+1430', '2020-01-01'],
  ] as const)
    t.equal(fhirDateTime(date, time, offset), wanted, `${date} ${time} ${offset}`);
});
