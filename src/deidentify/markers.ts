import { productVersion } from '../core/version.ts';
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { item, sequenceElement, textElement } from '../dicom/edit.ts';
import { items } from '../dicom/values.ts';
import { type EditContext, editDataSet } from './edit.ts';
import { methodCodes } from './generated/method-codes.ts';
import type { Profile } from './profile.ts';
import { withEncoding } from './replacements.ts';
import type { MethodCode } from './rules.ts';
import { textAt } from './text.ts';

const patientIdentityRemoved = 0x00120062;
const deidentificationMethod = 0x00120063;
const deidentificationMethodCodes = 0x00120064;
const temporalInformationModified = 0x00280303;

/** Most values and items of earlier de-identifiers that are handed on. */
const maxEarlier = 16;
const maxMethodLength = 64;

/**
 * The attributes that say what was done (PS3.15 E.1.1 and E.2): written whatever was received, since a sender's claim is
 * nobody's proof. Methods of earlier de-identifiers are kept before ours, as the standard asks, unless they repeat an
 * identifier of the object. Burned In Annotation is not among them: no option that cleans pixels was applied.
 */
export function markerElements(context: EditContext, dataSet: DataSet, profile: Profile): DataElement[] {
  const place = context.report.root;
  const markers = [
    textElement(dataSet, patientIdentityRemoved, 'CS', 'YES'),
    textElement(dataSet, deidentificationMethod, 'LO', methods(context, dataSet, profile)),
    sequenceElement(deidentificationMethodCodes, codes(context, dataSet)),
    textElement(dataSet, temporalInformationModified, 'CS', 'REMOVED'),
  ];
  for (const { tag } of markers) context.report.add(place, tag, 'inserted', 'marker');
  return markers;
}

function methods(context: EditContext, dataSet: DataSet, profile: Profile): string[] {
  const own = [
    `Sallyport ${productVersion}; profile ${profile.id}`.slice(0, maxMethodLength),
    `profile revision ${profile.revision}`,
  ];
  const earlier = textAt(dataSet, deidentificationMethod)
    .split('\\')
    .map((value) => value.trim())
    .filter((value) => value !== '' && value.length <= maxMethodLength && !own.includes(value))
    // Written again in ASCII, because the text of the gateway has to fit whatever character set holds here.
    .filter((value) => /^[\x20-\x7e]+$/.test(value) && !context.subject.identifiers.occurIn(value, 'LO'));
  return [...earlier.slice(0, maxEarlier), ...own];
}

function codes(context: EditContext, dataSet: DataSet): DataSet[] {
  const place = context.report.within(context.report.root, deidentificationMethodCodes);
  const earlier = items(dataSet, deidentificationMethodCodes)
    .filter((code) => textAt(code, 0x00080100) !== methodCodes.basic.code)
    .slice(0, maxEarlier)
    .map((code) => withEncoding(editDataSet(context, code, place, 1), dataSet.encoding))
    // Bytes in another order cannot stand beside ours.
    .filter((code) => code.encoding.littleEndian === dataSet.encoding.littleEndian);
  return [...earlier, codeItem(dataSet, methodCodes.basic)];
}

function codeItem(dataSet: DataSet, { code, meaning }: MethodCode): DataSet {
  return item(dataSet, [
    textElement(dataSet, 0x00080100, 'SH', code),
    textElement(dataSet, 0x00080102, 'SH', 'DCM'),
    textElement(dataSet, 0x00080104, 'LO', meaning),
  ]);
}
