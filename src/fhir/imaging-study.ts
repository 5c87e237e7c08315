import type { CataloguedStudy, ImageRow, SeriesRow, StudyRow } from '../core/catalogue.ts';
import { fhirDateTime } from '../core/date-time.ts';
import type {
  FhirCoding,
  FhirExtension,
  FhirIdentifier,
  FhirReference,
  ImagingStudy,
  ImagingStudySeries,
} from './resource.ts';

/** Instances that one resource lists; of larger studies it tells the number alone. Some 250 bytes each. */
export const maxImagingStudyImages = 20_000;

const dcm = 'http://dicom.nema.org/resources/ontology/DCM';
const snomed = 'http://snomed.info/sct';
const uris = 'urn:ietf:rfc:3986';
/** FHIR `unsignedInt`, `string` and `id`. */
const maxUnsignedInt = 2 ** 31 - 1;

const sides = {
  R: { system: snomed, code: '419465000', display: 'Unilateral right' },
  L: { system: snomed, code: '419161000', display: 'Unilateral left' },
} as const;

export interface ImagingStudySettings {
  /** URI of the system that pseudonymous Patient IDs belong to; left out of the resource where it is empty. */
  readonly patientSystem: string;
  /** The same for pseudonymous Accession Numbers. */
  readonly accessionSystem: string;
}

/** The FHIR logical id of a study: its pseudonymous Study Instance UID, whose digits and dots are a FHIR `id` as they are. */
export function imagingStudyId(studyPseudonym: string): string {
  return studyPseudonym;
}

/**
 * A FHIR R4 ImagingStudy (http://hl7.org/fhir/R4/imagingstudy.html) of what was delivered of a study, made of de-identified
 * values alone and the same for the same rows. The patient is a logical reference by the pseudonym, never a name. `status`
 * as R4 defines it: `registered` while nothing of it was delivered, then `available`. No endpoint: what reads this knows
 * where the images went.
 */
export function imagingStudyOf(whole: CataloguedStudy, settings: ImagingStudySettings): ImagingStudy {
  const { study } = whole;
  const series =
    whole.images === null ? countedSeries(whole.series) : listedSeries(whole.series, whole.images);
  const instances =
    whole.images === null ? deliveredOf(study) : series.reduce((sum, { list }) => sum + list.length, 0);
  const modalities = [...new Set(series.flatMap(({ row }) => row.modality ?? []))].sort();
  const started = fhirDateTime(study.studyDate, study.studyTime, study.timezoneOffset);
  const description = fhirString(study.description);
  return {
    resourceType: 'ImagingStudy',
    id: imagingStudyId(study.studyPseudonym),
    meta: {
      security: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
          code: 'PSEUDED',
          display: 'pseudonymized',
        },
      ],
    },
    identifier: identifiersOf(study, settings),
    status: instances === 0 ? 'registered' : 'available',
    ...(modalities.length === 0 ? {} : { modality: modalities.map(modalityCoding) }),
    subject: subjectOf(study, settings),
    ...(started === null ? {} : { started }),
    numberOfSeries: series.length,
    numberOfInstances: instances,
    ...(description === null ? {} : { description }),
    ...(series.length === 0
      ? {}
      : { series: series.map(({ row, list }) => seriesOf(row, list, whole.images !== null, study)) }),
  };
}

interface ListedSeries {
  readonly row: SeriesRow;
  readonly list: readonly ImageRow[];
}

/** Series without anything delivered are left out; of two contents under one UID the later took the place of the first. */
function listedSeries(rows: readonly SeriesRow[], images: readonly ImageRow[]): ListedSeries[] {
  const bySeries = new Map<string, Map<string, ImageRow>>();
  for (const image of images) {
    const list = bySeries.get(image.seriesPseudonym) ?? new Map<string, ImageRow>();
    bySeries.set(image.seriesPseudonym, list);
    list.set(image.imageUid, image);
  }
  return rows.flatMap((row) => {
    const list = bySeries.get(row.seriesPseudonym);
    return list === undefined ? [] : [{ row, list: [...list.values()].sort(byNumber) }];
  });
}

