import type { DataElement, DataSet } from '../dicom/data-set.ts';
import type { Claims } from './claims.ts';
import type { Decision } from './decision.ts';
import type { PixelTreatment } from './pixels/treatment.ts';
import type { PrivatePlace } from './private/judge.ts';
import type { Profile } from './profile.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { AppliedAction, ReportBuilder, ReportPlace, ReportRule } from './report.ts';
import type { RuleBook, RulePlace } from './rule-book.ts';
import type { Subject } from './subject.ts';
import type { CleanContext } from './text/clean-text.ts';
import type { Secrets } from './valued-actions.ts';

/** What editing one instance needs; nothing of it outlives the instance but the profile, the book and the pseudonyms. */
export interface EditContext {
  readonly profile: Profile;
  readonly book: RuleBook;
  readonly pseudonyms: Pseudonyms;
  readonly subject: Subject;
  readonly report: ReportBuilder;
  readonly claims: Claims;
  /** What cleaning text goes by: the object's identifiers and the profile's vocabulary. */
  readonly text: CleanContext;
  readonly secrets: Secrets;
  /** Judges private elements; `within` gives the place of any data set of the instance. */
  readonly privates: PrivatePlace;
  /** What redaction did to the pixels of this object; absent where it did nothing. */
  readonly treatment?: PixelTreatment;
}

/** What is looked for in dates, times and UIDs that stay. */
export function secretsOf({ profile, subject }: Pick<EditContext, 'profile' | 'subject'>): Secrets {
  const dates = profile.options.has('retainLongFullDates')
    ? 'full'
    : profile.options.has('retainLongModifiedDates')
      ? 'modified'
      : undefined;
  return { identifiers: subject.identifiers, dates };
}

/** Where in the tree of sequences: the same for all items of a sequence. */
export interface EditPlace {
  readonly rules: RulePlace;
  readonly report: ReportPlace;
  /** 0 for the object, more inside sequences. */
  readonly depth: number;
}

/** The place of the object itself. */
export function rootPlace(context: EditContext): EditPlace {
  return { rules: context.book.root, report: context.report.root, depth: 0 };
}

/** The place of the items of a sequence. */
export function placeWithin(context: EditContext, place: EditPlace, tag: number): EditPlace {
  return {
    rules: place.rules.within(tag),
    report: context.report.within(place.report, tag),
    depth: place.depth + 1,
  };
}

/** The rule as the report names it: the option or own rule that decided, else the table. */
export function reportedRule({ rule, option, ownRule }: Decision): ReportRule {
  if (option !== undefined) return option;
  return ownRule === undefined ? rule : `own-rule ${ownRule + 1}`;
}

/** Notes what was done to an element and hands it on. */
export function noted(
  { report }: EditContext,
  { report: at }: EditPlace,
  tag: number,
  action: AppliedAction,
  rule: ReportRule,
  result: DataElement | undefined,
): DataElement | undefined {
  report.add(at, tag, action, rule);
  return result;
}

/** Judges the private elements of one data set or item, made when the first is met. */
export interface PrivateScope {
  readonly dataSet: DataSet;
  place?: PrivatePlace;
}
