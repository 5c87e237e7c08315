import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import type { AppliedAction, ReportRule } from '../report.ts';
import type { ProfileOption } from '../rules.ts';
import type { ContentOptions } from './concept-rules.ts';

/** A value after it was cleaned or shifted, with the word of the report for it. */
export interface ChangedValue {
  readonly element: DataElement;
  readonly action: AppliedAction;
}

/**
 * What cleaning content needs of the editing around it. `Place` is whatever the caller uses to know where in the tree of
 * sequences it is; here it is only handed on.
 */
export interface ContentContext<Place> extends ContentOptions {
  /** Text without what identifies; undefined where nothing of it may stay. */
  cleanText(element: DataElement, item: DataSet): ChangedValue | undefined;
  /** DA or DT with its dates shifted; undefined where a value is no complete date. */
  shiftDate(element: DataElement): ChangedValue | undefined;
  /** DA, TM, DT or UI that is one, as it is; undefined where something else is in it. */
  wellFormed(element: DataElement): DataElement | undefined;
  /** Other values the rules keep, after their content was looked at: itself, a replacement, or undefined where it has to go. */
  checked(element: DataElement, item: DataSet): DataElement | undefined;
  /** UI with every unregistered UID replaced. */
  remapUids(element: DataElement): DataElement | undefined;
  /** Pseudonym, ASCII of at most 16 characters. */
  token(kind: string, value: string): string;
  /** The attributes of an item after the rules for attributes, at every depth. */
  editAttributes(item: DataSet, place: Place): DataSet;
  /** Whether the author of the profile has a rule for the attribute: it wins over what is decided here. */
  isOwnRule(tag: number, vr: Vr, place: Place): boolean;
  /** The place of the items of a sequence. */
  within(place: Place, sequenceTag: number): Place;
  report(place: Place, tag: number, action: AppliedAction, rule: ReportRule): void;
  /** An option decided something of this instance. */
  claim(option: ProfileOption): void;
}
