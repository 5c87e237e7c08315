import { hash } from 'node:crypto';
import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { lookup } from '../../dicom/dictionary.ts';
import { numbers, rawBytes } from '../../dicom/values.ts';
import { traitsOf } from '../../dicom/vr.ts';
import { createIdentifiers, type IdentifierSource, type Identifiers } from '../identifiers.ts';
import { identifyingContent, identifyingContentTags } from '../structured/identifying-content.ts';
import { decodedText, undeclaredUtf8, valueHead } from '../text.ts';

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

/** DateTime (0040,A120): a birth may stand there with a time of day. */
const dateTimeOfContent = 0x0040a120;

/** Most values of each kind that are collected. More than the matcher takes, so that it notices. */
const maxCollected = 1024;

type Kind = 'names' | 'ids' | 'dates' | 'eventDates' | 'places';
type More = 'phones' | 'addresses';

/** An element that names somebody, and what it is. */
interface Selected {
  readonly element: DataElement;
  readonly dataSet: DataSet;
  readonly kind: Kind | undefined;
  readonly more: More | undefined;
}

/** Matchers of the subjects seen last, by a digest of the bytes that name them: the instances of a study repeat them. */
const maxSubjects = 8;
const subjects = new Map<string, Identifiers>();
/** More bytes than this are not looked up, only read. */
const maxKeyBytes = 16 * 1024;
const scratch = Buffer.alloc(maxKeyBytes);

/**
 * The matcher for the identifiers of an object: every person's name, identifier, date and place in it, items of sequences
 * included. What the profile lets leave as it is (`retains`: an institution, dates) is no secret, and would only be found
 * in itself. Objects with the same identifiers share one matcher while it is among the last few.
 */
export function identifiersOf(dataSet: DataSet, retains: (tag: number, vr: Vr) => boolean): Identifiers {
  const selected: Selected[] = [];
  select(dataSet, retains, selected);
  const key = digestOf(selected);
  const known = key === undefined ? undefined : subjects.get(key);
  if (known !== undefined) return known;
  const made = createIdentifiers(sourceOf(selected));
  if (key === undefined) return made;
  subjects.set(key, made);
  for (const oldest of subjects.keys()) {
    if (subjects.size <= maxSubjects) break;
    subjects.delete(oldest);
  }
  return made;
}

/** What `identifiersOf` looks for. */
export function collectIdentifiers(
  dataSet: DataSet,
  retains: (tag: number, vr: Vr) => boolean,
): IdentifierSource {
  const selected: Selected[] = [];
  select(dataSet, retains, selected);
  return sourceOf(selected);
}

/** The top level first, then the items of its sequences. */
function select(dataSet: DataSet, retains: (tag: number, vr: Vr) => boolean, selected: Selected[]): void {
  let sequences = false;
  for (const element of dataSet.elements) {
    const { tag, vr, body } = element;
    if (body.kind === 'items') sequences = true;
    // The value of a content item says what it is by its concept name, and no option keeps it.
    const content = identifyingContentTags.has(tag) ? identifyingContent(dataSet) : undefined;
    const kind = content ?? kindOf(tag, vr);
    const more = addressTags.has(tag) ? 'addresses' : phoneTags.has(tag) ? 'phones' : undefined;
    if ((kind === undefined && more === undefined) || (content === undefined && retains(tag, vr))) continue;
    selected.push({ element, dataSet, kind, more });
  }
  if (!sequences) return;
  for (const { body } of dataSet.elements) {
    if (body.kind === 'items') for (const item of body.items) select(item, retains, selected);
  }
}

function kindOf(tag: number, vr: Vr): Kind | undefined {
  if (idTags.has(tag)) return 'ids';
  if (birthTags.has(tag)) return 'dates';
  // As it was sent, or as PS3.6 knows the attribute, whatever it was sent as.
  const known = lookup(tag)?.vr;
  if (vr === 'PN' || known === 'PN') return 'names';
  if (vr === 'DA' || vr === 'DT' || known === 'DA' || known === 'DT') return 'eventDates';
  return placeTags.has(tag) || vr === 'AE' || known === 'AE' ? 'places' : undefined;
}

