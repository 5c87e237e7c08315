import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { bytesElement, emptyElement, item, sequenceElement, textElement } from '../../dicom/edit.ts';
import { element, has, items } from '../../dicom/values.ts';
import { dummyValue } from '../dummies.ts';
import type { AppliedAction } from '../report.ts';
import { decodedText, textAt, valueHead } from '../text.ts';
import { cappedAge } from './age.ts';
import type { ContentValueType } from './concept-row.ts';
import {
  type Concept,
  type ContentAction,
  type ContentRule,
  contentValueType,
  decideContent,
} from './concept-rules.ts';
import type { ContentContext } from './content-context.ts';

const valueTypeTag = 0x0040a040;
export const conceptNameTag = 0x0040a043;
const conceptCodeTag = 0x0040a168;
const measuredValueTag = 0x0040a300;
const numericValueTag = 0x0040a30a;

/** The attribute that carries the value, of the value types that are judged here. */
const valueTags: ReadonlyMap<ContentValueType, readonly [tag: number, vr: Vr]> = new Map<
  ContentValueType,
  readonly [number, Vr]
>([
  ['DATETIME', [0x0040a120, 'DT']],
  ['DATE', [0x0040a121, 'DA']],
  ['TIME', [0x0040a122, 'TM']],
  ['PNAME', [0x0040a123, 'PN']],
  ['UIDREF', [0x0040a124, 'UI']],
  ['TEXT', [0x0040a160, 'UT']],
]);
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
  | { readonly kind: 'drop'; readonly tag: number; readonly rule: ContentRule }
  | {
      readonly kind: 'keep';
      /** The item without the attributes that are judged here; to be edited by the rules for attributes. */
      readonly attributes: DataSet;
      /** What is put in after that. */
      readonly value: DataElement | undefined;
      readonly tag: number;
      readonly done: AppliedAction;
      readonly rule: ContentRule;
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
 * (unknown value type, several value types at once) are dropped.
 */
export function judgeContentItem<Place>(
  context: ContentContext<Place>,
  found: DataSet,
  mustStay: boolean,
): ItemVerdict {
  const type = valueTypeOf(found);
  if (type === undefined) return { kind: 'drop', tag: valueTypeTag, rule: 'structured-content' };
  const { action, otherwise, rule } = decideContent(type, conceptOf(found), context);
  const [valueTag] = valueTags.get(type) ?? [type === 'CODE' ? conceptCodeTag : valueTypeTag];
  const own = element(found, valueTag);
  const kept = (attributes: DataSet, value: DataElement | undefined, done: AppliedAction): ItemVerdict => ({
    kind: 'keep',
    attributes,
    value,
    tag: valueTag,
    done,
    rule,
  });
  const plain = withoutTags(found, judgedTags);
  if (action === 'attributes') return kept(capped(found, type, plain), undefined, 'kept');
  const result = own === undefined ? undefined : newValue(context, action, own, found);
  if (result !== undefined) return kept(plain, result.value, result.done);
  const settled = action === 'remove' || action === 'dummy' ? action : otherwise;
  const removable = type !== 'CONTAINER' && type !== 'TABLE';
  if (settled === 'remove' && !(mustStay && removable)) return { kind: 'drop', tag: valueTag, rule };
  switch (type) {
    case 'CODE':
      return kept(
        withoutTags(plain, new Set([conceptCodeTag])),
        sequenceElement(conceptCodeTag, [removedCode(found)]),
        'replaced',
      );
    case 'NUM': {
      // Type 2 in a tree; a number of macro 10-2 is its own attribute.
      const rest = withoutTags(plain, numberTags);
      const value = has(found, measuredValueTag)
        ? emptyElement(measuredValueTag, 'SQ')
        : textElement(found, numericValueTag, 'DS', '0');
      return kept(rest, value, 'replaced');
    }
    default:
      return kept(plain, dummy(type, own), 'replaced');
  }
}

/** The new value, or undefined where this action leaves none. */
function newValue<Place>(
  context: ContentContext<Place>,
  action: ContentAction,
  own: DataElement,
  found: DataSet,
): { readonly value: DataElement; readonly done: AppliedAction } | undefined {
  const done = (
    value: DataElement | undefined,
    applied: AppliedAction,
  ): { readonly value: DataElement; readonly done: AppliedAction } | undefined =>
    value === undefined ? undefined : { value, done: applied };
  switch (action) {
    case 'keep':
      return own.tag >= 0x0040a120 && own.tag <= 0x0040a122
        ? done(isTemporal(own, found) ? own : undefined, 'kept')
        : done(own.tag === 0x0040a124 ? own : context.checked(own, found), 'kept');
    case 'shift':
      // Whole weeks are shifted: a time of day stays as it is.
      if (own.tag === 0x0040a122) return done(isTemporal(own, found) ? own : undefined, 'kept');
      return done(isTemporal(own, found) ? context.shiftDate(own, found) : undefined, 'cleaned');
    case 'clean': {
      const text = decodedText(own, found);
      const cleaned = text === undefined ? undefined : context.cleanText(text, 'UT');
      if (cleaned === undefined || cleaned === '') return undefined;
      if (cleaned === text) return done(own, 'kept');
      return done(textElement(found, own.tag, 'UT', cleaned), 'cleaned');
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

/** PS3.5 6.2; the date is not looked at further, since it is kept or shifted as a whole. */
const temporalForms: ReadonlyMap<number, RegExp> = new Map([
  [0x0040a120, /^\d{4,14}(\.\d{1,6})?([+-]\d{4})?$/],
  [0x0040a121, /^\d{8}$/],
  [0x0040a122, /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/],
]);

function isTemporal(own: DataElement, found: DataSet): boolean {
  return temporalForms.get(own.tag)?.test(decodedText(own, found) ?? '') === true;
}

function dummy(type: ContentValueType, own: DataElement | undefined): DataElement | undefined {
  const [tag, vr] = valueTags.get(type) ?? [];
  if (tag === undefined || vr === undefined) return undefined;
  const bytes = dummyValue(tag, vr, own === undefined ? new Uint8Array(0) : valueHead(own));
  return bytes === undefined ? undefined : bytesElement(tag, vr, bytes);
}

function capped(found: DataSet, type: ContentValueType, plain: DataSet): DataSet {
  const concept = conceptOf(found);
  // Subject Age: above 89 years it tells who somebody is, as Patient's Age does.
  return type === 'NUM' && concept?.scheme === 'DCM' && concept.code === '121033' ? cappedAge(plain) : plain;
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
function conceptOf(found: DataSet): Concept | undefined {
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
