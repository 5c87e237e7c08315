import type { JSX } from 'preact';
import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { instantOf, readFilters, sent } from '../instances/filters.ts';
import { InstanceDetail } from '../instances/instance-detail.tsx';
import { InstanceList } from '../instances/instance-list.tsx';
import { instanceStates, stateWords } from '../instances/instance-words.ts';
import { go, href, type Route } from '../shell/router.ts';
import { Loaded } from '../ui/data.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { FindCard } from '../ui/find-card.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Pager, usePages } from '../ui/pager.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import '../styles/work.css';

const names = ['state', 'code', 'ae', 'study', 'series', 'from', 'to'] as const;
type Name = (typeof names)[number];

/** What is shown where nobody asked for anything: what somebody has to decide. */
const waiting = 'held,failed';
const everyState = 'all';

export function InstancesPage({ route }: { readonly route: Route }): JSX.Element {
  const [id] = route.rest;
  return id === undefined ? <List route={route} /> : <InstanceDetail key={id} id={id} />;
}

function List({ route }: { readonly route: Route }): JSX.Element {
  const shown = route.query.get('state') ?? waiting;
  const query = new URLSearchParams(route.query);
  query.set('state', shown === everyState ? '' : shown);
  const filters = readFilters(query, names);
  const set = (name: Name, value: string): void => {
    const next = { ...filters.values, state: shown, [name]: value };
    go(href('instances', [], { ...next, state: next.state === waiting ? '' : next.state }), {
      replace: true,
    });
  };
  const asked = useDebounced({
    state: sent(filters, 'state'),
    code: sent(filters, 'code'),
    callingAeTitle: sent(filters, 'ae'),
    study: sent(filters, 'study'),
    series: sent(filters, 'series'),
    receivedFrom: instantOf(sent(filters, 'from')),
    receivedTo: instantOf(sent(filters, 'to')),
  });
  const pages = usePages(JSON.stringify(asked));
  const list = useResource(
    (signal) =>
      get('/api/instances', { query: { ...asked, order: 'newest', after: pages.cursor, limit: 50 }, signal }),
    [asked, pages.cursor],
    15_000,
  );
  return (
    <Page
      title="Instances"
      lead="Every image or other object the gateway has received, and where it is. At first those that wait for a person; choose another state for the rest."
      actions={
        <a class="file-link" href={href('review')}>
          Review held images
        </a>
      }
    >
      <FindCard
        label="Filter instances"
        active={names.filter((name) => route.query.has(name)).length}
        onClear={() => go(href('instances'), { replace: true })}
      >
        <SelectField
          label="State"
          value={shown}
          onValue={(value) => set('state', value)}
          options={[
            { value: waiting, text: 'Waiting for a person' },
            { value: everyState, text: 'All' },
            { value: 'received,prepared', text: 'On their way' },
            ...instanceStates.map((state) => ({ value: state, text: stateWords[state].title })),
          ]}
        />
        <TextField
          label="Reason code"
          value={filters.values.code}
          fault={filters.faults.code}
          maxLength={64}
          onValue={(value) => set('code', value.trim().toUpperCase())}
        />
        <TextField
          label="From AE title"
          value={filters.values.ae}
          fault={filters.faults.ae}
          maxLength={16}
          onValue={(value) => set('ae', value)}
        />
        <TextField
          label="Study pseudonym"
          value={filters.values.study}
          fault={filters.faults.study}
          maxLength={64}
          onValue={(value) => set('study', value.trim())}
        />
        <TextField
          label="Received from"
          type="datetime-local"
          value={filters.values.from}
          fault={filters.faults.from}
          onValue={(value) => set('from', value)}
        />
        <TextField
          label="Received before"
          type="datetime-local"
          value={filters.values.to}
          fault={filters.faults.to}
          onValue={(value) => set('to', value)}
        />
      </FindCard>
      <Card>
        <Loaded resource={list}>
          {(page) => (
            <>
              <InstanceList
                instances={page.instances}
                empty={
                  shown === waiting
                    ? 'Nothing waits for a person. That is how it should be.'
                    : 'No instance fits these filters.'
                }
                onActed={list.reload}
              />
              <Pager pages={pages} next={page.next} what="instances" />
            </>
          )}
        </Loaded>
      </Card>
    </Page>
  );
}
