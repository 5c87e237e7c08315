import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, numberElement, sequenceElement } from '../../../src/dicom/edit.ts';
import { around, words } from '../build.ts';
import {
  byReference,
  code,
  codeValue,
  container,
  contentItem,
  dcm,
  numericValue,
  personName,
  reference,
  textValue,
} from './content.ts';
import {
  accession,
  birthDate,
  coded,
  common,
  ctClass,
  date,
  dateTime,
  deviceName,
  diameter,
  document,
  family,
  fellow,
  floats,
  given,
  hospital,
  image,
  imageUids,
  login,
  lung,
  measure,
  nevermore,
  note,
  observer,
  observerGiven,
  patientId,
  person,
  placer,
  room,
  serial,
  studyUid,
  text,
  time,
  uid,
  uidItem,
  when,
} from './document-parts.ts';

const report = code('18748-4', 'LN', 'Diagnostic Imaging Report');

/** Observers and subject as TID 1001 to 1007 have them. */
function observationContext(): DataSet[] {
  const about = (value: string): DataSet => dcm(value);
  return [
    coded(about('121005'), dcm('121006', 'Person'), 'HAS OBS CONTEXT'),
    person(about('121008'), `${observer}^${observerGiven}`),
    text(about('121009'), hospital, 'HAS OBS CONTEXT'),
    text(about('128774'), login, 'HAS OBS CONTEXT'),
    coded(about('121005'), dcm('121007', 'Device'), 'HAS OBS CONTEXT'),
    uidItem(about('121012'), uid('7.1')),
    text(about('121013'), deviceName, 'HAS OBS CONTEXT'),
    text(about('121014'), 'ACME', 'HAS OBS CONTEXT'),
    text(about('121016'), serial, 'HAS OBS CONTEXT'),
    text(about('121017'), room, 'HAS OBS CONTEXT'),
    uidItem(about('121018'), studyUid),
    text(about('121020'), placer, 'HAS OBS CONTEXT'),
    text(about('121022'), accession, 'HAS OBS CONTEXT'),
    person(about('121029'), `${family}^${given}`),
    text(about('121030'), patientId, 'HAS OBS CONTEXT'),
    contentItem('DATE', {
      relationship: 'HAS OBS CONTEXT',
      name: about('121031'),
      values: [words(0x0040a121, 'DA', birthDate)],
    }),
    coded(about('121032'), dcm('F', 'Female'), 'HAS OBS CONTEXT'),
    contentItem('NUM', {
      relationship: 'HAS OBS CONTEXT',
      name: about('121033'),
      values: [numericValue('57', 'a')],
    }),
  ];
}

export function basicText(): DataSet {
  return document('88.11', report, [
    coded(
      dcm('121049', 'Language of Content Item and Descendants'),
      code('en', 'RFC5646', 'English'),
      'HAS CONCEPT MOD',
    ),
    ...observationContext().filter((found) => !isType(found, 'NUM')),
    container(code('121060', 'DCM', 'History'), [text(dcm('121060', 'History'), note)]),
    container(code('121070', 'DCM', 'Findings'), [
      text(dcm('121071', 'Finding'), note, 'CONTAINS', [image(0, 'INFERRED FROM')]),
      coded(dcm('121071', 'Finding'), code('27925004', 'SCT', 'Nodule')),
      text(dcm('121106', 'Comment'), note),
      text(code('X1', '99LOCAL', note), `${nevermore} ${note}`),
    ]),
    contentItem('DATE', { name: dcm('111060', 'Study Date'), values: [words(0x0040a121, 'DA', date)] }),
    contentItem('TIME', { name: dcm('111061', 'Study Time'), values: [words(0x0040a122, 'TM', time)] }),
    when(dcm('122146', 'Procedure DateTime')),
    person(dcm('121088', 'Fellow'), `${fellow}^${given}`, 'CONTAINS'),
    contentItem('COMPOSITE', {
      name: dcm('122075', 'Prior report'),
      values: [reference('1.2.840.10008.5.1.4.1.1.88.11', uid('6.1'))],
    }),
    image(0),
    image(1),
  ]);
}

