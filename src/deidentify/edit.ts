import type { DataElement, DataSet, ItemsBody } from '../dicom/data-set.ts';
import { isPrivate, isPrivateCreator } from '../dicom/dictionary.ts';
import { emptyElement, sequenceElement, uidElement } from '../dicom/edit.ts';
import type { SimpleAction } from './actions.ts';
import type { Decision } from './decision.ts';
import { type EditContext, type EditPlace, noted, placeWithin, reportedRule } from './edit-context.ts';
import { editCode, isJudgedCode, keepValue } from './edit-kept.ts';
import { PrivateEditing } from './edit-private.ts';
import { numberedDummy } from './numbered-dummies.ts';
import { withoutUnusedCreators } from './private/private-blocks.ts';
import { dummied, holdsText, replaceUids, withEncoding, withText, writtenVr } from './replacements.ts';
import type { ReportRule } from './report.ts';
import { editContent, replaceContent } from './structured/edit-content.ts';
import { decodedText, latin1, valueBytes } from './text.ts';
import {
  cappedAge,
  cleanedText,
  hashed,
  keptTemporal,
  keptUids,
  shifted,
  type Valued,
} from './valued-actions.ts';

/** UIDs that name the object itself; replaced even where a device misuses a registered value. */
const ownUidTags: ReadonlySet<number> = new Set([0x00080018, 0x0020000d, 0x0020000e]);

/** Defined terms of Specific Character Set (PS3.3 C.12.1.1.2), with the common misspellings. */
const characterSetTerm = /^(|ISO[_ ]IR[ _]\d{1,3}|ISO 2022 IR \d{1,3}|GB18030|GBK|ISO 2022 GBK|ISO 2022 B5)$/;

/** A data set after the rules of the book, at every depth. */
export function editDataSet(context: EditContext, dataSet: DataSet, place: EditPlace): DataSet {
  const elements: DataElement[] = [];
  let privates: PrivateEditing | undefined;
  for (const element of dataSet.elements) {
    const { tag } = element;
    let edited: DataElement | undefined;
    if (isPrivate(tag) && context.book.looksAtPrivate) {
      privates ??= new PrivateEditing(context, dataSet);
      if (isPrivateCreator(tag)) {
        edited = privates.creator(tag);
        if (edited === undefined) noted(context, place, tag, 'removed', 'private', undefined);
      } else {
        const { decision, element: read } = privates.decide(element);
        edited = perform(context, read, dataSet, place, decision);
      }
    } else {
      edited = perform(context, element, dataSet, place, place.rules.decide(tag, element.vr));
    }
    if (edited !== undefined) elements.push(edited);
  }
  const settled = privates === undefined ? elements : settledBlocks(context, elements, place);
  return { encoding: dataSet.encoding, elements: settled, characterSets: dataSet.characterSets };
}

/** Private creators stay while an element of their block does; which of them do is known at the end. */
function settledBlocks(
  context: EditContext,
  elements: readonly DataElement[],
  place: EditPlace,
): readonly DataElement[] {
  const settled = withoutUnusedCreators(elements);
  const left = new Set(settled);
  for (const element of elements) {
    if (!isPrivateCreator(element.tag)) continue;
    if (left.has(element)) noted(context, place, element.tag, 'kept', 'structure', element);
    else noted(context, place, element.tag, 'removed', 'private', undefined);
  }
  return settled;
}

/** An element after the decision on it; undefined when it goes. */
function perform(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: EditPlace,
  decision: Decision,
): DataElement | undefined {
  const { action, option } = decision;
  if (action === 'X') return noted(context, place, element.tag, 'removed', reportedRule(decision), undefined);
  if (option !== undefined && !valued.has(action)) context.claims.options.add(option);
  if (decision.weakens === true) context.claims.weakened = true;
  if (isJudgedCode(element.tag, decision)) return editCode(context, element, dataSet, place, decision);
  switch (action) {
    case 'Z':
    case 'D':
    case 'U':
      return performSimple(context, element, dataSet, place, action, reportedRule(decision));
    case 'K':
    case 'C':
      if (element.body.kind === 'items') return recurse(context, element, element.body, dataSet, place);
      return keepValue(context, element, dataSet, place, decision);
    case 'keepDate':
    case 'keepUid':
    case 'keepAge':
    case 'shift':
    case 'clean':
    case 'hash':
    case 'pseudonym':
      return performValued(context, element, dataSet, place, decision);
    case 'ownKeep':
      if (element.body.kind === 'items') return recurse(context, element, element.body, dataSet, place);
      return noted(context, place, element.tag, 'kept', reportedRule(decision), element);
    case 'ownText':
      // Text in the place of items or numbers would be read as something else.
      if (!holdsText(element))
        return noted(context, place, element.tag, 'removed', reportedRule(decision), undefined);
      return noted(
        context,
        place,
        element.tag,
        'replaced',
        reportedRule(decision),
        withText(dataSet, element, decision.value ?? ''),
      );
    default:
      return performNamed(context, element, dataSet, place, decision);
  }
}

