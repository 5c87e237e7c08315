import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { bytesElement, emptyElement, item, sequenceElement, textElement } from '../../dicom/edit.ts';
import { element, has, items, valueLength } from '../../dicom/values.ts';
import { dummyValue } from '../dummies.ts';
import type { AppliedAction, ReportRule } from '../report.ts';
import { decodedText, textAt, valueHead } from '../text.ts';
import { cappedAge } from './age.ts';
import type { ContentValueType } from './concept-row.ts';
import {
  type Concept,
  type ContentAction,
  contentValueType,
  decideContent,
  presentCode,
} from './concept-rules.ts';
import type { ChangedValue, ContentContext } from './content-context.ts';

const valueTypeTag = 0x0040a040;
export const conceptNameTag = 0x0040a043;
const conceptCodeTag = 0x0040a168;
const measuredValueTag = 0x0040a300;
const numericValueTag = 0x0040a30a;
const timeTag = 0x0040a122;
const uidTag = 0x0040a124;

/** The attribute that carries the value, of the value types that are judged here. */
const valueTags: ReadonlyMap<ContentValueType, readonly [tag: number, vr: Vr]> = new Map<
  ContentValueType,
  readonly [number, Vr]
>([
  ['DATETIME', [0x0040a120, 'DT']],
  ['DATE', [0x0040a121, 'DA']],
  ['TIME', [timeTag, 'TM']],
  ['PNAME', [0x0040a123, 'PN']],
  ['UIDREF', [uidTag, 'UI']],
  ['TEXT', [0x0040a160, 'UT']],
]);
/** The same for all value types that have an attribute of their own. */
const carriers: ReadonlyMap<ContentValueType, readonly [tag: number, vr: Vr]> = new Map<
  ContentValueType,
  readonly [number, Vr]
>([...valueTags, ['CODE', [conceptCodeTag, 'SQ']], ['NUM', [measuredValueTag, 'SQ']]]);
/** Values with a form that tells whether they are what they claim: dates, times, UIDs. */
const formed: ReadonlySet<number> = new Set([0x0040a120, 0x0040a121, timeTag, uidTag]);
/** Values of these stand only in items of their own value type; anywhere else they are smuggled. */
const judgedTags: ReadonlySet<number> = new Set([...valueTags.values()].map(([tag]) => tag));
/** A number, as content items of trees (Measured Value Sequence) and of the macro 10-2 write it. */
const numberTags: ReadonlySet<number> = new Set([
  measuredValueTag,
  numericValueTag,
  0x0040a161,
  0x0040a162,
  0x0040a163,
  0x0040a301,
]);

/** What becomes of one content item, apart from the items below it. */
export type ItemVerdict =
  | { readonly kind: 'drop'; readonly tag: number; readonly rule: ReportRule }
  | {
      readonly kind: 'keep';
      /** The item without the attributes that are judged here; to be edited by the rules for attributes. */
      readonly attributes: DataSet;
      /** What is put in after that. */
      readonly value: DataElement | undefined;
      readonly tag: number;
      readonly done: AppliedAction;
      readonly rule: ReportRule;
    };

/** Whether an item is a content item: it has a concept name and a value of its own. */
export function isContentItem(found: DataSet): boolean {
  if (!has(found, conceptNameTag)) return false;
  if (has(found, valueTypeTag)) return true;
  return found.elements.some(
    ({ tag }) => judgedTags.has(tag) || tag === conceptCodeTag || numberTags.has(tag),
  );
}

/**
 * Judges a content item by concept name and value type (decideContent). `mustStay` says that others depend on it: items
 * below it, references to it; then a value takes the place of what would be removed. Items that cannot be understood
 * (unknown value type, several value types at once) are dropped. `place` is that of the item.
 */
export function judgeContentItem<Place>(
  context: ContentContext<Place>,
  found: DataSet,
  place: Place,
  mustStay: boolean,
): ItemVerdict {
  const type = valueTypeOf(found);
  if (type === undefined) return { kind: 'drop', tag: valueTypeTag, rule: 'structured-content' };
  const decision = decideContent(type, conceptOf(found), context);
  const { action, otherwise, option } = decision;
  const [tag, vr] = carriers.get(type) ?? [valueTypeTag, 'CS'];
  const own = element(found, tag);
  const kept = (
    attributes: DataSet,
    value: DataElement | undefined,
    done: AppliedAction,
    rule: ReportRule,
  ): ItemVerdict => ({ kind: 'keep', attributes, value, tag, done, rule });
  if (context.isOwnRule(tag, vr, place)) {
    const others = new Set([...judgedTags].filter((judged) => judged !== tag));
    return kept(withoutTags(found, others), undefined, 'kept', decision.rule);
  }
  const plain = withoutTags(found, judgedTags);
  const changed =
    action === 'attributes'
      ? { element: undefined, action: 'kept' as const }
      : own === undefined
        ? undefined
        : changedValue(context, action, own, found);
  if (changed !== undefined) {
    if (option !== undefined) context.claim(option);
    return kept(capped(found, type, plain), changed.element, changed.action, option ?? decision.rule);
  }
  const settled = action === 'remove' || action === 'dummy' ? action : otherwise;
  const removable = type !== 'CONTAINER' && type !== 'TABLE';
  if (settled === 'remove' && !(mustStay && removable)) return { kind: 'drop', tag, rule: decision.rule };
  switch (type) {
    case 'CODE': {
      const value = sequenceElement(conceptCodeTag, [removedCode(found)]);
      return kept(withoutTags(plain, new Set([conceptCodeTag])), value, 'replaced', decision.rule);
    }
    case 'NUM': {
      // Type 2 in a tree; a number of macro 10-2 is an attribute of the item.
      const value = has(found, measuredValueTag)
        ? emptyElement(measuredValueTag, 'SQ')
        : textElement(found, numericValueTag, 'DS', '0');
      return kept(withoutTags(plain, numberTags), value, 'replaced', decision.rule);
    }
    default:
      return kept(plain, dummy(tag, vr, own), 'replaced', decision.rule);
  }
}