/** A digest of what was selected, as it is encoded; undefined where that is long. */
function digestOf(selected: readonly Selected[]): string | undefined {
  let length = 0;
  let sets: readonly string[] | undefined;
  for (const { element, dataSet, kind } of selected) {
    if (length + 16 > maxKeyBytes) return undefined;
    if (dataSet.characterSets !== sets) {
      sets = dataSet.characterSets;
      if (sets.length > 0) {
        const terms = sets.join('\\');
        if (length + terms.length + 16 > maxKeyBytes) return undefined;
        scratch[length++] = 1;
        length += scratch.write(`${terms.length}`, length, 'latin1');
        length += scratch.write(terms, length, 'latin1');
      } else scratch[length++] = 2;
    }
    const { body } = element;
    if (body.kind === 'items' || body.kind === 'fragments') continue;
    const full = body.kind === 'source' ? body.length : body.bytes.length;
    if (length + full + 16 > maxKeyBytes) return undefined;
    const value = body.kind === 'source' ? body.source.bytes : body.bytes;
    const from = body.kind === 'source' ? body.offset : 0;
    // Of one date with a time of day only the date is looked for.
    const used = kind === 'eventDates' && value !== undefined && isOneMoment(value, from, full) ? 8 : full;
    length = scratch.writeUInt32LE(element.tag, length);
    // What a content item is, its tag does not say.
    if (identifyingContentTags.has(element.tag)) scratch[length++] = kind?.charCodeAt(0) ?? 0;
    // How an element was sent says how it is read.
    length += scratch.write(element.vr, length, 'latin1');
    length = scratch.writeUInt32LE(used === full ? full : 0xffffffff, length);
    if (value === undefined || from + full > value.length) {
      scratch.set(rawBytes(element, maxKeyBytes).subarray(0, used), length);
      length += used;
    } else for (let index = from; index < from + used; index += 1) scratch[length++] = value[index] as number;
  }
  const key = hash('sha256', scratch.subarray(0, length), 'base64');
  // Nothing of the patient stays behind.
  scratch.fill(0, 0, length);
  return key;
}

/** Digits with no backslash among them, longer than a date alone. */
function isOneMoment(bytes: Uint8Array, from: number, length: number): boolean {
  if (length <= 8 || length > 26 || from + length > bytes.length) return false;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[from + index] as number;
    if (index < 8 ? byte < 0x30 || byte > 0x39 : byte === 0x5c || byte >= 0x80) return false;
  }
  return true;
}

function sourceOf(selected: readonly Selected[]): IdentifierSource {
  const found = {
    names: new Set<string>(),
    ids: new Set<string>(),
    dates: new Set<string>(),
    eventDates: new Set<string>(),
    places: new Set<string>(),
    phones: new Set<string>(),
    addresses: new Set<string>(),
  };
  for (const { element, dataSet, kind, more } of patientFirst(selected)) {
    for (const value of valuesOf(element, dataSet)) {
      if (kind !== undefined)
        add(found[kind], kind === 'eventDates' || element.tag === dateTimeOfContent ? dateOf(value) : value);
      if (more !== undefined) add(found[more], value);
    }
  }
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

/** Where there is more than can be looked for, who the object is about is. */
function patientFirst(selected: readonly Selected[]): readonly Selected[] {
  const isPatient = ({ element }: Selected): boolean => element.tag >>> 16 === 0x0010;
  return [...selected.filter(isPatient), ...selected.filter((found) => !isPatient(found))];
}

/** The date of a date and time; ACR-NEMA wrote full stops between. */
function dateOf(value: string): string {
  return value.trim().slice(0, value.trim().indexOf('.') === 4 ? 10 : 8);
}

function valuesOf(element: DataElement, dataSet: DataSet): string[] {
  // Of what is too long to be read whole, the beginning names somebody as well.
  const text =
    decodedText(element, dataSet) ??
    decodedText({ ...element, body: { kind: 'bytes', bytes: valueHead(element) } }, dataSet);
  const numeric = traitsOf(element.vr).kind === 'number' ? numbers(dataSet, element.tag).map(String) : [];
  if (text === undefined || text === '') return numeric;
  const values = [...text.split('\\'), ...numeric];
  // Writers that send UTF-8 without declaring it: their names would be found in nothing that is written properly.
  const unicode = undeclaredUtf8(element);
  if (unicode !== undefined) values.push(...unicode.split('\\'));
  return values;
}

function add(set: Set<string>, value: string): void {
  const text = value.trim();
  if (text !== '' && set.size < maxCollected) set.add(text);
}
