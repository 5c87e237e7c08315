import type { DataElement, DataSet, ItemsBody, Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import { bytesElement, emptyElement, item, sequenceElement, textElement, uidElement } from '../dicom/edit.ts';
import { effectiveVr, has } from '../dicom/values.ts';
import { dummyValue } from './dummies.ts';
import { faultOfText } from './kept-text.ts';
import { canonicalUid, type Pseudonyms } from './pseudonyms.ts';
import type { AppliedAction, ReportBuilder, ReportPlace } from './report.ts';
import type { Decision, RuleBook, RuleName } from './rule-book.ts';
import type { Subject } from './subject.ts';
import { decodedText, latin1, textAt, valueBytes, valueHead } from './text.ts';
import { isRegisteredUid } from './uid-registry.ts';

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

/** Code schemes whose meanings are public words (PS3.16 Table 8-1). */
const publicSchemes: ReadonlySet<string> = new Set([
  ...[
    'DCM',
    'SCT',
    'SRT',
    'SNM3',
    '99SDM',
    'LN',
    'UCUM',
    'RADLEX',
    'FMA',
    'NCIt',
    'I10',
    'I9',
    'I9C',
    'ICD10',
  ],
  ...[
    'UMLS',
    'RXNORM',
    'NDC',
    'MDC',
    'IBSI',
    'NEU',
    'BI',
    'BARI',
    'ACR',
    'MSH',
    'CD8',
    'HL7',
    'ISO3166_1',
    'RFC5646',
  ],
]);

/** Code Value, Long Code Value, URN Code Value: what has one is a code (PS3.3 8.8). */
const codeValueTags = [0x00080100, 0x00080119, 0x00080120];

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
  const decision = context.book.decide(tag, element.vr);
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
      if (element.body.kind === 'items') return recurse(context, element, element.body, place, depth);
      return remapUids(context, element, place, depth, decision.rule);
    case 'codeMeaning':
      if (publicSchemes.has(textAt(dataSet, 0x00080102))) {
        return keep(context, element, dataSet, place, depth, decision);
      }
      return done('replaced', decision.rule, withText(dataSet, element, 'REMOVED'));
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
      if (dataSet.characterSets.every((term) => characterSetTerm.test(term)))
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
  if (body.kind === 'items') return recurse(context, element, body, place, depth);
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

function recurse(
  context: EditContext,
  element: DataElement,
  body: ItemsBody,
  place: ReportPlace,
  depth: number,
): DataElement {
  const within = context.report.within(place, element.tag);
  const items = body.items.map((item) => editDataSet(context, item, within, depth + 1));
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

function replaceUids(
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
function writtenVr(element: DataElement): Vr {
  if (element.vr === 'UN' && lookup(element.tag)?.vr === 'SQ') return 'SQ';
  return effectiveVr(element);
}

function withText(dataSet: DataSet, element: DataElement, text: string): DataElement {
  return textElement(dataSet, element.tag, writtenVr(element), text);
}

/** Action D. Undefined where no value is certain to be legal (CS): then the attribute goes. */
function dummied(context: EditContext, element: DataElement, dataSet: DataSet): DataElement | undefined {
  const { tag } = element;
  const vr = writtenVr(element);
  if (vr === 'SQ') {
    const first = element.body.kind === 'items' ? element.body.items[0] : undefined;
    const dummy = first === undefined ? undefined : dummyItem(context, first);
    const filled = dummy !== undefined && dummy.elements.length > 0;
    return sequenceElement(tag, [filled ? dummy : dummyCode(dataSet)]);
  }
  if (vr === 'UI') {
    return uidElement(tag, replaceUids(context.pseudonyms, latin1(valueHead(element)), false).uids);
  }
  const bytes = dummyValue(tag, vr, valueHead(element));
  return bytes === undefined ? undefined : bytesElement(tag, vr, bytes);
}

/** The one item of a sequence under action D: known members of the first item, all dummied, recursively. */
function dummyItem(context: EditContext, original: DataSet): DataSet {
  if (codeValueTags.some((tag) => has(original, tag))) return dummyCode(original);
  const elements: DataElement[] = [];
  for (const element of original.elements) {
    const { action } = context.book.decide(element.tag, element.vr);
    if (action === 'X' || lookup(element.tag) === undefined) continue;
    const dummy =
      action === 'Z' ? emptyElement(element.tag, writtenVr(element)) : dummied(context, element, original);
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

function unreachable(action: never): never {
  throw new TypeError(`no such action: ${String(action)}`);
}
