import type { CatalogueEntry, StudyPlace } from '../core/catalogue.ts';
import type { Profile } from '../deidentify/profile.ts';
import { canonicalUid, type Pseudonyms } from '../deidentify/pseudonyms.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { tags } from '../dicom/tags.ts';
import { firstText } from '../dicom/values.ts';
import { codes, matching, shortText, whole } from './payload.ts';

const date = /^\d{8}$/;
const time = /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/;

/** What the catalogue is told of an instance: values of its de-identified data set alone, in the forms of the payload. */
export function catalogueEntry(instance: Deidentified, profileRevision: string): CatalogueEntry {
  const { dataSet } = instance;
  const side = firstText(dataSet, tags.Laterality);
  return {
    profileRevision,
    patientPseudonym: shortText(dataSet, tags.PatientID, 64),
    accessionPseudonym: shortText(dataSet, tags.AccessionNumber, 64),
    studyDate: matching(dataSet, tags.StudyDate, date),
    studyTime: matching(dataSet, tags.StudyTime, time),
    timezoneOffset: matching(dataSet, tags.TimezoneOffsetFromUTC, /^[+-]\d{4}$/),
    studyDescription: shortText(dataSet, tags.StudyDescription, 1024),
    modality: shortText(dataSet, tags.Modality, 16),
    seriesNumber: whole(dataSet, tags.SeriesNumber),
    seriesDescription: shortText(dataSet, tags.SeriesDescription, 1024),
    bodyPart: shortText(dataSet, tags.BodyPartExamined, 64),
    laterality: side === 'R' || side === 'L' ? side : null,
    seriesDate: matching(dataSet, tags.SeriesDate, date),
    seriesTime: matching(dataSet, tags.SeriesTime, time),
    imageUid: instance.sopInstanceUid,
    sopClassUid: instance.sopClassUid,
    instanceNumber: whole(dataSet, tags.InstanceNumber),
    imageType: codes(dataSet, tags.ImageType, 64)?.slice(0, 8).join('\\') ?? null,
  };
}

const uidForm = /^\d+(\.\d+)*$/;

/**
 * Where an instance that is held belongs, from its original data set: the pseudonyms it would leave under. Undefined where it
 * names no study that can be read.
 */
export function placeOfHeld(
  dataSet: DataSet,
  { profile, pseudonyms }: { readonly profile: Profile; readonly pseudonyms: Pseudonyms },
): StudyPlace | undefined {
  const pseudonymOf = (tag: number): string | null => {
    const original = canonicalUid(firstText(dataSet, tag) ?? '');
    if (original === '') return null;
    const uid = profile.options.has('retainUids') ? original : pseudonyms.uid(original);
    return uid.length <= 64 && uidForm.test(uid) ? uid : null;
  };
  try {
    const studyPseudonym = pseudonymOf(tags.StudyInstanceUID);
    if (studyPseudonym === null) return undefined;
    return { studyPseudonym, seriesPseudonym: pseudonymOf(tags.SeriesInstanceUID) };
  } catch {
    // What it is held for must not give way to a value that cannot be read.
    return undefined;
  }
}
