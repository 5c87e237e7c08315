import type { DataElement, DataSet, Encoding, Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import { bytesElement, emptyElement, item, sequenceElement, textElement, uidElement } from '../dicom/edit.ts';
import { effectiveVr, has } from '../dicom/values.ts';
import { traitsOf } from '../dicom/vr.ts';
import { dummyValue } from './dummies.ts';
import { numberedDummy } from './numbered-dummies.ts';
import { canonicalUid, type Pseudonyms } from './pseudonyms.ts';
import type { RulePlace } from './rule-book.ts';
import { latin1, valueHead } from './text.ts';
import { isRegisteredUid } from './uid-registry.ts';

/** Code Value, Long Code Value, URN Code Value: what has one is a code (PS3.3 8.8). */
const codeValueTags = [0x00080100, 0x00080119, 0x00080120];

/**
 * An item of a sequence sent as UN (implicit VR inside explicit) in the encoding around it, so that it goes out as the
 * sequence it is: every VR left in it is known. Values in another byte order stay as they are.
 */
export function withEncoding(received: DataSet, encoding: Encoding): DataSet {
  const own = received.encoding;
  if (own.explicitVr === encoding.explicitVr || own.littleEndian !== encoding.littleEndian) return received;
  const elements = received.elements.map((element): DataElement => {
    const { body } = element;
    if (body.kind !== 'items') return element;
    return {
      ...element,
      body: { kind: 'items', items: body.items.map((inner) => withEncoding(inner, encoding)) },
    };
  });
  return { encoding, elements, characterSets: received.characterSets };
}

/** The UIDs of a value with their replacements. Registered ones stay, unless `always`. */
export function replaceUids(
  pseudonyms: Pseudonyms,
  text: string,
  always: boolean,
): { uids: string[]; changed: boolean } {
  let changed = false;
  const uids = text.split('\\').map((value) => {
    const uid = canonicalUid(value);
    if (uid === '' || (!always && isRegisteredUid(uid))) return uid;
    changed = true;
    return pseudonyms.uid(uid);
  });
  return { uids, changed };
}

/** VR to write: the one sent, or the dictionary's where it was sent as UN. */
export function writtenVr(element: DataElement): Vr {
  if (element.vr === 'UN' && lookup(element.tag)?.vr === 'SQ') return 'SQ';
  return effectiveVr(element);
}

/**
 * The element with this text, of the VR it is written with; what was sent as something else than text becomes what the
 * dictionary says. Asked only for attributes that are text by one or the other (`holdsText`).
 */
export function withText(dataSet: DataSet, element: DataElement, text: string): DataElement {
  return textElement(dataSet, element.tag, textVrOf(element) ?? 'LO', text);
}

/** Whether text can stand in the place of the element's value. */
export function holdsText(element: DataElement): boolean {
  return textVrOf(element) !== undefined;
}

function textVrOf(element: DataElement): Vr | undefined {
  const vr = writtenVr(element);
  if (traitsOf(vr).kind === 'text') return vr;
  const known = lookup(element.tag)?.vr;
  return known !== undefined && !known.includes(' ') && traitsOf(known as Vr).kind === 'text'
    ? (known as Vr)
    : undefined;
}

/** Action D. Undefined where no value is certain to be legal (CS): then the attribute goes. */
export function dummied(
  pseudonyms: Pseudonyms,
  rules: RulePlace,
  element: DataElement,
  dataSet: DataSet,
): DataElement | undefined {
  const { tag } = element;
  const vr = writtenVr(element);
  if (vr === 'SQ') {
    const first = element.body.kind === 'items' ? element.body.items[0] : undefined;
    const dummy = first === undefined ? undefined : dummyItem(pseudonyms, rules.within(tag), first);
    const filled = dummy !== undefined && dummy.elements.length > 0;
    return sequenceElement(tag, [filled ? withEncoding(dummy, dataSet.encoding) : dummyCode(dataSet)]);
  }
  if (vr === 'UI') {
    return uidElement(tag, replaceUids(pseudonyms, latin1(valueHead(element)), false).uids);
  }
  const numbered = numberedDummy(element, dataSet);
  if (numbered !== undefined) return withText(dataSet, element, numbered);
  const bytes = dummyValue(tag, vr, valueHead(element));
  return bytes === undefined ? undefined : bytesElement(tag, vr, bytes);
}

/** The one item of a sequence under action D: known members of the first item, all dummied, recursively. */
function dummyItem(pseudonyms: Pseudonyms, rules: RulePlace, original: DataSet): DataSet {
  if (codeValueTags.some((tag) => has(original, tag))) return dummyCode(original);
  const elements: DataElement[] = [];
  for (const element of original.elements) {
    const { action } = rules.decide(element.tag, element.vr);
    if (action === 'X' || lookup(element.tag) === undefined) continue;
    const dummy =
      action === 'Z'
        ? emptyElement(element.tag, writtenVr(element))
        : dummied(pseudonyms, rules, element, original);
    if (dummy !== undefined) elements.push(dummy);
  }
  return { encoding: original.encoding, elements, characterSets: [] };
}

/** A code that says nothing, in a scheme of our own (PS3.16 8.1: designators that begin with 99 are local). */
function dummyCode(around: DataSet): DataSet {
  return item(around, [
    textElement(around, 0x00080100, 'SH', 'REMOVED'),
    textElement(around, 0x00080102, 'SH', '99SALLYPORT'),
    textElement(around, 0x00080104, 'LO', 'Removed'),
  ]);
}
