import { SallyportError } from '../../core/errors.ts';
import { describeDeidentified, describeHeld } from '../../reports/describe.ts';
import { renderHtml } from '../../reports/html.ts';
import { ReportMerger } from '../../reports/merge.ts';
import { readStudyReport } from '../../reports/read-study.ts';
import type { StudyReport } from '../../reports/study-report.ts';
import type { ReportPage, ReportTask } from './tasks.ts';
import { type InstanceWork, treatOnDemand } from './work.ts';

/**
 * The report of an instance that is not de-identified yet, as it would be: nothing is written down. Throws
 * REQUIRED_ATTRIBUTE_MISSING where it has no study.
 */
export async function reportOfInstance(task: ReportTask, work: InstanceWork): Promise<ReportPage> {
  const { context, part10 } = work;
  const callingAeTitle = task.of.from === 'file' ? task.of.callingAeTitle : '';
  const treated = await treatOnDemand(work, { ...task, callingAeTitle }, { leaves: 'frames' });
  const about = { ...context, releasedCodes: task.releasedCodes, boxes: treated.boxes };
  const described =
    treated.kind === 'held'
      ? describeHeld(part10.dataSet, treated.code, about)
      : describeDeidentified(treated.result, about);
  if (described === undefined)
    throw new SallyportError('REQUIRED_ATTRIBUTE_MISSING', { detail: '0020,000d' });
  const merger = new ReportMerger();
  const lines = described.shared === null ? [described.line] : [described.shared.line, described.line];
  merger.addStudy(lines);
  const instance = treated.kind === 'held' ? null : treated.result.value.sopInstanceUid;
  return page(merger.report(described.study, instance), task.html);
}

/** What is written down of a study, or of one instance of it. Throws INSTANCE_UNKNOWN. */
export function storedReport(
  { folder, study, instance }: Extract<ReportTask['of'], { from: 'stored' }>,
  html: boolean,
): ReportPage {
  return page(readStudyReport(folder, study, instance ?? undefined), html);
}

function page(report: StudyReport, html: boolean): ReportPage {
  return { report, html: html ? renderHtml(report) : null };
}
