import { seededRandom, seededUid } from './random.ts';
import { element, type WriterElement } from './writer-element.ts';

/** The invented person and visit of one synthetic study. Every string here must be gone after de-identification. */
export interface SyntheticIdentity {
  readonly patientName: string;
  readonly patientId: string;
  readonly otherPatientId: string;
  readonly birthDate: string;
  readonly address: string;
  readonly telephone: string;
  readonly accessionNumber: string;
  readonly referringPhysician: string;
  readonly performingPhysician: string;
  readonly operator: string;
  readonly institution: string;
  readonly stationName: string;
  readonly comment: string;
  readonly studyDate: string;
  readonly studyTime: string;
  readonly studyId: string;
}

const familyNames = [
  'Quillfeather',
  'Oakhurst',
  'Winterbourne',
  'Marlowe-Finch',
  'Thistledown',
  'Ravenscroft',
];
const givenNames = ['Ottoline', 'Barnaby', 'Perpetua', 'Leopold', 'Henrietta', 'Ignatius'];
const places = ['Saltmarsh', 'Hollowbrook', 'Eastmere', 'Fernwick', 'Greycliff', 'Northwold'];

/** A plausible identity that depends on the seed alone. */
export function syntheticIdentity(seed: string): SyntheticIdentity {
  const random = seededRandom(`identity ${seed}`);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  const digits = (count: number): string =>
    Array.from({ length: count }, () => String(Math.floor(random() * 10))).join('');
  const family = pick(familyNames);
  const given = pick(givenNames);
  const place = pick(places);
  const day = String(1 + Math.floor(random() * 28)).padStart(2, '0');
  const month = String(1 + Math.floor(random() * 12)).padStart(2, '0');
  return {
    patientName: `${family}^${given}`,
    patientId: `SYN-${digits(7)}`,
    otherPatientId: `NHS-${digits(9)}`,
    birthDate: `19${30 + Math.floor(random() * 60)}${month}${day}`,
    address: `${1 + Math.floor(random() * 90)} Lantern Lane, ${place}`,
    telephone: `+44 1632 96${digits(4)}`,
    accessionNumber: `ACC${digits(8)}`,
    referringPhysician: `${pick(familyNames)}^${pick(givenNames)}^^Dr`,
    performingPhysician: `${pick(familyNames)}^${pick(givenNames)}^^Prof`,
    operator: `${pick(familyNames)}^${pick(givenNames)}`,
    institution: `${place} Royal Infirmary`,
    stationName: `CTROOM${digits(3)}`,
    comment: `Daughter of ${given} ${family} asks for a call on +44 1632 96${digits(4)}`,
    studyDate: `2025${month}${day}`,
    studyTime: `${String(8 + Math.floor(random() * 9)).padStart(2, '0')}${10 + Math.floor(random() * 50)}00`,
    studyId: `ST${digits(4)}`,
  };
}

export interface SeriesWords {
  readonly modality: string;
  readonly seriesNumber: number;
  readonly seriesDescription: string;
  readonly protocolName: string;
  readonly bodyPart: string;
}

/** Patient, General Study, General Series and General Equipment Modules (PS3.3 C.7), with what sites put beside them. */
export function identityElements(
  seed: string,
  identity: SyntheticIdentity,
  series: SeriesWords,
): WriterElement[] {
  const who = identity;
  return [
    element(0x00080005, 'CS', 'ISO_IR 100'),
    element(0x00080020, 'DA', who.studyDate),
    element(0x00080021, 'DA', who.studyDate),
    element(0x00080030, 'TM', who.studyTime),
    element(0x00080031, 'TM', who.studyTime),
    element(0x00080050, 'SH', who.accessionNumber),
    element(0x00080060, 'CS', series.modality),
    element(0x00080070, 'LO', 'Phantom Works'),
    element(0x00080080, 'LO', who.institution),
    element(0x00080081, 'ST', `${who.institution}, ${who.address}`),
    element(0x00080090, 'PN', who.referringPhysician),
    element(0x00081010, 'SH', who.stationName),
    element(0x00081030, 'LO', 'Head after fall'),
    element(0x0008103e, 'LO', series.seriesDescription),
    element(0x00081040, 'LO', 'Emergency'),
    element(0x00081050, 'PN', who.performingPhysician),
    element(0x00081070, 'PN', who.operator),
    element(0x00081090, 'LO', 'Ellipsoid 9'),
    element(0x00090010, 'LO', 'PHANTOM WORKS 1.0'),
    element(0x00091001, 'LO', who.patientName.replace('^', ', ')),
    element(0x00091002, 'SQ', {
      items: [[element(0x00090010, 'LO', 'PHANTOM WORKS 1.0'), element(0x00091003, 'LO', who.patientId)]],
    }),
    element(0x00100010, 'PN', who.patientName),
    element(0x00100020, 'LO', who.patientId),
    element(0x00100030, 'DA', who.birthDate),
    element(0x00100040, 'CS', 'O'),
    element(0x00101002, 'SQ', {
      items: [[element(0x00100020, 'LO', who.otherPatientId), element(0x00100022, 'CS', 'TEXT')]],
    }),
    element(0x00101010, 'AS', '067Y'),
    element(0x00101040, 'LO', who.address),
    element(0x00102154, 'SH', who.telephone.slice(0, 16)),
    element(0x00104000, 'LT', who.comment),
    element(0x00180015, 'CS', series.bodyPart),
    element(0x00181000, 'LO', `SN-${who.studyId}`),
    element(0x00181020, 'LO', '1.0'),
    element(0x00181030, 'LO', series.protocolName),
    element(0x0020000d, 'UI', seededUid(seed, 'study')),
    element(0x0020000e, 'UI', seededUid(seed, `series ${series.seriesNumber}`)),
    element(0x00200010, 'SH', who.studyId),
    element(0x00200011, 'IS', series.seriesNumber),
    element(0x00400275, 'SQ', {
      items: [
        [
          element(0x00400007, 'LO', `CT head for ${who.patientName.replace('^', ' ')}`),
          element(0x00400009, 'SH', `SPS${who.studyId}`),
          element(0x00401001, 'SH', `RP${who.studyId}`),
        ],
      ],
    }),
  ];
}
