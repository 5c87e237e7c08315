import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import type { AppliedAction } from '../report.ts';
import type { ContentOptions, ContentRule } from './concept-rules.ts';

/**
 * What cleaning content needs of the editing around it. `Place` is whatever the caller uses to know where in the tree of
 * sequences it is; here it is only handed on.
 */
export interface ContentContext<Place> extends ContentOptions {
  /** Text (all of a value, decoded) without what identifies; undefined or '' where nothing of it may stay. */
  cleanText(text: string, vr: Vr): string | undefined;
  /** DA or DT with its dates shifted; undefined where a value is no complete date. */
  shiftDate(element: DataElement, item: DataSet): DataElement | undefined;
  /** A value the rules keep, after its content was looked at: itself, a replacement, or undefined where it has to go. */
  checked(element: DataElement, item: DataSet): DataElement | undefined;
  /** UI with every unregistered UID replaced. */
  remapUids(element: DataElement): DataElement | undefined;
  /** Pseudonym, ASCII of at most 16 characters. */
  token(kind: string, value: string): string;
  /** The attributes of an item after the rules for attributes, at every depth. */
  editAttributes(item: DataSet, place: Place): DataSet;
  /** The place of the items of a sequence. */
  within(place: Place, sequenceTag: number): Place;
  report(place: Place, tag: number, action: AppliedAction, rule: ContentRule): void;
}
