import type { DataElement } from '../dicom/data-set.ts';
import type { RuleName } from './decision.ts';
import type { AppliedAction } from './report.ts';

/** Why a value that the rules would keep must not stay, and what stands in its place. */
export interface ValueFault {
  readonly rule: RuleName;
  readonly action: AppliedAction;
  readonly replacement: DataElement | undefined;
}
