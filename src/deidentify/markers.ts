import { productVersion } from '../core/version.ts';
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { item, sequenceElement, textElement } from '../dicom/edit.ts';
import { items } from '../dicom/values.ts';
import { editDataSet } from './edit.ts';
import { type EditContext, placeWithin, rootPlace } from './edit-context.ts';
import { methodCodes } from './generated/method-codes.ts';
import { withEncoding } from './replacements.ts';
import { type MethodCode, type ProfileOption, profileOptions } from './rules.ts';
import { cleanContext, cleanText, type DescriptorRules } from './text/clean-text.ts';
import { textAt } from './text.ts';

const patientIdentityRemoved = 0x00120062;
const deidentificationMethod = 0x00120063;
const deidentificationMethodCodes = 0x00120064;
const temporalInformationModified = 0x00280303;
export const burnedInAnnotation = 0x00280301;

/** Most values and items of earlier de-identifiers that are handed on. */
const maxEarlier = 16;
const maxMethodLength = 64;

/**
 * The attributes that say what was done (PS3.15 E.1.1 and E.2): written whatever was received, since a sender's claim is
 * nobody's proof. Methods of earlier de-identifiers are kept before ours, as the standard asks, unless they repeat an
 * identifier of the object. Codes stand for options by which something of this very instance was decided; where an own
 * rule let through what the standard does not, no code of ours is written, and the method says so. Clean Pixel Data
 * (113101), and Burned In Annotation NO, say that every frame was treated: written where that is so and not otherwise.
 */
export function markerElements(context: EditContext, dataSet: DataSet): DataElement[] {
  const place = context.report.root;
  const markers = [
    textElement(dataSet, patientIdentityRemoved, 'CS', 'YES'),
    textElement(dataSet, deidentificationMethod, 'LO', methods(context, dataSet)),
    textElement(dataSet, temporalInformationModified, 'CS', temporalInformation(context)),
  ];
  if (hasCleanPixels(context)) markers.push(textElement(dataSet, burnedInAnnotation, 'CS', 'NO'));
  const items = codes(context, dataSet);
  // The sequence is Type 1C: absent rather than empty.
  if (items.length > 0) markers.push(sequenceElement(deidentificationMethodCodes, items));
  for (const { tag } of markers) context.report.add(place, tag, 'inserted', 'marker');
  return markers;
}

function temporalInformation({ claims, profile }: EditContext): string {
  // An own rule may have kept or shifted a date without the option; nobody shall believe that all are gone.
  if (claims.options.has('retainLongFullDates')) return 'UNMODIFIED';
  if (claims.options.has('retainLongModifiedDates')) return 'MODIFIED';
  if (!claims.weakened) return 'REMOVED';
  return profile.definition.rules.some(({ action }) => action === 'keep') ? 'UNMODIFIED' : 'MODIFIED';
}

const methodRules: DescriptorRules = { vocabulary: 'any', words: [] };

function methods(context: EditContext, dataSet: DataSet): string[] {
  const { profile, claims } = context;
  // Methods are sentences of programs and people: names behind titles, dates and the like are no part of a method.
  const text = cleanContext(context.subject.identifiers, methodRules);
  const own = [
    `Sallyport ${productVersion}; profile ${profile.id}`.slice(0, maxMethodLength),
    `profile revision ${profile.revision}`,
    ...(claims.weakened ? ['own rules keep more than PS3.15 Annex E; no conformance'] : []),
  ];
  const earlier = textAt(dataSet, deidentificationMethod)
    .split('\\')
    .map((value) => value.trim())
    .filter((value) => !own.includes(value) && !context.subject.identifiers.occurIn(value, 'LO'))
    .map((value) => cleanText(value, text).text)
    .filter((value) => value !== '' && value.length <= maxMethodLength && !own.includes(value))
    // Written again in ASCII, because the text of the gateway has to fit whatever character set holds here.
    .filter((value) => /^[\x20-\x7e]+$/.test(value) && !context.subject.identifiers.occurIn(value, 'LO'));
  const told = earlier.slice(0, maxEarlier);
  // What is spread over several values is found only in the whole.
  return context.subject.identifiers.occurIn(told.join(' '), 'LO') ? own : [...told, ...own];
}

/** What was satisfied on this instance, in the order of CID 7050's options. */
export function satisfied({ claims, treatment }: EditContext): MethodCode[] {
  if (claims.weakened) return [];
  const options = profileOptions.filter((option: ProfileOption) => claims.options.has(option));
  return [
    methodCodes.basic,
    ...(treatment !== undefined && hasCleanPixels({ treatment }) ? [methodCodes.cleanPixelData] : []),
    ...options.map((option) => methodCodes[option]),
  ];
}

/** Whether every frame was treated and looked at again. */
export function hasCleanPixels({ treatment }: Pick<EditContext, 'treatment'>): boolean {
  return treatment?.complete === true && treatment.mode !== 'none';
}

/** Codes of earlier de-identifiers that say of the pixels what nobody has proved here. */
const aboutPixels: ReadonlySet<string> = new Set([
  methodCodes.cleanPixelData.code,
  methodCodes.cleanVisualFeatures.code,
]);

function codes(context: EditContext, dataSet: DataSet): DataSet[] {
  const place = placeWithin(context, rootPlace(context), deidentificationMethodCodes);
  const own = satisfied(context);
  const earlier = items(dataSet, deidentificationMethodCodes)
    .filter((code) => !own.some((ours) => ours.code === textAt(code, 0x00080100)))
    .filter((code) => !aboutPixels.has(textAt(code, 0x00080100).trim()))
    .slice(0, maxEarlier)
    .map((code) => withEncoding(editDataSet(context, code, place), dataSet.encoding))
    // Bytes in another order cannot stand beside ours.
    .filter((code) => code.encoding.littleEndian === dataSet.encoding.littleEndian);
  return [...earlier, ...own.map((code) => codeItem(dataSet, code))];
}

function codeItem(dataSet: DataSet, { code, meaning }: MethodCode): DataSet {
  return item(dataSet, [
    textElement(dataSet, 0x00080100, 'SH', code),
    textElement(dataSet, 0x00080102, 'SH', 'DCM'),
    textElement(dataSet, 0x00080104, 'LO', meaning),
  ]);
}
