import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { lookup } from '../../dicom/dictionary.ts';
import type { IdentifierSource } from '../identifiers.ts';
import { decodedText, undeclaredUtf8 } from '../text.ts';

/** Identifiers of the patient, the visit, the order and the institution; their values must not occur in what is kept. */
const idTags: ReadonlySet<number> = new Set([
  0x00080050, 0x00100020, 0x00101000, 0x00101040, 0x00101090, 0x00102154, 0x00102155, 0x00380010, 0x00400009,
  0x00401001, 0x00402016, 0x00402017, 0x00321064, 0x00120040, 0x00120042, 0x00080080, 0x00380060, 0x00400512,
  0x00400551,
]);
/** Patient's Birth Date and its other spellings. */
const birthTags: ReadonlySet<number> = new Set([0x00100030, 0x00100033]);
/** Stations, devices, departments, addresses, telephone numbers, Study ID. Application entities go by their VR. */
const placeTags: ReadonlySet<number> = new Set([
  0x00080081, 0x00080092, 0x00080094, 0x00081010, 0x00081040, 0x00100021, 0x00102150, 0x00102152, 0x00181000,
  0x00181002, 0x00181004, 0x00181005, 0x00181007, 0x00181008, 0x0018700a, 0x00200010, 0x00321020, 0x00400241,
  0x00400242, 0x00400243, 0x00400253, 0x00400010, 0x00400011, 0x00181003, 0x00380300, 0x00080055, 0x00380400,
  0x00401102, 0x00401103,
]);
/** Telephone numbers of patients, physicians and other people: looked for without their area, too. */
const phoneTags: ReadonlySet<number> = new Set([0x00102154, 0x00102155, 0x00080094, 0x00401103, 0x00401104]);
/** Institutions, departments and addresses, whose words are looked for one by one where text is cleaned. */
const addressTags: ReadonlySet<number> = new Set([
  0x00080080, 0x00080081, 0x00080092, 0x00081040, 0x00101040, 0x00102150, 0x00102152, 0x00380300, 0x00380400,
  0x00401102, 0x00321033,
]);

/** Most values of each kind that are collected. More than the matcher takes, so that it notices. */
const maxCollected = 1024;

interface Found {
  readonly names: Set<string>;
  readonly ids: Set<string>;
  readonly dates: Set<string>;
  readonly eventDates: Set<string>;
  readonly places: Set<string>;
  readonly phones: Set<string>;
  readonly addresses: Set<string>;
}

/**
 * Every person's name, identifier, date and place of the object, the top level first, items of sequences included. What
 * the profile lets leave as it is (`retains`: an institution, dates) is no secret, and would only be found in itself.
 */
export function collectIdentifiers(
  dataSet: DataSet,
  retains: (tag: number, vr: Vr) => boolean,
): IdentifierSource {
  const found: Found = {
    names: new Set(),
    ids: new Set(),
    dates: new Set(),
    eventDates: new Set(),
    places: new Set(),
    phones: new Set(),
    addresses: new Set(),
  };
  collect(dataSet, found, retains);
  return {
    names: [...found.names],
    ids: [...found.ids],
    dates: [...found.dates],
    eventDates: [...found.eventDates],
    places: [...found.places],
    phones: [...found.phones],
    addresses: [...found.addresses],
  };
}

function collect(dataSet: DataSet, found: Found, retains: (tag: number, vr: Vr) => boolean): void {
  for (const element of dataSet.elements) {
    const { tag, vr } = element;
    const set = kindOf(tag, vr, found);
    const more = addressTags.has(tag) ? found.addresses : phoneTags.has(tag) ? found.phones : undefined;
    if ((set === undefined && more === undefined) || retains(tag, vr)) continue;
    const length = set === found.eventDates ? 8 : undefined;
    for (const value of valuesOf(element, dataSet)) {
      add(set, value.slice(0, length));
      add(more, value);
    }
  }
  for (const { body } of dataSet.elements) {
    if (body.kind === 'items') for (const item of body.items) collect(item, found, retains);
  }
}

function kindOf(tag: number, vr: Vr, found: Found): Set<string> | undefined {
  if (idTags.has(tag)) return found.ids;
  if (birthTags.has(tag)) return found.dates;
  // As it was sent, or as PS3.6 knows the attribute, whatever it was sent as.
  const known = lookup(tag)?.vr;
  if (vr === 'PN' || known === 'PN') return found.names;
  if (vr === 'DA' || vr === 'DT' || known === 'DA' || known === 'DT') return found.eventDates;
  return placeTags.has(tag) || vr === 'AE' || known === 'AE' ? found.places : undefined;
}

function valuesOf(element: DataElement, dataSet: DataSet): string[] {
  const text = decodedText(element, dataSet);
  if (text === undefined || text === '') return [];
  const values = text.split('\\');
  // Writers that send UTF-8 without declaring it: their names would be found in nothing that is written properly.
  const unicode = undeclaredUtf8(element);
  if (unicode !== undefined) values.push(...unicode.split('\\'));
  return values;
}

function add(set: Set<string> | undefined, value: string): void {
  const text = value.trim();
  if (set !== undefined && text !== '' && set.size < maxCollected) set.add(text);
}