function countedSeries(rows: readonly SeriesRow[]): ListedSeries[] {
  return rows.map((row) => ({ row, list: [] }));
}

function byNumber(a: ImageRow, b: ImageRow): number {
  const order = (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0);
  return order === 0 ? (a.imageUid < b.imageUid ? -1 : 1) : order;
}

function deliveredOf({ tallies }: StudyRow): number {
  return tallies
    .filter(({ state }) => state === 'delivered' || state === 'forgotten')
    .reduce((sum, { instances }) => sum + instances, 0);
}

function identifiersOf(study: StudyRow, { accessionSystem }: ImagingStudySettings): FhirIdentifier[] {
  const accession = fhirString(study.accessionPseudonym);
  return [
    { system: 'urn:dicom:uid', value: oidUrn(study.studyPseudonym) },
    ...(accession === null
      ? []
      : [
          {
            type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] },
            ...(accessionSystem === '' ? {} : { system: accessionSystem }),
            value: accession,
          },
        ]),
  ];
}

/** `subject` is required; where no pseudonym was given, it says that there is one nobody is told. */
function subjectOf({ patientPseudonym }: StudyRow, { patientSystem }: ImagingStudySettings): FhirReference {
  const value = fhirString(patientPseudonym);
  if (value === null) return { type: 'Patient', extension: [absent('masked')] };
  return {
    type: 'Patient',
    identifier: { ...(patientSystem === '' ? {} : { system: patientSystem }), value },
  };
}

function seriesOf(
  row: SeriesRow,
  list: readonly ImageRow[],
  counted: boolean,
  { timezoneOffset }: StudyRow,
): ImagingStudySeries {
  const description = fhirString(row.seriesDescription);
  const bodyPart = fhirString(row.bodyPart);
  const started = fhirDateTime(row.seriesDate, row.seriesTime, timezoneOffset);
  return {
    uid: row.seriesPseudonym,
    ...(isUnsignedInt(row.seriesNumber) ? { number: row.seriesNumber } : {}),
    // Required in R4; DICOM requires it too, but not every object has it.
    modality: row.modality === null ? { extension: [absent('unknown')] } : modalityCoding(row.modality),
    ...(description === null ? {} : { description }),
    ...(counted ? { numberOfInstances: list.length } : {}),
    // Defined terms of DICOM (PS3.16 Annex L) stand as they are: SNOMED CT codes would be a guess.
    ...(bodyPart === null ? {} : { bodySite: { display: bodyPart } }),
    ...(row.laterality === null ? {} : { laterality: sides[row.laterality] }),
    ...(started === null ? {} : { started }),
    ...(list.length === 0
      ? {}
      : {
          instance: list.map((image) => {
            const title = fhirString(image.imageType?.replaceAll('\\', ' ') ?? null);
            return {
              uid: image.imageUid,
              sopClass: { system: uris, code: oidUrn(image.sopClassUid) },
              ...(isUnsignedInt(image.instanceNumber) ? { number: image.instanceNumber } : {}),
              ...(title === null ? {} : { title }),
            };
          }),
        }),
  };
}

function modalityCoding(modality: string): FhirCoding {
  return { system: dcm, code: fhirCode(modality) };
}

/** FHIR `code`: no blanks at the ends, none twice in a row. */
function fhirCode(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}

function oidUrn(uid: string): string {
  return `urn:oid:${uid}`;
}

function absent(reason: 'masked' | 'unknown'): FhirExtension {
  return { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: reason };
}

/** FHIR `string`: not empty, no control characters but tab and line ends. */
function fhirString(value: string | null): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what FHIR forbids.
  const clean = value?.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '').trim() ?? '';
  return clean === '' ? null : clean;
}

function isUnsignedInt(value: number | null): value is number {
  return value !== null && Number.isInteger(value) && value >= 0 && value <= maxUnsignedInt;
}
