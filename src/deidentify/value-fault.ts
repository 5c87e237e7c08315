import type { DataElement } from '../dicom/data-set.ts';
import type { AppliedAction } from './report.ts';
import type { RuleName } from './rule-book.ts';

/** Why a value that the rules would keep must not stay, and what stands in its place. */
export interface ValueFault {
  readonly rule: RuleName;
  readonly action: AppliedAction;
  readonly replacement: DataElement | undefined;
}
