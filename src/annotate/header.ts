import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { textElement, uidElement, withElements } from '../dicom/edit.ts';
import { tags } from '../dicom/tags.ts';
import { effectiveVr, elementText, text } from '../dicom/values.ts';
import { traitsOf } from '../dicom/vr.ts';
import { seededUid } from '../synthetic/random.ts';
import type { BurnedIdentity } from './identifiers.ts';

const utf8 = 'ISO_IR 192';

/** UIDs that name one instance or what it belongs to; references inside the instance follow. */
const ownUids: ReadonlySet<number> = new Set([
  tags.SOPInstanceUID,
  tags.StudyInstanceUID,
  tags.SeriesInstanceUID,
  tags.ReferencedSOPInstanceUID,
  tags.FrameOfReferenceUID,
  tags.SynchronizationFrameOfReferenceUID,
  tags.ConcatenationUID,
]);

/** The data set under new UIDs, which depend on the old ones and the seed: what belonged together still does. */
export function withNewUids(dataSet: DataSet, seed: string): DataSet {
  const renamed = mapped(dataSet, (element, own) =>
    ownUids.has(element.tag)
      ? uidElement(
          element.tag,
          text(own, element.tag).map((uid) => seededUid(seed, uid)),
        )
      : element,
  );
  if (text(renamed, tags.SOPInstanceUID).length > 0) return renamed;
  const made = uidElement(tags.SOPInstanceUID, seededUid(seed, 'instance'));
  return withElements(renamed, new Map([[tags.SOPInstanceUID, made]]));
}

/**
 * The data set with this identity in its header, as if the device that burned it in had written both. All text becomes
 * UTF-8 where the names are not of the default repertoire.
 */
export function withIdentity(dataSet: DataSet, who: BurnedIdentity): DataSet {
  const values: readonly (readonly [number, 'PN' | 'LO' | 'SH' | 'DA', string])[] = [
    [tags.PatientName, 'PN', `${who.family}^${who.given}`],
    [tags.PatientID, 'LO', who.patientId],
    [tags.PatientBirthDate, 'DA', who.birthDate],
    [tags.StudyDate, 'DA', who.studyDate],
    [tags.AccessionNumber, 'SH', who.accessionNumber],
    [tags.ReferringPhysicianName, 'PN', `${who.physicianFamily}^${who.physicianGiven}^^Dr`],
    [tags.InstitutionName, 'LO', who.institution],
  ];
  const isPlain = values.every(([, , value]) => /^[ -~]*$/.test(value));
  const base = isPlain ? dataSet : inUtf8(dataSet);
  const changes = values.map(([tag, vr, value]): [number, DataElement] => [
    tag,
    textElement(base, tag, vr, value),
  ]);
  return withElements(base, new Map(changes));
}

/** Every text of the data set, at every depth, in UTF-8. */
function inUtf8(dataSet: DataSet): DataSet {
  const surroundings = { encoding: dataSet.encoding, characterSets: [utf8] };
  const encoded = mapped(dataSet, (element, own) => {
    if (element.tag === tags.SpecificCharacterSet) return undefined;
    const vr = effectiveVr(element);
    const { kind, localized } = traitsOf(vr);
    if (kind !== 'text' || !localized || element.vr === 'UN') return element;
    return textElement(
      { ...surroundings, encoding: own.encoding },
      element.tag,
      vr,
      elementText(own, element),
    );
  });
  const declared = textElement(surroundings, tags.SpecificCharacterSet, 'CS', utf8);
  return withElements(encoded, new Map([[tags.SpecificCharacterSet, declared]]));
}

/** The data set with each element replaced, or left out where undefined, at every depth. */
function mapped(
  dataSet: DataSet,
  change: (element: DataElement, own: DataSet) => DataElement | undefined,
): DataSet {
  const elements = dataSet.elements.flatMap((element): readonly DataElement[] => {
    const { body } = element;
    if (body.kind === 'items') {
      const items = body.items.map((item) => mapped(item, change));
      return [{ ...element, body: { ...body, items } }];
    }
    const changed = change(element, dataSet);
    return changed === undefined ? [] : [changed];
  });
  return { ...dataSet, elements };
}
