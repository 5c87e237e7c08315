import { type Attributes, code } from './attributes.ts';

/** People, places and numbers planted in the objects. Invented words: no other text holds them. */
export const planted = {
  patient: 'Zyxwvut^Qqrrst',
  patientId: 'MRN-9081726',
  birthDate: '19631127',
  physician: 'Smithwickson^Arnolf',
  operator: 'Opqrstus^Vwxyza',
  planner: 'Plannerby^Quint',
  institution: 'Kelmscottville Infirmary',
  department: 'Bunker Nordwing',
  station: 'KELMLINAC7',
  serial: 'SN-40417-KV',
  accession: 'ACC5550123',
  order: 'ORD-77-31415',
  phone: '+44 1632 960456',
  studyDate: '20240229',
  studyTime: '134507',
} as const;

/** Words of the planted values that may stand in no byte of an output, in any case. */
export const plantedWords: readonly string[] = [
  ...['Zyxwvut', 'Qqrrst', '9081726', '19631127', 'Smithwickson', 'Arnolf', 'Opqrstus', 'Vwxyza'],
  ...['Plannerby', 'Quint', 'Kelmscottville', 'Bunker Nordwing', 'KELMLINAC7', '40417', '5550123'],
  ...['31415', '960456', '20240229'],
];

/** Root of every UID in the objects, so that none of them is overlooked in an output. */
export const uidRoot = '1.2.826.0.1.3680043.9.9988';
export const uids = {
  study: `${uidRoot}.1`,
  frameOfReference: `${uidRoot}.2`,
  otherFrameOfReference: `${uidRoot}.3`,
  synchronization: `${uidRoot}.4`,
  ctSeries: `${uidRoot}.10`,
  ct: [`${uidRoot}.10.1`, `${uidRoot}.10.2`],
  structureSet: `${uidRoot}.11.1`,
  plan: `${uidRoot}.12.1`,
  dose: `${uidRoot}.13.1`,
  dimensions: `${uidRoot}.20`,
} as const;

export const sopClasses = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  structureSet: '1.2.840.10008.5.1.4.1.1.481.3',
  plan: '1.2.840.10008.5.1.4.1.1.481.5',
  dose: '1.2.840.10008.5.1.4.1.1.481.2',
  segmentation: '1.2.840.10008.5.1.4.1.1.66.4',
  enhancedCt: '1.2.840.10008.5.1.4.1.1.2.1',
  enhancedMr: '1.2.840.10008.5.1.4.1.1.4.1',
  enhancedPet: '1.2.840.10008.5.1.4.1.1.130',
  ecg: '1.2.840.10008.5.1.4.1.1.9.1.1',
  registration: '1.2.840.10008.5.1.4.1.1.66.1',
  realWorldValueMap: '1.2.840.10008.5.1.4.1.1.67',
  parametricMap: '1.2.840.10008.5.1.4.1.1.30',
} as const;

export function reference(sopClassUid: string, sopInstanceUid: string): Attributes {
  return { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid };
}

/** Patient, General Study, General Series, General Equipment and SOP Common Modules with everything sites write there. */
export function common(
  sopClassUid: string,
  sopInstanceUid: string,
  modality: string,
  series: number,
): Attributes {
  return {
    SpecificCharacterSet: 'ISO_IR 100',
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    InstanceCreationDate: planted.studyDate,
    InstanceCreationTime: planted.studyTime,
    StudyDate: planted.studyDate,
    StudyTime: planted.studyTime,
    SeriesDate: planted.studyDate,
    SeriesTime: planted.studyTime,
    AccessionNumber: planted.accession,
    Modality: modality,
    Manufacturer: 'Phantom Works',
    InstitutionName: planted.institution,
    InstitutionalDepartmentName: planted.department,
    ReferringPhysicianName: planted.physician,
    StationName: planted.station,
    StudyDescription: `Thorax for ${planted.physician.split('^')[0]}`,
    SeriesDescription: `Series of ${planted.patient.split('^')[0]}`,
    OperatorsName: planted.operator,
    ManufacturerModelName: 'Ellipsoid 9',
    PatientName: planted.patient,
    PatientID: planted.patientId,
    PatientBirthDate: planted.birthDate,
    PatientSex: 'F',
    PatientAge: '060Y',
    BodyPartExamined: 'CHEST',
    PatientComments: `Call ${planted.phone}`,
    DeviceSerialNumber: planted.serial,
    SoftwareVersions: '9.1',
    StudyInstanceUID: uids.study,
    SeriesInstanceUID: series === 10 ? uids.ctSeries : `${uidRoot}.${series}`,
    StudyID: 'ST31415',
    SeriesNumber: String(series),
    InstanceNumber: '1',
  };
}

/** The order behind a procedure, as it stands in Request Attributes Sequence. */
export const request: readonly Attributes[] = [
  {
    RequestedProcedureID: planted.order.slice(0, 16),
    ScheduledProcedureStepID: planted.order.slice(0, 16),
    ScheduledProcedureStepDescription: `For ${planted.physician.split('^')[0]}`,
  },
];

export const anatomy: readonly Attributes[] = [
  { AnatomicRegionSequence: [code('39607008', 'SCT', 'Lung')], FrameLaterality: 'U' },
];