/** The new value, or undefined where this action leaves none. */
function changedValue<Place>(
  context: ContentContext<Place>,
  action: ContentAction,
  own: DataElement,
  found: DataSet,
): ChangedValue | undefined {
  const done = (value: DataElement | undefined, applied: AppliedAction): ChangedValue | undefined =>
    value === undefined ? undefined : { element: value, action: applied };
  switch (action) {
    case 'keep':
      if (!formed.has(own.tag)) return done(context.checked(own, found), 'kept');
      return (
        done(context.wellFormed(own), 'kept') ??
        // What is no UID gets a replacement that is one.
        (own.tag === uidTag ? done(context.remapUids(own), 'uidReplaced') : undefined)
      );
    case 'shift':
      // Whole weeks are shifted: a time of day stays as it is.
      return own.tag === timeTag ? done(context.wellFormed(own), 'kept') : context.shiftDate(own);
    case 'clean': {
      const cleaned = context.cleanText(own, found);
      return cleaned === undefined || valueLength(cleaned.element) === 0 ? undefined : cleaned;
    }
    case 'remapUid':
      return done(context.remapUids(own), 'uidReplaced');
    case 'token': {
      const text = decodedText(own, found) ?? '';
      if (text === '') return undefined;
      return done(textElement(found, own.tag, 'UT', context.token('tracking', text)), 'pseudonymized');
    }
    default:
      return undefined;
  }
}

function dummy(tag: number, vr: Vr, own: DataElement | undefined): DataElement | undefined {
  if (!judgedTags.has(tag)) return undefined;
  const bytes = dummyValue(tag, vr, own === undefined ? new Uint8Array(0) : valueHead(own));
  return bytes === undefined ? undefined : bytesElement(tag, vr, bytes);
}

/** Subject Age; Age at Occurrence, Age Ended, Age Started. */
const ages: ReadonlySet<string> = new Set(['121033', '111538', '111525', '111524']);

function capped(found: DataSet, type: ContentValueType, plain: DataSet): DataSet {
  const concept = type === 'NUM' ? conceptOf(found) : undefined;
  if (concept === undefined) return plain;
  const { scheme, code } = presentCode(concept);
  // Above 89 years an age tells who somebody is, as Patient's Age does.
  return scheme === 'DCM' && ages.has(code) ? cappedAge(plain) : plain;
}

/** The value type stated, or the one its value implies (Type 3 in the Acquisition Context module). */
function valueTypeOf(found: DataSet): ContentValueType | undefined {
  const stated = textAt(found, valueTypeTag);
  if (stated !== '' || has(found, valueTypeTag)) return contentValueType(stated);
  const implied: ContentValueType[] = [...valueTags]
    .filter(([, [tag]]) => has(found, tag))
    .map(([type]) => type);
  if (has(found, conceptCodeTag)) implied.push('CODE');
  if (has(found, numericValueTag)) implied.push('NUM');
  return implied.length === 1 ? implied[0] : undefined;
}

/** The concept name; undefined where there is none, or more than one. */
export function conceptOf(found: DataSet): Concept | undefined {
  const [code, ...others] = items(found, conceptNameTag);
  if (code === undefined || others.length > 0) return undefined;
  const value = textAt(code, 0x00080100) || textAt(code, 0x00080119) || textAt(code, 0x00080120);
  return { scheme: textAt(code, 0x00080102), code: value };
}

/** A code that says nothing, in a scheme of our own. */
export function removedCode(around: DataSet): DataSet {
  return item(around, [
    textElement(around, 0x00080100, 'SH', 'REMOVED'),
    textElement(around, 0x00080102, 'SH', '99SALLYPORT'),
    textElement(around, 0x00080104, 'LO', 'Removed'),
  ]);
}

export function withoutTags(found: DataSet, tags: ReadonlySet<number>): DataSet {
  if (!found.elements.some(({ tag }) => tags.has(tag))) return found;
  return { ...found, elements: found.elements.filter(({ tag }) => !tags.has(tag)) };
}
