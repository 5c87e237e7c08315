import type { DataElement, DataSet, ItemsBody } from '../dicom/data-set.ts';
import { emptyElement, sequenceElement, uidElement } from '../dicom/edit.ts';
import { isCodePart, judgeCode } from './codes.ts';
import { faultOfText } from './kept-text.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { dummied, replaceUids, withEncoding, withText, writtenVr } from './replacements.ts';
import type { AppliedAction, ReportBuilder, ReportPlace } from './report.ts';
import type { Decision, RuleBook, RuleName } from './rule-book.ts';
import type { Subject } from './subject.ts';
import { decodedText, latin1, valueBytes } from './text.ts';

/** What editing one instance needs; nothing of it outlives the instance but the book and the pseudonyms. */
export interface EditContext {
  readonly book: RuleBook;
  readonly pseudonyms: Pseudonyms;
  readonly subject: Subject;
  readonly report: ReportBuilder;
}

const pixelDataTag = 0x7fe00010;
const pixelGroup = 0x7fe0;

/** UIDs that name the object itself; replaced even where a device misuses a registered value. */
const ownUidTags: ReadonlySet<number> = new Set([0x00080018, 0x0020000d, 0x0020000e]);

/** Defined terms of Specific Character Set (PS3.3 C.12.1.1.2), with the common misspellings. */
const characterSetTerm = /^(|ISO[_ ]IR[ _]\d{1,3}|ISO 2022 IR \d{1,3}|GB18030|GBK|ISO 2022 GBK|ISO 2022 B5)$/;

/** A data set after the rules of the book, at every depth. `depth` is 0 for the object, more inside sequences. */
export function editDataSet(
  context: EditContext,
  dataSet: DataSet,
  place: ReportPlace,
  depth: number,
): DataSet {
  const elements: DataElement[] = [];
  for (const element of dataSet.elements) {
    const edited = editElement(context, element, dataSet, place, depth);
    if (edited !== undefined) elements.push(edited);
  }
  return { encoding: dataSet.encoding, elements, characterSets: dataSet.characterSets };
}

function editElement(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: ReportPlace,
  depth: number,
): DataElement | undefined {
  const { tag } = element;
  const { report, subject, pseudonyms } = context;
  const decision = context.book.decide(tag, element.vr, depth);
  if (isCodePart(tag) && decision.action !== 'X')
    return editCode(context, element, dataSet, place, depth, decision);
  const done = (
    action: AppliedAction,
    rule: RuleName,
    result: DataElement | undefined,
  ): DataElement | undefined => {
    report.add(place, tag, action, rule);
    return result;
  };
  switch (decision.action) {
    case 'X':
      return done('removed', decision.rule, undefined);
    case 'Z':
      return done('emptied', decision.rule, emptyElement(tag, writtenVr(element)));
    case 'D': {
      const dummy = dummied(context, element, dataSet);
      return done(dummy === undefined ? 'removed' : 'replaced', decision.rule, dummy);
    }
    case 'K':
    case 'C':
      return keep(context, element, dataSet, place, depth, decision);
    case 'U':
      if (element.body.kind === 'items')
        return recurse(context, element, element.body, dataSet, place, depth);
      return remapUids(context, element, place, depth, decision.rule);
    case 'codeMeaning':
      // A part of a code, which never comes here; what is not known to be one goes.
      return done('removed', decision.rule, undefined);
    case 'trackingId': {
      const text = decodedText(element, dataSet) ?? '';
      const token =
        text === ''
          ? emptyElement(tag, writtenVr(element))
          : withText(dataSet, element, pseudonyms.token('tracking', text));
      return done('pseudonymized', decision.rule, token);
    }
    case 'patientId':
    case 'patientName':
      return done('pseudonymized', decision.rule, withText(dataSet, element, subject.tokenOf(dataSet)));
    case 'accessionNumber': {
      const text = decodedText(element, dataSet) ?? '';
      if (text === '') return done('emptied', decision.rule, emptyElement(tag, writtenVr(element)));
      return done(
        'pseudonymized',
        decision.rule,
        withText(dataSet, element, pseudonyms.accessionNumber(text)),
      );
    }
    case 'characterSet':
      if (
        (decodedText(element, dataSet) ?? '?').split('\\').every((term) => characterSetTerm.test(term.trim()))
      )
        return done('kept', decision.rule, element);
      return done('removed', decision.rule, undefined);
    case 'marker':
      // Written anew at the top level (markers.ts); inside items it is somebody else's claim.
      return done('removed', decision.rule, undefined);
    default:
      return unreachable(decision.action);
  }
}

/** What the rules keep, after its content was looked at. */
function keep(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: ReportPlace,
  depth: number,
  decision: Decision,
): DataElement | undefined {
  const { tag, body } = element;
  const { report } = context;
  if (body.kind === 'items') return recurse(context, element, body, dataSet, place, depth);
  // Pixels inside items are icons and the like, which nothing has looked at.
  if (
    body.kind === 'fragments' ? tag !== pixelDataTag || depth > 0 : tag >>> 16 === pixelGroup && depth > 0
  ) {
    report.add(place, tag, 'removed', 'structure');
    return undefined;
  }
  const fault = faultOfText(element, dataSet, context.subject.identifiers);
  if (fault === undefined) {
    report.add(place, tag, 'kept', decision.rule);
    return element;
  }
  report.add(place, tag, fault.action, fault.rule);
  return fault.replacement;
}

/** Parts of a code: only inside an item, only in a scheme of which somebody can know the meaning (codes.ts). */
function editCode(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: ReportPlace,
  depth: number,
  decision: Decision,
): DataElement | undefined {
  const { tag } = element;
  const verdict =
    depth === 0 ? ({ kind: 'remove' } as const) : judgeCode(element, dataSet, context.pseudonyms);
  switch (verdict.kind) {
    case 'keep':
      return keep(context, element, dataSet, place, depth, decision);
    case 'remove':
      context.report.add(place, tag, 'removed', 'code');
      return undefined;
    case 'replace':
      context.report.add(place, tag, 'replaced', 'code');
      return withText(dataSet, element, verdict.text);
    default:
      return unreachable(verdict);
  }
}

function recurse(
  context: EditContext,
  element: DataElement,
  body: ItemsBody,
  dataSet: DataSet,
  place: ReportPlace,
  depth: number,
): DataElement {
  const within = context.report.within(place, element.tag);
  const items = body.items.map((found) =>
    withEncoding(editDataSet(context, found, within, depth + 1), dataSet.encoding),
  );
  return sequenceElement(element.tag, items);
}

function remapUids(
  context: EditContext,
  element: DataElement,
  place: ReportPlace,
  depth: number,
  rule: RuleName,
): DataElement | undefined {
  const bytes = valueBytes(element);
  if (bytes === undefined) {
    context.report.add(place, element.tag, 'removed', rule);
    return undefined;
  }
  const own = depth === 0 && ownUidTags.has(element.tag);
  const { uids, changed } = replaceUids(context.pseudonyms, latin1(bytes), own);
  context.report.add(place, element.tag, changed ? 'uidReplaced' : 'kept', rule);
  if (!changed && element.vr === 'UI') return element;
  return uidElement(element.tag, uids);
}

function unreachable(action: never): never {
  throw new TypeError(`no such action: ${String(action)}`);
}
