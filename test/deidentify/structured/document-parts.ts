import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { item, numberElement, sequenceElement } from '../../../src/dicom/edit.ts';
import { around, words } from '../build.ts';
import {
  code,
  codeValue,
  contentItem,
  numericValue,
  personName,
  reference,
  textValue,
  uidValue,
} from './content.ts';

/** One synthetic patient's report, with everything about people, places, devices and times planted in every value type. */
export const planted = {
  /** Never to leave, whatever the options. */
  patient: ['Zyxwvut', 'Qqrrst', 'ZX-9081726', 'ACC-5567788', '19631127'],
  people: ['Obsrvname', 'Drfirst', 'Fellowman', 'Verifyson'],
  /** Text without a row in the table, or with a row that no option relaxes. */
  denied: ['Nevermore', 'PLACER-4411', 'LOGIN-jdoe77'],
  /** An innocent word of free text, which Clean Descriptors may let stay. */
  words: ['Keepsake'],
  /** Device identity, institution identity. */
  devices: ['SER-7731942', 'ScannerSeven'],
  places: ['Sunnyvale General', 'Room-12-West'],
  dates: ['20210317', '101112'],
} as const;

/** Every UID of the originals is below this one. */
export const uidRoot = '1.2.826.0.1.999';
export const uid = (suffix: string): string => `${uidRoot}.${suffix}`;
export const imageUids = ['5.1', '5.2', '5.3'].map(uid);
export const studyUid = uid('1');
export const ctClass = '1.2.840.10008.5.1.4.1.1.2';

export const [family, given, patientId, accession, birthDate] = planted.patient;
export const [observer, observerGiven, fellow, verifier] = planted.people;
export const [nevermore, placer, login] = planted.denied;
export const [keepsake] = planted.words;
export const [serial, deviceName] = planted.devices;
export const [hospital, room] = planted.places;
export const [date, time] = planted.dates;
export const dateTime = `${date}${time}`;
/** What people write in every free text; at most 64 characters. */
export const note = `${keepsake} ${family}, ${given} *27.11.1963 ${patientId} Dr. ${observer}`;

export const text = (
  name: DataSet,
  value: string,
  relationship = 'CONTAINS',
  below: readonly DataSet[] = [],
): DataSet => contentItem('TEXT', { relationship, name, values: [textValue(value)], below });
export const person = (name: DataSet, value: string, relationship = 'HAS OBS CONTEXT'): DataSet =>
  contentItem('PNAME', { relationship, name, values: [personName(value)] });
export const coded = (name: DataSet, value: DataSet, relationship = 'CONTAINS'): DataSet =>
  contentItem('CODE', { relationship, name, values: [codeValue(value)] });
export const uidItem = (name: DataSet, value: string, relationship = 'HAS OBS CONTEXT'): DataSet =>
  contentItem('UIDREF', { relationship, name, values: [uidValue(value)] });
export const when = (name: DataSet, relationship = 'CONTAINS'): DataSet =>
  contentItem('DATETIME', { relationship, name, values: [words(0x0040a120, 'DT', dateTime)] });
export const measure = (
  name: DataSet,
  value: string,
  unit: string,
  below: readonly DataSet[] = [],
): DataSet => contentItem('NUM', { name, values: [numericValue(value, unit)], below });
export const image = (index: number, relationship = 'CONTAINS', name?: DataSet): DataSet =>
  contentItem('IMAGE', {
    relationship,
    ...(name === undefined ? {} : { name }),
    values: [reference(ctClass, imageUids[index] ?? '')],
  });
export const diameter = code('81827009', 'SCT', 'Diameter');
export const lung = code('39607008', 'SCT', 'Lung structure');

export function floats(tag: number, ...values: readonly number[]): DataElement {
  return numberElement(around, tag, 'FL', values);
}

/** Study, series, instances: what evidence sequences list (PS3.3 C.17-3b). */
export function evidence(tag: number): DataElement {
  return sequenceElement(tag, [
    item(around, [
      words(0x0020000d, 'UI', studyUid),
      sequenceElement(0x00081115, [
        item(around, [
          words(0x0020000e, 'UI', uid('2')),
          sequenceElement(
            0x00081199,
            imageUids.map((instance) =>
              item(around, [words(0x00081150, 'UI', ctClass), words(0x00081155, 'UI', instance)]),
            ),
          ),
        ]),
      ]),
    ]),
  ]);
}

