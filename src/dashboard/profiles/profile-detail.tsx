import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { get } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { readFilters, sent } from '../instances/filters.ts';
import { go, href, type Route } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { DataTable, Loaded } from '../ui/data.tsx';
import { TextField } from '../ui/fields.tsx';
import { count } from '../ui/figures.ts';
import { Badge } from '../ui/notice.tsx';
import { Card, Page } from '../ui/page.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { ProfileHead } from './profile-head.tsx';
import { isOutcome, outcomes, outcomeWords, type ProfileRow, rowsOf } from './profile-rows.ts';

const names = ['modality', 'ae', 'outcome', 'search'] as const;
const rowsAtFirst = 200;

/** One profile, attribute by attribute, asked for instances of a modality and an AE title where wanted. */
export function ProfileDetail({
  name,
  route,
}: {
  readonly name: string;
  readonly route: Route;
}): JSX.Element {
  const filters = readFilters(route.query, names);
  const set = (filter: (typeof names)[number], value: string): void =>
    go(href('profiles', [name], { ...filters.values, [filter]: value }), { replace: true });
  const asked = useDebounced({
    modality: sent(filters, 'modality'),
    callingAeTitle: sent(filters, 'ae'),
  });
  const page = useResource(
    (signal) => get('/api/profiles/{name}', { path: { name }, query: asked, signal }),
    [name, asked],
  );
  return (
    <Page
      title={`Profile ${name}`}
      lead={<a href={href('profiles')}>All profiles</a>}
      actions={<Button onClick={() => globalThis.print()}>Print what is shown</Button>}
    >
      <Card title="Explain it for">
        <search class="filters" aria-label="Which instances">
          <TextField
            label="Modality"
            hint="CT, MR, US …; all where empty"
            value={filters.values.modality}
            fault={filters.faults.modality}
            maxLength={16}
            onValue={(value) => set('modality', value.trim().toUpperCase())}
          />
          <TextField
            label="Sent by AE title"
            hint="Anybody where empty"
            value={filters.values.ae}
            fault={filters.faults.ae}
            maxLength={16}
            onValue={(value) => set('ae', value)}
          />
        </search>
      </Card>
      <Loaded resource={page}>
        {(data) => (
          <>
            <ProfileHead page={data} />
            <Card title="Beyond the attributes of PS3.6">
              <ul>
                {data.beyond.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </Card>
            <Attributes
              page={data}
              outcome={filters.values.outcome}
              search={filters.values.search}
              onOutcome={(value) => set('outcome', value)}
              onSearch={(value) => set('search', value)}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Attributes({
  page,
  outcome,
  search,
  onOutcome,
  onSearch,
}: {
  readonly page: Schemas['ProfilePage'];
  readonly outcome: string;
  readonly search: string;
  readonly onOutcome: (outcome: string) => void;
  readonly onSearch: (search: string) => void;
}): JSX.Element {
  const [most, setMost] = useState(rowsAtFirst);
  const rows = rowsOf(page.attributes, isOutcome(outcome) ? outcome : undefined, search);
  return (
    <Card title="Every attribute">
      <div class="report-attributes">
        <fieldset class="choices">
          <legend class="visually-hidden">Show attributes by what becomes of them</legend>
          <Choice chosen={!isOutcome(outcome)} onChoose={() => onOutcome('')}>
            All ({count(page.attributes.length)})
          </Choice>
          {outcomes.map((one) => (
            <Choice key={one} chosen={outcome === one} onChoose={() => onOutcome(one)}>
              {outcomeWords[one].title} ({count(rowsOf(page.attributes, one, '').length)})
            </Choice>
          ))}
        </fieldset>
        {isOutcome(outcome) ? <p class="hint">{outcomeWords[outcome].text}</p> : null}
        <TextField
          label="Search attributes"
          type="search"
          hint="Keyword, tag, action or reason"
          value={search}
          maxLength={64}
          onValue={onSearch}
        />
        <p class="hint" role="status">
          {count(rows.length)} {rows.length === 1 ? 'attribute fits' : 'attributes fit'}
          {rows.length > most ? `; the first ${count(most)} are shown` : ''}.
        </p>
        <DataTable
          caption="What becomes of each attribute"
          rows={rows.slice(0, most)}
          rowKey={({ tag }) => tag}
          empty="No attribute fits."
          columns={[
            {
              title: 'Attribute',
              cell: ({ keyword, tag, vr }: ProfileRow) => (
                <>
                  {keyword === '' ? 'Private' : keyword}{' '}
                  <code class="tag">
                    {tag} {vr}
                  </code>
                </>
              ),
            },
            { title: 'What becomes of it', cell: (row: ProfileRow) => <What row={row} /> },
            { title: 'Why', cell: ({ why }) => why },
          ]}
        />
        {rows.length > most ? (
          <div class="actions">
            <Button onClick={() => setMost(most + 500)}>Show 500 more</Button>
            <Button onClick={() => setMost(rows.length)}>Show all {count(rows.length)}</Button>
          </div>
        ) : null}
      </div>
    </Card>
  );
}

function What({ row: { action, weakens, unless } }: { readonly row: ProfileRow }): JSX.Element {
  return (
    <>
      {action}
      {weakens === true ? <Weakens /> : null}
      {unless?.map((other) => (
        <p key={`${other.line} ${other.when}`}>
          <strong>But where {other.when}:</strong> {other.action} (own rule
          {other.line > 0 ? `, line ${other.line}` : ''}){other.weakens === true ? <Weakens /> : null}
        </p>
      ))}
    </>
  );
}

function Weakens(): JSX.Element {
  return (
    <>
      {' '}
      <Badge tone="warning">less than PS3.15 asks</Badge>
    </>
  );
}