/** The actions of PS3.15 E.1 that look at no value. */
function performSimple(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: EditPlace,
  action: SimpleAction,
  rule: ReportRule,
): DataElement | undefined {
  const { tag } = element;
  switch (action) {
    case 'Z': {
      // Names of parts of the object may be numbers instead of nothing, so that the parts can be told apart.
      const numbered = rule.startsWith('own-rule') ? undefined : numberedDummy(element, dataSet);
      if (numbered !== undefined)
        return noted(context, place, tag, 'replaced', rule, withText(dataSet, element, numbered));
      return noted(context, place, tag, 'emptied', rule, emptyElement(tag, writtenVr(element)));
    }
    case 'D': {
      const content = replaceContent(context, element, dataSet, place, editDataSet);
      if (content !== undefined)
        return noted(context, place, tag, content.element ? 'replaced' : 'removed', rule, content.element);
      const dummy = dummied(context.pseudonyms, place.rules, element, dataSet);
      return noted(context, place, tag, dummy === undefined ? 'removed' : 'replaced', rule, dummy);
    }
    case 'U':
      if (element.body.kind === 'items') return recurse(context, element, element.body, dataSet, place);
      return remapUids(context, element, place, rule);
    default:
      return noted(context, place, tag, 'removed', rule, undefined);
  }
}

const valued: ReadonlySet<Decision['action']> = new Set<Decision['action']>([
  'keepDate',
  'keepUid',
  'keepAge',
  'shift',
  'clean',
]);

/** Actions that depend on the value; where it is not what they are for, the basic action is done. */
function performValued(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: EditPlace,
  decision: Decision,
): DataElement | undefined {
  if (element.body.kind === 'items') {
    if (decision.option !== undefined) context.claims.options.add(decision.option);
    return recurse(context, element, element.body, dataSet, place);
  }
  const found = byValue(context, element, dataSet, decision);
  if (found !== undefined) {
    // An option is claimed where it did something: a date that had to go after all is none that was retained.
    if (decision.option !== undefined) context.claims.options.add(decision.option);
    return noted(context, place, element.tag, found.action, reportedRule(decision), found.element);
  }
  return performSimple(context, element, dataSet, place, decision.otherwise ?? 'X', decision.rule);
}

function byValue(
  { pseudonyms, subject, text, secrets }: EditContext,
  element: DataElement,
  dataSet: DataSet,
  { action }: Decision,
): Valued | undefined {
  switch (action) {
    case 'keepDate':
      return keptTemporal(element, secrets);
    case 'keepUid':
      return keptUids(element, secrets, pseudonyms);
    case 'keepAge':
      return cappedAge(element, dataSet);
    case 'shift':
      return shifted(element, subject.dateShiftDays());
    case 'clean':
      return cleanedText(element, dataSet, text);
    case 'hash':
      return hashed(element, dataSet, pseudonyms, 'hash');
    case 'pseudonym':
      return hashed(element, dataSet, pseudonyms, `attribute ${element.tag.toString(16)}`);
    default:
      return undefined;
  }
}

/** Attributes with a treatment of their own. */
function performNamed(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: EditPlace,
  { action, rule }: Decision,
): DataElement | undefined {
  const { tag } = element;
  const { pseudonyms, subject } = context;
  switch (action) {
    case 'trackingId':
    case 'accessionNumber': {
      const text = decodedText(element, dataSet) ?? '';
      if (text === '')
        return noted(context, place, tag, 'emptied', rule, emptyElement(tag, writtenVr(element)));
      const token =
        action === 'trackingId' ? pseudonyms.token('tracking', text) : pseudonyms.accessionNumber(text);
      return noted(context, place, tag, 'pseudonymized', rule, withText(dataSet, element, token));
    }
    case 'patientId':
    case 'patientName':
      return noted(
        context,
        place,
        tag,
        'pseudonymized',
        rule,
        withText(dataSet, element, subject.tokenOf(dataSet)),
      );
    case 'characterSet': {
      const terms = (decodedText(element, dataSet) ?? '?').split('\\');
      const known = terms.every((term) => characterSetTerm.test(term.trim()));
      return noted(context, place, tag, known ? 'kept' : 'removed', rule, known ? element : undefined);
    }
    default:
      // A marker is written anew at the top level (markers.ts); inside items it is somebody else's claim. A meaning
      // without its code is text of nobody.
      return noted(context, place, tag, 'removed', rule, undefined);
  }
}

function recurse(
  context: EditContext,
  element: DataElement,
  body: ItemsBody,
  dataSet: DataSet,
  place: EditPlace,
): DataElement | undefined {
  const content = editContent(context, element, body, dataSet, place, editDataSet);
  if (content !== undefined) return content.element;
  const within = placeWithin(context, place, element.tag);
  const items = body.items.map((found) =>
    withEncoding(editDataSet(context, found, within), dataSet.encoding),
  );
  return sequenceElement(element.tag, items);
}

function remapUids(
  context: EditContext,
  element: DataElement,
  place: EditPlace,
  rule: ReportRule,
): DataElement | undefined {
  const { tag } = element;
  const bytes = valueBytes(element);
  if (bytes === undefined) return noted(context, place, tag, 'removed', rule, undefined);
  const own = place.depth === 0 && ownUidTags.has(tag);
  const { uids, changed } = replaceUids(context.pseudonyms, latin1(bytes), own);
  const same = !changed && element.vr === 'UI';
  return noted(
    context,
    place,
    tag,
    changed ? 'uidReplaced' : 'kept',
    rule,
    same ? element : uidElement(tag, uids),
  );
}
