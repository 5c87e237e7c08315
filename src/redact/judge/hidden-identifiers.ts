import type { IdentifierSource } from '../../deidentify/identifiers.ts';
import { findTitledNames } from '../../deidentify/text/titled-names.ts';
import { isImagingWord } from '../../deidentify/text/vocabulary.ts';
import { decodedText, isAscii, trimmed, valueBytes } from '../../deidentify/text.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';

/** Most values of each kind that are taken from places where nobody says what they are. */
const maxHidden = 64;
/** Most elements that are looked at. */
const maxElements = 20_000;
const maxValueBytes = 1024;

/** Text of devices that is no number, no code and no UID. */
const personName = /^[\p{L}][\p{L}\p{M}'. -]{1,40}\^[\p{L}][\p{L}\p{M}'. ^=-]{0,60}$/u;

/**
 * The source with names that stand where the standard does not say so: values of private elements in the form of a Person
 * Name, short private texts that are no words of imaging, and names behind titles in free text. Best effort: what is in
 * structures of a vendor's own is not read.
 */
export function withHiddenIdentifiers(dataSet: DataSet, source: IdentifierSource): IdentifierSource {
  const names = new Set<string>();
  const places = new Set<string>();
  let left = maxElements;
  const walk = (level: DataSet): void => {
    for (const element of level.elements) {
      left -= 1;
      if (left < 0) return;
      if (element.body.kind === 'items') {
        for (const item of element.body.items) walk(item);
        continue;
      }
      if (element.body.kind === 'fragments') continue;
      if (((element.tag >>> 16) & 1) === 1) fromPrivate(element, level, names, places);
      else fromFreeText(element, level, names);
    }
  };
  walk(dataSet);
  return {
    ...source,
    names: [...source.names, ...[...names].slice(0, maxHidden)],
    places: [...(source.places ?? []), ...[...places].slice(0, maxHidden)],
  };
}

function fromPrivate(element: DataElement, level: DataSet, names: Set<string>, places: Set<string>): void {
  if ((element.tag & 0xffff) < 0x1000) return;
  for (const value of privateText(element, level).split('\\')) {
    const text = value.trim();
    if (personName.test(text)) names.add(text);
    else if (isTelling(text)) places.add(text);
    addTitled(text, names);
  }
}

/** A private value as text, also where its VR is not known. */
function privateText(element: DataElement, level: DataSet): string {
  if (element.vr === 'UN' || element.vr === 'OB') {
    const bytes = valueBytes(element, maxValueBytes);
    return bytes !== undefined && bytes.length > 3 && isAscii(bytes)
      ? trimmed(Buffer.from(bytes).toString('latin1'))
      : '';
  }
  if (!/^(?:LO|LT|PN|SH|ST|UC|UT)$/.test(element.vr)) return '';
  return (decodedText(element, level) ?? '').slice(0, maxValueBytes);
}

/** Words of letters that are not of imaging, few enough to be somebody's or some place's name. */
function isTelling(text: string): boolean {
  if (text.length < 5 || text.length > 48 || !/^[\p{L}\p{M}'., -]+$/u.test(text)) return false;
  const words = text.split(/[^\p{L}\p{M}]+/u).filter(({ length }) => length > 1);
  return words.length > 1 && words.length <= 5 && !words.every(isImagingWord);
}

function fromFreeText(element: DataElement, level: DataSet, names: Set<string>): void {
  if (!/^(?:LO|LT|ST|UT|SH)$/.test(element.vr)) return;
  const text = decodedText(element, level)?.slice(0, maxValueBytes) ?? '';
  if (!/[a-z]{3}/i.test(text)) return;
  addTitled(text, names);
}

/** Names behind titles, without the titles. */
function addTitled(text: string, names: Set<string>): void {
  for (const { start, end } of findTitledNames(text)) {
    for (const word of text.slice(start, end).split(/[^\p{L}\p{M}'-]+/u))
      if (word.length > 2 && !isImagingWord(word)) names.add(word);
  }
}
