import type { ByteSource } from '../dicom/byte-source.ts';
import { isDescribing, isFreeText, kindOf } from './classify.ts';
import { lettersAndDigits, plainLetters } from './fold.ts';
import { Identifiers } from './identifiers.ts';
import { type FileText, type TextValue, textOf } from './values.ts';

const patientId = '(0010,0020)';
const patientName = '(0010,0010)';
const studyInstanceUid = '(0020,000D)';

/** Adds what a file's text tells to the identifiers to look for. */
export function addIdentifiers(identifiers: Identifiers, values: readonly TextValue[]): void {
  for (const { tag, path, vr, values: all } of values) {
    if (identifiers.isFull) return;
    const kind = kindOf(tag, vr);
    for (const value of all) {
      if (kind !== undefined) identifiers.add(value, kind, path);
      else if (isFreeText(vr) && !isDescribing(tag)) identifiers.addFromText(value, path);
    }
  }
}

/** The originals of one patient, as far as Patient ID, name and Study Instance UID tell. */
export class Subjects {
  readonly #byKey = new Map<string, Identifiers>();
  readonly groups: Identifiers[] = [];
  /** Every identifier of every original, where it is asked for. */
  readonly everyone: Identifiers | undefined;

  constructor(withEveryone: boolean) {
    this.everyone = withEveryone ? new Identifiers() : undefined;
  }

  get isFull(): boolean {
    return this.everyone?.isFull === true || this.groups.some(({ isFull }) => isFull);
  }

  /** Reads an original and adds it to its patient's group; which group that is, is told by `of` later. */
  add(source: ByteSource): { readonly text: FileText; readonly groups: readonly Identifiers[] } {
    const text = textOf(source);
    const groups = this.#groupsOf(text.values);
    for (const group of groups) addIdentifiers(group, text.values);
    if (this.everyone !== undefined) addIdentifiers(this.everyone, text.values);
    return { text, groups };
  }

  /** One group, or several where a study holds images of two patients that were known before. */
  #groupsOf(values: readonly TextValue[]): Identifiers[] {
    const keys = keysOf(values);
    const known = new Set(keys.map((key) => this.#byKey.get(key)).filter((group) => group !== undefined));
    if (known.size === 0) {
      const group = new Identifiers();
      this.groups.push(group);
      known.add(group);
    }
    const groups = [...known];
    const [first] = groups;
    if (first !== undefined) for (const key of keys) if (!this.#byKey.has(key)) this.#byKey.set(key, first);
    return groups;
  }
}

function keysOf(values: readonly TextValue[]): string[] {
  const of = (path: string, kind: string): string[] =>
    values
      .filter((value) => value.path === path)
      .flatMap((value) => value.values)
      .map((value) => `${kind} ${lettersAndDigits(plainLetters(value))}`)
      .filter((key) => key !== `${kind} `);
  const ids = of(patientId, 'id');
  return [...(ids.length > 0 ? ids : of(patientName, 'name')), ...of(studyInstanceUid, 'study')];
}
