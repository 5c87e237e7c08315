import { has } from '../../dicom/values.ts';
import type { ReportBuilder } from '../report.ts';
import type { CleanPixelsResult } from './clean.ts';
import type { ElementChange } from './treatment.ts';

/** What was done to the pixels and to what describes them before the rules: by redaction, then here. */
export function reportPixels(
  report: ReportBuilder,
  redacted: readonly ElementChange[],
  { dataSet, cleaned }: Extract<CleanPixelsResult, { kind: 'clean' }>,
): void {
  for (const { tag, how } of redacted)
    if (how === 'removed') report.add(report.root, tag, 'removed', 'pixels');
    else report.before(tag, how);
  for (const tag of cleaned)
    if (has(dataSet, tag)) report.before(tag, 'cleaned');
    else report.add(report.root, tag, 'removed', 'pixels');
}
