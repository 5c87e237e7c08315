import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { get } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { InstanceList } from '../instances/instance-list.tsx';
import { instanceStates, stateWords } from '../instances/instance-words.ts';
import { ReportCard } from '../report/report-card.tsx';
import { href } from '../shell/router.ts';
import { DataTable, Facts, Loaded } from '../ui/data.tsx';
import { SelectField } from '../ui/fields.tsx';
import { count } from '../ui/figures.ts';
import { Card, Page } from '../ui/page.tsx';
import { Pager, usePages } from '../ui/pager.tsx';
import { Time } from '../ui/time.tsx';
import { FhirCard } from './fhir-card.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { Reasons } from './study-list.tsx';

/** One study: progress, what waits and why, its series and instances, FHIR, the report. */
export function StudyDetail({ pseudonym }: { readonly pseudonym: string }): JSX.Element {
  const study = useResource(
    (signal) => get('/api/studies/{study}', { path: { study: pseudonym }, signal }),
    [pseudonym],
    5000,
  );
  return (
    <Page
      title="Study"
      lead={
        <>
          <code>{pseudonym}</code> · <a href={href('studies')}>All studies</a>
        </>
      }
    >
      <Loaded resource={study}>
        {(data) => (
          <>
            <div class="columns">
              <Card title="Progress">
                <ProgressBar study={data} />
                <Reasons study={data} />
                <StudyFacts study={data} />
              </Card>
              <FhirCard study={data} onPosted={study.reload} />
            </div>
            <SeriesCard series={data.series} leftOut={data.seriesLeftOut} />
            <InstancesCard pseudonym={pseudonym} onActed={study.reload} />
            <ReportCard
              title="What de-identification did"
              ask={(signal) => get('/api/studies/{study}/report', { path: { study: pseudonym }, signal })}
              inputs={[pseudonym, data.changedAt]}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function StudyFacts({ study }: { readonly study: Schemas['Study'] }): JSX.Element {
  return (
    <Facts
      facts={[
        ['Patient pseudonym', study.patientPseudonym ?? '–'],
        ['Accession pseudonym', study.accessionPseudonym ?? '–'],
        ['Started, as it leaves', study.started ?? '–'],
        ['Description, as it leaves', study.description ?? '–'],
        ['Modalities', study.modalities.join(', ') || '–'],
        ['From', study.callingAeTitles.join(', ')],
        ['First received', <Time key="first" at={study.firstReceivedAt} />],
        ['Last received', <Time key="last" at={study.lastReceivedAt} />],
        ['Last change', <Time key="changed" at={study.changedAt} />],
      ]}
    />
  );
}

function SeriesCard({
  series,
  leftOut,
}: {
  readonly series: readonly Schemas['Series'][];
  readonly leftOut: number;
}): JSX.Element {
  return (
    <Card title={`Series (${count(series.length + leftOut)})`}>
      <DataTable
        caption="Series"
        rows={series}
        rowKey={({ seriesPseudonym }) => seriesPseudonym}
        empty="Series are known once instances are prepared."
        columns={[
          { title: 'Number', cell: ({ number }) => number ?? '–' },
          { title: 'Modality', cell: ({ modality }) => modality ?? '–' },
          {
            title: 'Series',
            cell: ({ seriesPseudonym, description }) => (
              <>
                <code>{seriesPseudonym}</code>
                {description === null ? null : <p class="hint">{description}</p>}
              </>
            ),
          },
          {
            title: 'Body part',
            cell: ({ bodyPart, laterality }) =>
              [bodyPart, laterality].filter((part) => part !== null).join(', ') || '–',
          },
          { title: 'Instances', numeric: true, cell: ({ instances }) => count(instances) },
          { title: 'Frames', numeric: true, cell: ({ frames }) => count(frames) },
        ]}
      />
      {leftOut === 0 ? null : <p class="hint">{count(leftOut)} further series are not listed.</p>}
    </Card>
  );
}

function InstancesCard({
  pseudonym,
  onActed,
}: {
  readonly pseudonym: string;
  readonly onActed: () => void;
}): JSX.Element {
  const [state, setState] = useState('');
  const pages = usePages(`${pseudonym} ${state}`);
  const list = useResource(
    (signal) =>
      get('/api/instances', {
        query: {
          study: pseudonym,
          state: state === '' ? undefined : state,
          after: pages.cursor,
          limit: 50,
        },
        signal,
      }),
    [pseudonym, state, pages.cursor],
    10_000,
  );
  return (
    <Card title="Instances">
      <div class="filters">
        <SelectField
          label="Show instances"
          value={state}
          onValue={setState}
          options={[
            { value: '', text: 'in any state' },
            ...instanceStates.map((one) => ({ value: one, text: stateWords[one].title.toLowerCase() })),
          ]}
        />
      </div>
      <Loaded resource={list}>
        {(page) => (
          <>
            <InstanceList
              instances={page.instances}
              withStudy={false}
              empty="No instance of this study is here in this state."
              onActed={() => {
                list.reload();
                onActed();
              }}
            />
            <Pager pages={pages} next={page.next} what="instances" />
          </>
        )}
      </Loaded>
    </Card>
  );
}