export function enhanced(): DataSet {
  return document('88.22', report, [
    ...observationContext(),
    container(dcm('121070', 'Findings'), [
      measure(diameter, '12.5', 'mm', [
        contentItem('SCOORD', {
          relationship: 'INFERRED FROM',
          values: [
            words(0x00700023, 'CS', 'POLYLINE'),
            floats(0x00700022, 1, 2, 3, 4),
            words(0x0070031a, 'UI', uid('7.3')),
          ],
          below: [image(0, 'SELECTED FROM')],
        }),
        coded(code('363698007', 'SCT', 'Finding Site'), lung, 'HAS CONCEPT MOD'),
        text(dcm('121106', 'Comment'), note, 'HAS PROPERTIES'),
      ]),
    ]),
  ]);
}

function isType(found: DataSet, type: string): boolean {
  const value = found.elements.find(({ tag }) => tag === 0x0040a040)?.body;
  return value?.kind === 'bytes' && Buffer.from(value.bytes).toString('latin1').trim() === type;
}

/** TID 1500 with a planar measurement group in three dimensions, and a by-reference relationship. */
export function measurementReport(): DataSet {
  const context = observationContext();
  // The group is item 1.(n+2); the measurement referred to is its last one but one.
  const group = context.length + 3;
  return document(
    '88.34',
    dcm('126000', 'Imaging Measurement Report'),
    [
      coded(dcm('121049', 'Language'), code('en', 'RFC5646', 'English'), 'HAS CONCEPT MOD'),
      ...context,
      coded(dcm('121058', 'Procedure reported'), code('77477000', 'SCT', 'CT'), 'HAS CONCEPT MOD'),
      container(dcm('126010', 'Imaging Measurements'), [
        container(dcm('125007', 'Measurement Group'), [
          text(dcm('112039', 'Tracking Identifier'), `${family} lesion 1`, 'HAS OBS CONTEXT'),
          uidItem(dcm('112040', 'Tracking Unique Identifier'), uid('7.4')),
          text(dcm('121106', 'Comment'), note),
          coded(dcm('121071', 'Finding'), code('27925004', 'SCT', 'Nodule')),
          coded(code('363698007', 'SCT', 'Finding Site'), lung, 'HAS CONCEPT MOD'),
          contentItem('SCOORD3D', {
            name: dcm('111030', 'Image Region'),
            values: [
              words(0x00700023, 'CS', 'POLYGON'),
              floats(0x00700022, 1, 1, 0, 2, 1, 0, 2, 2, 0, 1, 1, 0),
              words(0x30060024, 'UI', uid('7.5')),
            ],
          }),
          measure(diameter, '12.5', 'mm', [
            coded(
              code('370129005', 'SCT', 'Measurement Method'),
              code('1', '99LOCAL', note),
              'HAS CONCEPT MOD',
            ),
            image(1, 'INFERRED FROM'),
            text(dcm('111001', 'Algorithm Name'), 'NoduleFinder', 'HAS CONCEPT MOD'),
          ]),
          measure(code('118565006', 'SCT', 'Volume'), '880', 'mm3', [
            byReference([1, group, 1, 7], 'INFERRED FROM'),
            byReference([1, group, 1, 3], 'HAS PROPERTIES'),
          ]),
        ]),
      ]),
    ],
    sequenceElement(0x0040a504, [
      item(around, [words(0x00080105, 'CS', 'DCMR'), words(0x0040db00, 'CS', '1500')]),
    ]),
  );
}

