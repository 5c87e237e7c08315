import { type DeidentifyResult, deidentify } from '../../../src/deidentify/deidentify.ts';
import { defineProfile, type Profile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition, type ProfileDefinition } from '../../../src/deidentify/profile-definition.ts';
import type { ProfileOption } from '../../../src/deidentify/rules.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataSet } from '../../../src/dicom/data-set.ts';
import { bytesElement } from '../../../src/dicom/edit.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { bigEndian, explicit, implicit, mustPass, pseudonyms, received, written } from '../build.ts';
import { planted, uidRoot } from './document-parts.ts';

export const contentSequence = 0x0040a730;
export const sopInstanceUid = 0x00080018;
export const referencedSopInstanceUid = 0x00081155;

export function profile(name: string, changes: Partial<ProfileDefinition>): Profile {
  return defineProfile({ ...emptyDefinition(name), ...changes });
}
export const cleaning: readonly ProfileOption[] = ['cleanStructuredContent', 'cleanGraphics'];
export const retaining: readonly ProfileOption[] = [
  'cleanDescriptors',
  'retainUids',
  'retainDeviceIdentity',
  'retainInstitutionIdentity',
  'retainPatientCharacteristics',
];
export const profiles = {
  cleaned: profile('cleaned', { options: cleaning }),
  retained: profile('retained', { options: [...cleaning, ...retaining, 'retainLongFullDates'] }),
  shifted: profile('shifted', { options: [...cleaning, 'cleanDescriptors', 'retainLongModifiedDates'] }),
  replaced: profile('replaced', { structuredContent: 'replace' }),
};

export function run(dataSet: DataSet, under: Profile, transferSyntaxUid = explicit): DeidentifyResult {
  return deidentify(received(dataSet, transferSyntaxUid), { profile: under, pseudonyms });
}

/** The same data set in another encoding; its text and UIDs are bytes that do not change. */
export function encodedAs(dataSet: DataSet, transferSyntaxUid: string): DataSet {
  const encoding = {
    explicitVr: transferSyntaxUid !== implicit,
    littleEndian: transferSyntaxUid !== bigEndian,
  };
  const convert = (found: DataSet): DataSet => ({
    ...found,
    encoding,
    elements: found.elements.map((element) =>
      element.body.kind === 'items'
        ? { ...element, body: { kind: 'items', items: element.body.items.map(convert) } }
        : swapped(element, encoding.littleEndian),
    ),
  });
  return convert(dataSet);
}

export function swapped(
  element: DataSet['elements'][number],
  littleEndian: boolean,
): DataSet['elements'][number] {
  const { vr, body } = element;
  const size = vr === 'US' || vr === 'OW' ? 2 : vr === 'UL' || vr === 'SL' || vr === 'FL' ? 4 : 1;
  if (littleEndian || size === 1 || body.kind !== 'bytes') return element;
  const bytes = Buffer.from(body.bytes);
  return bytesElement(element.tag, vr, size === 2 ? bytes.swap16() : bytes.swap32());
}

export function output(
  dataSet: DataSet,
  under: Profile,
  transferSyntaxUid = explicit,
): { bytes: Buffer; dataSet: DataSet } {
  const bytes = written(mustPass(run(dataSet, under, transferSyntaxUid)).value);
  return { bytes, dataSet: readPart10(memorySource(bytes)).dataSet };
}

export const always = [...planted.patient, ...planted.people, ...planted.denied, '27.11.1963'];
/** What may be in an output under a profile that says so, and under no other. */
export const bound: Readonly<Record<keyof typeof profiles, readonly string[]>> = {
  cleaned: [...planted.words, ...planted.devices, ...planted.places, ...planted.dates, uidRoot],
  retained: [],
  shifted: [...planted.devices, ...planted.places, planted.dates[0], uidRoot],
  replaced: [...planted.words, ...planted.devices, ...planted.places, ...planted.dates, uidRoot],
};

export function leaks(bytes: Buffer, terms: readonly string[]): string[] {
  const seen = bytes.toString('latin1').toLowerCase();
  return terms.filter((term) => seen.includes(term.toLowerCase()));
}
