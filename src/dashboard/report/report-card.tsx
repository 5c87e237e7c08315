import type { JSX } from 'preact';
import type { Schemas } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { href } from '../shell/router.ts';
import { Loaded } from '../ui/data.tsx';
import { Notice } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';
import { ReportAttributes } from './report-attributes.tsx';
import { isReport } from './report-rows.ts';
import { ReportSums } from './report-sums.tsx';

export interface ReportCardProps {
  readonly title: string;
  readonly ask: (signal: AbortSignal) => Promise<Schemas['DeidentificationReport']>;
  /** The report is asked for again when these change. */
  readonly inputs: readonly unknown[];
}

/** A de-identification report: sums in words, and every attribute by what became of it. Never a value. */
export function ReportCard({ title, ask, inputs }: ReportCardProps): JSX.Element {
  const report = useResource(ask, inputs);
  // Nothing to report of is no mistake: nothing was de-identified yet, or its bytes are gone.
  const missing = report.error !== undefined && (report.error.status === 404 || report.error.status === 410);
  return (
    <Card title={title} class="report">
      {missing ? (
        <p class="empty">
          There is no report: {report.error?.message}. {report.error?.advice}
        </p>
      ) : (
        <Loaded resource={report}>
          {(data) =>
            isReport(data) ? (
              <>
                <p class="hint">
                  Names of attributes, rules and counts; no value of what was received.{' '}
                  {data.profiles.map(({ profile }, index) => (
                    <span key={profile}>
                      {index === 0 ? 'Profile ' : ', '}
                      <a href={href('profiles', [profile])}>{profile}</a>
                    </span>
                  ))}
                </p>
                <ReportSums report={data} />
                {data.attributes.length === 0 ? (
                  <p class="empty">No attribute is listed: nothing was de-identified yet.</p>
                ) : (
                  <ReportAttributes report={data} />
                )}
              </>
            ) : (
              <Notice severity="warning" title="This page does not know reports of this kind">
                <p>Load the page again: it may be older than the gateway.</p>
              </Notice>
            )
          }
        </Loaded>
      )}
    </Card>
  );
}