export function doseReport(): DataSet {
  return document('88.67', dcm('113701', 'X-Ray Radiation Dose Report'), [
    coded(dcm('121058', 'Procedure reported'), code('77477000', 'SCT', 'CT'), 'HAS CONCEPT MOD'),
    coded(dcm('121005', 'Observer Type'), dcm('121007', 'Device'), 'HAS OBS CONTEXT'),
    uidItem(dcm('121012', 'Device Observer UID'), uid('7.1')),
    text(dcm('121013', 'Device Observer Name'), deviceName, 'HAS OBS CONTEXT'),
    text(dcm('121015', 'Device Observer Model Name'), 'Model 7', 'HAS OBS CONTEXT'),
    text(dcm('121017', 'Location'), room, 'HAS OBS CONTEXT'),
    when(dcm('113809', 'Start of X-Ray Irradiation'), 'HAS OBS CONTEXT'),
    when(dcm('113810', 'End of X-Ray Irradiation'), 'HAS OBS CONTEXT'),
    coded(dcm('113705', 'Scope of Accumulation'), dcm('113014', 'Study'), 'HAS OBS CONTEXT'),
    container(dcm('113811', 'CT Accumulated Dose Data'), [
      measure(dcm('113813', 'CT Dose Length Product Total'), '415.9', 'mGy.cm'),
    ]),
    container(dcm('113819', 'CT Acquisition'), [
      text(dcm('125203', 'Acquisition Protocol'), note),
      uidItem(dcm('113769', 'Irradiation Event UID'), uid('7.6'), 'CONTAINS'),
      text(dcm('121106', 'Comment'), note),
      container(dcm('113829', 'CT Dose'), [measure(dcm('113830', 'Mean CTDIvol'), '11.2', 'mGy')]),
      contentItem('CODE', {
        name: dcm('113876', 'Device Role in Procedure'),
        values: [codeValue(dcm('113859', 'Irradiating Device'))],
        below: [
          text(dcm('113878', 'Device Manufacturer'), 'ACME', 'HAS PROPERTIES'),
          text(dcm('113880', 'Device Serial Number'), serial, 'HAS PROPERTIES'),
        ],
      }),
      contentItem('PNAME', {
        relationship: 'CONTAINS',
        name: dcm('113870', 'Person Name'),
        values: [personName(`${observer}^${observerGiven}`)],
        below: [text(dcm('113871', 'Person ID'), login, 'HAS PROPERTIES')],
      }),
    ]),
    text(dcm('113605', 'Irradiation Event Label'), nevermore),
  ]);
}

/** Mammography CAD: references by identifier, as its template demands (TID 4000). */
export function mammographyCad(): DataSet {
  return document('88.50', dcm('111036', 'Mammography CAD Report'), [
    coded(dcm('121049', 'Language'), code('en', 'RFC5646', 'English'), 'HAS CONCEPT MOD'),
    container(dcm('111028', 'Image Library'), [image(0), image(1)]),
    coded(dcm('111017', 'CAD Processing and Findings Summary'), dcm('111242', 'All algorithms succeeded')),
    container(dcm('111034', 'Individual Impression/Recommendation'), [
      coded(dcm('111059', 'Single Image Finding'), code('129793001', 'SCT', 'Density')),
      contentItem('SCOORD', {
        name: dcm('111010', 'Center'),
        values: [words(0x00700023, 'CS', 'POINT'), floats(0x00700022, 10, 20)],
        below: [byReference([1, 2, 1], 'SELECTED FROM')],
      }),
      text(dcm('111033', 'Impression Description'), note),
    ]),
  ]);
}

export function keyObject(): DataSet {
  const found = document('88.59', dcm('113000', 'Of Interest'), [
    coded(dcm('113011', 'Document Title Modifier'), dcm('113001', 'Rejected'), 'HAS CONCEPT MOD'),
    person(dcm('121008'), `${observer}^${observerGiven}`),
    text(dcm('113012', 'Key Object Description'), note),
    image(0),
    image(2),
  ]);
  const absent = new Set([
    0x00080012, 0x0040a073, 0x0040a078, 0x0040a07a, 0x0040a360, 0x0040a372, 0x0040a491, 0x0040a492,
    0x0040a493,
  ]);
  return item(around, [
    ...found.elements.filter(({ tag }) => !absent.has(tag) && tag !== 0x00080060),
    words(0x00080060, 'CS', 'KO'),
  ]);
}

