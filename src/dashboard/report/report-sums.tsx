import type { JSX } from 'preact';
import { optionText } from '../../reports/explanations.ts';
import { reasonTexts, sourceTexts, treatmentTexts } from '../../reports/pixel-texts.ts';
import type { StudyReport } from '../../reports/study-report.ts';
import { Disclosure, Facts } from '../ui/data.tsx';
import { count } from '../ui/figures.ts';
import { Notice } from '../ui/notice.tsx';

/** What the report sums up: instances, profiles, pixels, what is missing. */
export function ReportSums({ report }: { readonly report: StudyReport }): JSX.Element {
  const { instances, incomplete } = report;
  const missing = incomplete.lines + incomplete.instances;
  return (
    <>
      {missing === 0 ? null : (
        <Notice severity="warning" title="This report is not whole">
          <p>
            {incomplete.lines} of its lines could not be read, and of {incomplete.instances} instances there
            is no list of attributes.
          </p>
        </Notice>
      )}
      <Facts
        facts={[
          [
            'Instances',
            `${count(instances.deidentified)} de-identified in ${count(instances.series)} series, ${count(instances.held)} held`,
          ],
          ...report.profiles.map(
            ({ profile, profileRevision, options, keyId }) =>
              [
                `Profile ${profile}`,
                `revision ${profileRevision}, key ${keyId}; ${options.map(optionText).join(', ') || 'no options'}`,
              ] as const,
          ),
          ...(report.released.length === 0
            ? []
            : [
                [
                  'Accepted by a person',
                  report.released.map(({ code, instances }) => `${code} (${count(instances)})`).join(', '),
                ] as const,
              ]),
          ['Text in the pixels', <Pixels key="pixels" report={report} />],
          ...(report.notes.length === 0
            ? []
            : [
                [
                  'Notes',
                  <ul key="notes" class="plain">
                    {report.notes.map(({ note, text, instances }) => (
                      <li key={note}>
                        {text} ({count(instances)})
                      </li>
                    ))}
                  </ul>,
                ] as const,
              ]),
        ]}
      />
      {report.objects.length === 0 ? null : (
        <Disclosure summary="Kinds of objects, and codes of the method">
          <ul class="plain">
            {report.objects.map(({ sopClassName, modality, deidentified, held }) => (
              <li key={`${sopClassName} ${modality}`}>
                {sopClassName}
                {modality === null ? '' : ` (${modality})`}: {count(deidentified)} de-identified,{' '}
                {count(held)} held
              </li>
            ))}
            {report.methodCodes.map(({ code, meaning }) => (
              <li key={code}>
                <code>{code}</code> {meaning}
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </>
  );
}

function Pixels({ report: { pixels } }: { readonly report: StudyReport }): JSX.Element {
  if (pixels.treatments.length === 0 && pixels.boxes.length === 0) return <span>no pixels were treated</span>;
  return (
    <ul class="plain">
      {pixels.treatments.map((row) => (
        <li key={JSON.stringify(row)}>
          {treatmentTexts[row.treatment ?? 'untouched']}
          {row.riskReason === null ? '' : ` (${row.risk ?? 'high'} risk: ${row.riskReason})`};{' '}
          {row.changed ? 'pixels were changed' : 'no pixel was changed'}
          {row.complete ? '' : '; not every frame was treated'} ({count(row.instances)})
        </li>
      ))}
      {pixels.boxes.map((row) => (
        <li key={`${row.source} ${row.reason}`}>
          {count(row.boxes)} blanked: {reasonTexts[row.reason].toLowerCase()} (
          {sourceTexts[row.source].toLowerCase()})
        </li>
      ))}
      {pixels.boxesLeftOut === 0 ? null : (
        <li>{count(pixels.boxesLeftOut)} more regions, not listed by reason</li>
      )}
    </ul>
  );
}
