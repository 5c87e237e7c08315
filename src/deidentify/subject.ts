import type { DataElement, DataSet, Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import { createIdentifiers, type Identifiers } from './identifiers.ts';
import { canonicalIdentifier, type Pseudonyms } from './pseudonyms.ts';
import type { RuleBook } from './rule-book.ts';
import { decodedText, textAt, undeclaredUtf8 } from './text.ts';

/** Whom the object is about, as far as replacing its identity needs it. */
export interface Subject {
  /** Pseudonym of the patient, for Patient ID and Patient's Name. */
  readonly token: string;
  /** True when there was no Patient ID: the token belongs to the study. */
  readonly anonymous: boolean;
  /** Shift of the object's dates, days: one for all dates in all objects of a patient, or of the study where there is no ID. */
  dateShiftDays(): number;
  /** Pseudonym for the Patient ID inside an item, which may be another patient's. */
  tokenOf(item: DataSet): string;
  /** The object's identifiers, to be kept out of every other text. */
  readonly identifiers: Identifiers;
}

const patientIdTag = 0x00100020;
const issuerTag = 0x00100021;
const studyInstanceUidTag = 0x0020000d;

/** Identifiers of the patient, the visit and the order; their values must not occur in what is kept. */
const idTags: ReadonlySet<number> = new Set([
  0x00080050, 0x00100020, 0x00101000, 0x00101040, 0x00101090, 0x00102154, 0x00102155, 0x00380010, 0x00400009,
  0x00401001, 0x00402016, 0x00402017, 0x00321064, 0x00120040, 0x00080080,
]);
/** Patient's Birth Date and its other spellings. */
const dateTags: ReadonlySet<number> = new Set([0x00100030, 0x00100033]);
/** Stations, devices, departments, addresses, telephone numbers, Study ID. Application entities go by their VR. */
const placeTags: ReadonlySet<number> = new Set([
  0x00080081, 0x00080092, 0x00080094, 0x00081010, 0x00081040, 0x00100021, 0x00102150, 0x00102152, 0x00181000,
  0x00181002, 0x00181004, 0x00181005, 0x00181007, 0x00181008, 0x0018700a, 0x00200010, 0x00321020, 0x00400241,
  0x00400242, 0x00400243, 0x00400253, 0x00400010, 0x00400011, 0x00181003, 0x00380300, 0x00080055,
]);

/** Most values of each kind that are collected. More than the matcher takes, so that it notices. */
const maxCollected = 1024;

/** Reads who the object is about. Nothing of it is kept beyond the instance. */
export function readSubject(dataSet: DataSet, pseudonyms: Pseudonyms, book: RuleBook): Subject {
  const issuer = textAt(dataSet, issuerTag);
  const id = textAt(dataSet, patientIdTag);
  // An ID of nothing but blanks of any kind is none: all such patients would be one.
  const anonymous = canonicalIdentifier(id) === '';
  const token = anonymous
    ? pseudonyms.patientIdOfStudy(textAt(dataSet, studyInstanceUidTag))
    : pseudonyms.patientId(issuer, id);
  const found: Found = {
    names: new Set(),
    ids: new Set(),
    dates: new Set(),
    eventDates: new Set(),
    places: new Set(),
  };
  collect(dataSet, found, book);
  return {
    token,
    anonymous,
    dateShiftDays: () =>
      anonymous
        ? pseudonyms.dateShiftDaysOfStudy(textAt(dataSet, studyInstanceUidTag))
        : pseudonyms.dateShiftDays(issuer, id),
    tokenOf(item) {
      const itemId = textAt(item, patientIdTag);
      if (canonicalIdentifier(itemId) === '') return token;
      // An item seldom repeats the issuer; the object's own then is the likely one.
      return pseudonyms.patientId(textAt(item, issuerTag) || issuer, itemId);
    },
    identifiers: createIdentifiers({
      names: [...found.names],
      ids: [...found.ids],
      dates: [...found.dates],
      eventDates: [...found.eventDates],
      places: [...found.places],
    }),
  };
}

interface Found {
  readonly names: Set<string>;
  readonly ids: Set<string>;
  readonly dates: Set<string>;
  readonly eventDates: Set<string>;
  readonly places: Set<string>;
}

/**
 * Every person's name, identifier, date and place of the object, the top level first. What the profile lets leave as it is
 * (an institution, dates) is no secret, and would only be found in itself.
 */
function collect(dataSet: DataSet, found: Found, book: RuleBook): void {
  for (const element of dataSet.elements) {
    const { tag } = element;
    // As it was sent, or as PS3.6 knows the attribute, whatever it was sent as.
    const known = lookup(tag)?.vr;
    const is = (vr: Vr): boolean => element.vr === vr || known === vr;
    let set: Set<string> | undefined;
    let length: number | undefined;
    if (idTags.has(tag)) set = found.ids;
    else if (dateTags.has(tag)) set = found.dates;
    else if (is('PN')) set = found.names;
    else if (is('DA') || is('DT')) {
      set = found.eventDates;
      length = 8;
    } else if (placeTags.has(tag) || is('AE')) set = found.places;
    if (set !== undefined && !book.retains(tag, element.vr)) add(set, element, dataSet, length);
  }
  for (const { body } of dataSet.elements) {
    if (body.kind === 'items') for (const item of body.items) collect(item, found, book);
  }
}

function add(set: Set<string>, element: DataElement, dataSet: DataSet, length?: number): void {
  if (set.size >= maxCollected) return;
  const text = decodedText(element, dataSet);
  if (text === undefined) return;
  for (const value of text.split('\\')) if (value.trim() !== '') set.add(value.trim().slice(0, length));
  // Writers that send UTF-8 without declaring it: their names would be found in nothing that is written properly.
  const unicode = undeclaredUtf8(element);
  if (unicode === undefined) return;
  for (const value of unicode.split('\\')) if (value.trim() !== '') set.add(value.trim().slice(0, length));
}