/** Grayscale softcopy presentation state with text and graphics on two layers. */
export function presentationState(): DataSet {
  const referencedImages = sequenceElement(
    0x00081140,
    imageUids.map((instance) =>
      item(around, [words(0x00081150, 'UI', ctClass), words(0x00081155, 'UI', instance)]),
    ),
  );
  const textObject = (value: string): DataSet =>
    item(around, [
      words(0x00700004, 'CS', 'PIXEL'),
      words(0x00700006, 'ST', value),
      floats(0x00700014, 3, 3),
      words(0x00700015, 'CS', 'Y'),
    ]);
  const graphic = item(around, [
    words(0x00700005, 'CS', 'PIXEL'),
    numberElement(around, 0x00700020, 'US', [2]),
    numberElement(around, 0x00700021, 'US', [2]),
    floats(0x00700022, 1, 1, 3, 3),
    words(0x00700023, 'CS', 'POLYLINE'),
    words(0x00700024, 'CS', 'N'),
  ]);
  const layer = (name: string, order: string): DataSet =>
    item(around, [
      words(0x00700002, 'CS', name),
      words(0x00700062, 'IS', order),
      words(0x00700068, 'LO', note),
    ]);
  return item(around, [
    ...common('1.2.840.10008.5.1.4.1.1.11.1', 'PR', '11.1').filter(
      ({ tag }) => tag !== 0x00080023 && tag !== 0x00080033,
    ),
    sequenceElement(0x00081115, [item(around, [referencedImages, words(0x0020000e, 'UI', uid('2'))])]),
    words(0x20500020, 'CS', 'IDENTITY'),
    sequenceElement(0x0070005a, [
      item(around, [
        numberElement(around, 0x00700052, 'SL', [1, 1]),
        numberElement(around, 0x00700053, 'SL', [4, 4]),
        words(0x00700100, 'CS', 'SCALE TO FIT'),
        words(0x00700101, 'DS', '1\\1'),
      ]),
    ]),
    words(0x00700080, 'CS', 'ANNOTATED'),
    words(0x00700081, 'LO', note),
    words(0x00700082, 'DA', date),
    words(0x00700083, 'TM', time),
    words(0x00700084, 'PN', `${observer}^${observerGiven}`),
    sequenceElement(0x00700001, [
      item(around, [
        referencedImages,
        words(0x00700002, 'CS', 'LAYER1'),
        sequenceElement(0x00700008, [textObject(note), textObject('12 mm')]),
        sequenceElement(0x00700009, [graphic]),
      ]),
      item(around, [
        referencedImages,
        words(0x00700002, 'CS', 'LAYER2'),
        sequenceElement(0x00700008, [textObject(note)]),
      ]),
    ]),
    sequenceElement(0x00700060, [layer('LAYER1', '1'), layer('LAYER2', '2')]),
  ]);
}

/** A 12-lead ECG of one channel with annotations of every form. */
export function waveform(): DataSet {
  const channels = numberElement(around, 0x0040a0b0, 'US', [1, 1]);
  const annotation = (...elements: readonly DataElement[]): DataSet => item(around, [channels, ...elements]);
  return item(around, [
    ...common('1.2.840.10008.5.1.4.1.1.9.1.1', 'ECG', '9.1'),
    words(0x0008002a, 'DT', dateTime),
    sequenceElement(0x00400555, [
      item(around, [
        words(0x0040a040, 'CS', 'CODE'),
        sequenceElement(0x0040a043, [dcm('121058')]),
        codeValue(dcm('121071')),
      ]),
      item(around, [
        words(0x0040a040, 'CS', 'TEXT'),
        sequenceElement(0x0040a043, [dcm('121106')]),
        textValue(note),
      ]),
      item(around, [
        words(0x0040a040, 'CS', 'PNAME'),
        sequenceElement(0x0040a043, [dcm('121008')]),
        personName(`${observer}^A`),
      ]),
    ]),
    sequenceElement(0x0040b020, [
      annotation(words(0x00700006, 'ST', note)),
      annotation(sequenceElement(0x0040a043, [code('2:16016', 'SCPECG', 'QRS')])),
      annotation(sequenceElement(0x0040a043, [dcm('121071')]), codeValue(code('27925004', 'SCT', 'Nodule'))),
      annotation(
        sequenceElement(0x0040a043, [code('8867-4', 'LN', 'Heart rate')]),
        words(0x0040a30a, 'DS', '61'),
        sequenceElement(0x004008ea, [code('/min', 'UCUM', '/min')]),
      ),
    ]),
    sequenceElement(0x54000100, [
      item(around, [
        words(0x003a0004, 'CS', 'ORIGINAL'),
        numberElement(around, 0x003a0005, 'US', [1]),
        numberElement(around, 0x003a0010, 'UL', [4]),
        words(0x003a001a, 'DS', '500'),
        sequenceElement(0x003a0200, [
          item(around, [
            sequenceElement(0x003a0208, [code('5.6.3-9-1', 'SCPECG', 'Lead I')]),
            words(0x003a0215, 'DS', '0'),
            numberElement(around, 0x003a021a, 'US', [16]),
          ]),
        ]),
        numberElement(around, 0x54001004, 'US', [16]),
        words(0x54001006, 'CS', 'SS'),
        bytesElement(0x54001010, 'OW', Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0)),
      ]),
    ]),
  ]);
}

export const documents: Readonly<Record<string, () => DataSet>> = {
  'basic text': basicText,
  enhanced,
  'measurement report': measurementReport,
  'dose report': doseReport,
  'mammography CAD': mammographyCad,
  'key object': keyObject,
  'presentation state': presentationState,
  waveform,
};
