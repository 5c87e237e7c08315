import type { JSX } from 'preact';
import { get } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { instantOf, readFilters, sent } from '../instances/filters.ts';
import { instanceStates, stateWords } from '../instances/instance-words.ts';
import { Reason, StudyLink } from '../instances/parts.tsx';
import { go, href, type Route } from '../shell/router.ts';
import { DataTable, Loaded } from '../ui/data.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { count } from '../ui/figures.ts';
import { FindCard } from '../ui/find-card.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Pager, usePages } from '../ui/pager.tsx';
import { Time } from '../ui/time.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { fhirStates, fhirText } from './progress.ts';
import { ProgressBar } from './progress-bar.tsx';
import { UnassignedGroups } from './unassigned.tsx';

const names = ['study', 'patient', 'ae', 'state', 'code', 'modality', 'from', 'to', 'fhir'] as const;
type Name = (typeof names)[number];

/** Studies, the newest first, and how far each is. */
export function StudyList({ route }: { readonly route: Route }): JSX.Element {
  const filters = readFilters(route.query, names);
  const set = (name: Name, value: string): void =>
    go(href('studies', [], { ...filters.values, [name]: value }), { replace: true });
  const fhir = sent(filters, 'fhir') as (typeof fhirStates)[number] | undefined;
  const asked = useDebounced({
    study: sent(filters, 'study'),
    patient: sent(filters, 'patient'),
    callingAeTitle: sent(filters, 'ae'),
    state: sent(filters, 'state'),
    code: sent(filters, 'code'),
    modality: sent(filters, 'modality'),
    receivedFrom: instantOf(sent(filters, 'from')),
    receivedTo: instantOf(sent(filters, 'to')),
    fhir,
  });
  const pages = usePages(JSON.stringify(asked));
  const list = useResource(
    (signal) => get('/api/studies', { query: { ...asked, cursor: pages.cursor, limit: 25 }, signal }),
    [asked, pages.cursor],
    10_000,
  );
  const text = (name: Name, label: string, change: (typed: string) => string): JSX.Element => (
    <TextField
      label={label}
      value={filters.values[name]}
      fault={filters.faults[name]}
      maxLength={64}
      onValue={(typed) => set(name, change(typed))}
    />
  );
  return (
    <Page title="Studies" lead="How far each study is on its way out, under the pseudonyms it leaves with.">
      <FindCard
        label="Filter studies"
        active={names.filter((name) => route.query.has(name)).length}
        onClear={() => go(href('studies'), { replace: true })}
      >
        {text('study', 'Study pseudonym', (typed) => typed.trim())}
        {text('patient', 'Patient pseudonym', (typed) => typed.trim())}
        {text('ae', 'From AE title', (typed) => typed)}
        <SelectField
          label="With instances"
          value={filters.values.state}
          onValue={(value) => set('state', value)}
          options={[
            { value: '', text: 'in any state' },
            { value: 'held,failed', text: 'waiting for a person' },
            { value: 'received,prepared', text: 'on their way' },
            ...instanceStates.map((state) => ({
              value: state,
              text: stateWords[state].title.toLowerCase(),
            })),
          ]}
        />
        {text('modality', 'Modality', (typed) => typed.trim().toUpperCase())}
        {text('code', 'Reason code', (typed) => typed.trim().toUpperCase())}
        <TextField
          label="First received from"
          type="datetime-local"
          value={filters.values.from}
          fault={filters.faults.from}
          onValue={(value) => set('from', value)}
        />
        <TextField
          label="First received before"
          type="datetime-local"
          value={filters.values.to}
          fault={filters.faults.to}
          onValue={(value) => set('to', value)}
        />
        {filters.values.fhir === '' &&
        list.data?.studies.every(({ fhir: { state } }) => state === 'disabled') ? null : (
          <SelectField
            label="Posting to FHIR"
            value={filters.values.fhir}
            onValue={(value) => set('fhir', value)}
            options={[
              { value: '', text: 'in any state' },
              ...fhirStates.map((state) => ({ value: state, text: state })),
            ]}
          />
        )}
      </FindCard>
      <Card>
        <Loaded resource={list}>
          {(page) => (
            <>
              <StudyTable
                studies={page.studies}
                more={page.next !== null}
                filtered={names.some((name) => route.query.has(name))}
              />
              <Pager pages={pages} next={page.next} what="studies" />
            </>
          )}
        </Loaded>
      </Card>
      <UnassignedGroups />
    </Page>
  );
}

function StudyTable({
  studies,
  more,
  filtered,
}: {
  readonly studies: readonly Schemas['Study'][];
  readonly more: boolean;
  readonly filtered: boolean;
}): JSX.Element {
  return (
    <DataTable
      caption="Studies"
      rows={studies}
      rowKey={({ studyPseudonym }) => studyPseudonym}
      empty={
        more ? (
          'None of the studies looked at so far fits; go on with the next page.'
        ) : filtered ? (
          'No study fits these filters.'
        ) : (
          <>
            There is no study yet. One appears here once its first instance was read.{' '}
            <a href={href('set-up')}>How to connect a PACS</a>
          </>
        )
      }
      columns={[
        {
          title: 'Study',
          cell: (study) => (
            <>
              <StudyLink pseudonym={study.studyPseudonym} />
              <p class="hint">
                {[
                  study.modalities.join(', '),
                  study.patientPseudonym === null ? '' : `patient ${study.patientPseudonym}`,
                  study.description ?? '',
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </p>
            </>
          ),
        },
        { title: 'Progress', cell: (study) => <ProgressBar study={study} /> },
        {
          title: 'What waits, and why',
          cell: ({ reasons }) =>
            reasons.length === 0
              ? '–'
              : reasons.slice(0, 3).map((reason) => (
                  <div key={`${reason.state} ${reason.code}`} class="reason-line">
                    {reason.state}, {count(reason.instances)}: {reason.reason ?? reason.code}
                  </div>
                )),
        },
        {
          title: 'From',
          cell: ({ callingAeTitles }) =>
            callingAeTitles.map((title) => (
              <div class="word" key={title}>
                {title}
              </div>
            )),
        },
        { title: 'First received', cell: ({ firstReceivedAt }) => <Time at={firstReceivedAt} /> },
        ...(studies.every(({ fhir }) => fhir.state === 'disabled')
          ? []
          : [{ title: 'FHIR', cell: ({ fhir }: Schemas['Study']) => fhirText(fhir) }]),
      ]}
    />
  );
}

/** The reasons of a study, each with what to do and a link to its instances. */
export function Reasons({ study }: { readonly study: Schemas['Study'] }): JSX.Element | null {
  if (study.reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {study.reasons.map((reason) => (
        <li key={`${reason.state} ${reason.code}`}>
          <b>
            {count(reason.instances)} {reason.state}
          </b>
          <Reason of={reason} />
          <a
            href={href('instances', [], {
              study: study.studyPseudonym,
              state: reason.state,
              code: reason.code,
            })}
          >
            Show {reason.instances === 1 ? 'it' : 'them'}
          </a>
        </li>
      ))}
    </ul>
  );
}