export function common(sopClassUid: string, modality: string, instance: string): DataElement[] {
  return [
    words(0x00080012, 'DA', date),
    words(0x00080016, 'UI', sopClassUid),
    words(0x00080018, 'UI', uid(`9.${instance}`)),
    words(0x00080020, 'DA', date),
    words(0x00080023, 'DA', date),
    words(0x00080030, 'TM', time),
    words(0x00080033, 'TM', time),
    words(0x00080050, 'SH', accession),
    words(0x00080060, 'CS', modality),
    words(0x00080070, 'LO', 'ACME'),
    words(0x00080080, 'LO', hospital),
    words(0x00080090, 'PN', `${observer}^${observerGiven}`),
    words(0x00081090, 'LO', 'Model 7'),
    words(0x00100010, 'PN', `${family}^${given}`),
    words(0x00100020, 'LO', patientId),
    words(0x00100030, 'DA', birthDate),
    words(0x00100040, 'CS', 'F'),
    words(0x00181000, 'LO', serial),
    words(0x00181020, 'LO', '1.0'),
    words(0x0020000d, 'UI', studyUid),
    words(0x0020000e, 'UI', uid(`8.${instance}`)),
    words(0x00200010, 'SH', '1'),
    words(0x00200011, 'IS', '7'),
    words(0x00200013, 'IS', '1'),
  ];
}

export function observerItem(): DataSet {
  return item(around, [
    words(0x0040a027, 'LO', hospital),
    words(0x0040a030, 'DT', dateTime),
    words(0x0040a075, 'PN', `${verifier}^${given}`),
    sequenceElement(0x0040a088, []),
  ]);
}

export function participant(): DataSet {
  return item(around, [
    words(0x0040a080, 'CS', 'ENT'),
    words(0x0040a082, 'DT', dateTime),
    words(0x0040a084, 'CS', 'PSN'),
    words(0x0040a123, 'PN', `${fellow}^${given}`),
    words(0x00080080, 'LO', hospital),
    sequenceElement(0x00080082, []),
    sequenceElement(0x00401101, [code(login, '99HIS', `${fellow} at ${hospital}`)]),
  ]);
}

export function request(): DataSet {
  return item(around, [
    words(0x00080050, 'SH', accession),
    sequenceElement(0x00081110, []),
    words(0x0020000d, 'UI', studyUid),
    words(0x00321060, 'LO', note),
    sequenceElement(0x00321064, [code('P1', '99HIS', keepsake)]),
    words(0x00401001, 'SH', patientId),
    words(0x00402016, 'LO', placer),
    words(0x00402017, 'LO', placer),
  ]);
}

/** A document of an SR SOP Class: `suffix` is what follows 1.2.840.10008.5.1.4.1.1. */
export function document(
  suffix: string,
  title: DataSet,
  content: readonly DataSet[],
  ...further: readonly DataElement[]
): DataSet {
  return item(around, [
    ...common(`1.2.840.10008.5.1.4.1.1.${suffix}`, 'SR', suffix),
    sequenceElement(0x00081111, []),
    words(0x0040a032, 'DT', dateTime),
    words(0x0040a040, 'CS', 'CONTAINER'),
    sequenceElement(0x0040a043, [title]),
    words(0x0040a050, 'CS', 'SEPARATE'),
    sequenceElement(0x0040a073, [observerItem()]),
    sequenceElement(0x0040a078, [participant()]),
    sequenceElement(0x0040a07a, [participant()]),
    evidence(0x0040a360),
    sequenceElement(0x0040a370, [request()]),
    sequenceElement(0x0040a372, []),
    evidence(0x0040a375),
    words(0x0040a491, 'CS', 'COMPLETE'),
    words(0x0040a492, 'LO', note),
    words(0x0040a493, 'CS', 'VERIFIED'),
    sequenceElement(0x0040a730, content),
    ...further,
  ]);
}
