import type { AttributeRow, StudyReport } from '../../reports/study-report.ts';

/** Rows that a page lists at once; a search finds the others. */
export const maxRowsShown = 200;

/** Whether an answer is a report of the version this page knows. */
export function isReport(answer: {
  readonly report: string;
  readonly version: number;
}): answer is StudyReport {
  return answer.report === 'sallyport.deidentification' && answer.version === 1 && 'attributes' in answer;
}

/**
 * The attributes with one outcome (all where undefined) whose tag, keyword or rule holds the text; tags are found with and without
 * brackets and comma.
 */
export function rowsFor(
  rows: readonly AttributeRow[],
  action: AttributeRow['action'] | undefined,
  search: string,
  ruleText: (rule: string) => string,
): readonly AttributeRow[] {
  const text = search.trim().toLowerCase();
  const digits = text.replaceAll(/[(),\s]/g, '');
  return rows.filter(
    (row) =>
      (action === undefined || row.action === action) &&
      (text === '' ||
        row.keyword.toLowerCase().includes(text) ||
        ruleText(row.rule).toLowerCase().includes(text) ||
        (digits !== '' &&
          row.path
            .toLowerCase()
            .replaceAll(/[(),\s]/g, '')
            .includes(digits))),
  );
}
