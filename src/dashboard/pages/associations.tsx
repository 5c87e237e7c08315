import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useAssociations } from '../api/associations.ts';
import type { Association } from '../api/types.ts';
import { go, href, type Route } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { Loaded } from '../ui/data.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { count } from '../ui/figures.ts';
import { Card, Page } from '../ui/page.tsx';
import { AssociationEntry, type Outcome, outcomeOf } from './association-entry.tsx';
import './associations.css';

const outcomes: readonly { readonly value: Outcome | ''; readonly text: string }[] = [
  { value: '', text: 'All' },
  { value: 'running', text: 'Running' },
  { value: 'good', text: 'In order' },
  { value: 'problems', text: 'With problems' },
  { value: 'rejected', text: 'Refused' },
];

const pageSize = 100;

export function AssociationsPage({ route }: { readonly route: Route }): JSX.Element {
  const resource = useAssociations();
  const ae = route.query.get('ae') ?? '';
  const outcome = outcomes.find(({ value }) => value === route.query.get('outcome'))?.value ?? '';
  const filter = (changes: { readonly ae?: string; readonly outcome?: string }): void =>
    go(href('associations', [], { ae, outcome, ...changes }), { replace: true });
  const names = useMemo(
    () => [...new Set((resource.data ?? []).map(({ callingAeTitle }) => callingAeTitle))].sort(),
    [resource.data],
  );
  return (
    <Page
      title="Associations"
      lead="Who connected by DICOM and what became of it. An association is one conversation: a sender calls, says what it wants to send, sends it, and hangs up."
    >
      <Card>
        <div class="filters">
          <TextField
            label="Sender (AE title)"
            value={ae}
            maxLength={16}
            suggestions={names}
            onValue={(value) => filter({ ae: value })}
          />
          <SelectField
            label="Outcome"
            value={outcome}
            options={outcomes}
            onValue={(value) => filter({ outcome: value })}
          />
        </div>
      </Card>
      <Loaded resource={resource}>
        {(all) => (
          <List
            all={all}
            shown={all.filter(
              (association) =>
                association.callingAeTitle.toLowerCase().includes(ae.trim().toLowerCase()) &&
                (outcome === '' || outcomeOf(association) === outcome),
            )}
          />
        )}
      </Loaded>
    </Page>
  );
}

function List({
  all,
  shown,
}: {
  readonly all: readonly Association[];
  readonly shown: readonly Association[];
}): JSX.Element {
  const [most, setMost] = useState(pageSize);
  return (
    <section aria-label="List of associations">
      <p class="hint" role="status">
        {shown.length === all.length
          ? `${count(all.length)} kept`
          : `${count(shown.length)} of ${count(all.length)}`}
        {', the newest first. Open one to see its statuses.'}
      </p>
      {all.length === 0 ? (
        <p class="empty">
          Nobody has connected since the gateway was started.{' '}
          <a href={href('set-up')}>How to connect a PACS</a>
        </p>
      ) : null}
      {all.length > 0 && shown.length === 0 ? (
        <p class="empty">None is like that. Change the filter.</p>
      ) : null}
      <ul class="associations">
        {shown.slice(0, most).map((association) => (
          <li key={association.id}>
            <AssociationEntry association={association} />
          </li>
        ))}
      </ul>
      {shown.length <= most ? null : <Button onClick={() => setMost(most + pageSize)}>Show more</Button>}
    </section>
  );
}
