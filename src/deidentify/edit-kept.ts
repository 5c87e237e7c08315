import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { isCodePart, isOnlyInside, judgeCode } from './codes.ts';
import type { Decision } from './decision.ts';
import { type EditContext, type EditPlace, noted, reportedRule } from './edit-context.ts';
import { faultOfText } from './kept-text.ts';
import { withText } from './replacements.ts';
import { closedTerms } from './supplement.ts';
import { cleanedText } from './valued-actions.ts';

const pixelDataTag = 0x7fe00010;
const pixelGroup = 0x7fe0;

/** A value that the rules keep, after its content was looked at. Not for sequences. */
export function keepValue(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: EditPlace,
  decision: Decision,
): DataElement | undefined {
  const { tag, body } = element;
  // Pixels inside items are icons and the like, which nothing has looked at.
  const inside = place.depth > 0;
  if (body.kind === 'fragments' ? tag !== pixelDataTag || inside : tag >>> 16 === pixelGroup && inside)
    return noted(context, place, tag, 'removed', 'structure', undefined);
  const fault = faultOfText(element, dataSet, context.subject.identifiers);
  if (fault === undefined) return noted(context, place, tag, 'kept', reportedRule(decision), element);
  if (
    context.profile.options.has('cleanDescriptors') &&
    descriptive.has(element.vr) &&
    !closedTerms.has(tag)
  ) {
    const cleaned = cleanedText(element, dataSet, context.text);
    if (cleaned !== undefined) {
      context.claims.options.add('cleanDescriptors');
      return noted(context, place, tag, cleaned.action, 'cleanDescriptors', cleaned.element);
    }
  }
  return noted(context, place, tag, fault.action, fault.rule, fault.replacement);
}

/** Text of which something may be left once an identifier is cut out. */
const descriptive: ReadonlySet<string> = new Set(['LO', 'LT', 'SH', 'ST', 'UC', 'UT']);

/** Parts of a code: only inside an item, only in a scheme of which somebody can know the meaning (codes.ts). */
export function editCode(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: EditPlace,
  decision: Decision,
): DataElement | undefined {
  const { tag } = element;
  if (place.depth === 0 && isOnlyInside(tag)) return noted(context, place, tag, 'removed', 'code', undefined);
  const verdict = judgeCode(element, dataSet, context.pseudonyms, context.subject.identifiers);
  switch (verdict.kind) {
    case 'keep':
      return keepValue(context, element, dataSet, place, decision);
    case 'remove':
      return noted(context, place, tag, 'removed', 'code', undefined);
    case 'replace':
      return noted(context, place, tag, 'replaced', 'code', withText(dataSet, element, verdict.text));
    default:
      return unreachable(verdict);
  }
}

/** Whether the decision on a part of a code is left to `editCode`. */
export function isJudgedCode(tag: number, { action, rule }: Decision): boolean {
  return action !== 'X' && rule !== 'own-rule' && isCodePart(tag);
}

function unreachable(verdict: never): never {
  throw new TypeError(`no such verdict: ${String(verdict)}`);
}
