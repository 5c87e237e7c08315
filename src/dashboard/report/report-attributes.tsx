import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { actionTexts, ruleText } from '../../reports/explanations.ts';
import type { AttributeRow, StudyReport } from '../../reports/study-report.ts';
import { Choice } from '../ui/choice.tsx';
import { DataTable } from '../ui/data.tsx';
import { TextField } from '../ui/fields.tsx';
import { count } from '../ui/figures.ts';
import { maxRowsShown, rowsFor } from './report-rows.ts';

type Action = AttributeRow['action'];
const actions = Object.keys(actionTexts) as readonly Action[];

/** Attributes by what became of them, with a search. */
export function ReportAttributes({ report }: { readonly report: StudyReport }): JSX.Element {
  const [action, setAction] = useState<Action>();
  const [search, setSearch] = useState('');
  const rows = rowsFor(report.attributes, action, search, ruleText);
  return (
    <div class="report-attributes">
      <h3>Attributes</h3>
      <fieldset class="choices">
        <legend class="visually-hidden">Show attributes by what became of them</legend>
        <Choice chosen={action === undefined} onChoose={() => setAction(undefined)}>
          All ({count(report.attributes.length)})
        </Choice>
        {actions
          .filter((one) => report.attributes.some((row) => row.action === one))
          .map((one) => (
            <Choice key={one} chosen={action === one} onChoose={() => setAction(one)}>
              {actionTexts[one].title} ({count(report.attributes.filter((row) => row.action === one).length)})
            </Choice>
          ))}
      </fieldset>
      {action === undefined ? null : <p class="hint">{actionTexts[action].text}</p>}
      <TextField
        label="Search attributes"
        type="search"
        hint="Keyword, tag or rule"
        value={search}
        maxLength={64}
        onValue={setSearch}
      />
      <p class="hint" role="status">
        {count(rows.length)} {rows.length === 1 ? 'attribute fits' : 'attributes fit'}
        {rows.length > maxRowsShown ? `; the first ${maxRowsShown} are shown` : ''}
        {report.truncated ? '. More different places were met than are listed; the sums are whole' : ''}.
      </p>
      <DataTable
        caption="Attributes and what became of them"
        rows={rows.slice(0, maxRowsShown)}
        rowKey={(row) => `${row.path} ${row.action} ${row.rule}`}
        empty="No attribute fits."
        columns={[
          {
            title: 'Attribute',
            cell: ({ keyword, path }) => (
              <>
                {keyword} <code class="tag">{path}</code>
              </>
            ),
          },
          { title: 'What became of it', cell: (row) => actionTexts[row.action].title },
          { title: 'By which rule', cell: ({ rule }) => ruleText(rule) },
          { title: 'Times', numeric: true, cell: ({ elements }) => count(elements) },
          { title: 'Instances', numeric: true, cell: ({ instances }) => count(instances) },
        ]}
      />
    </div>
  );
}
