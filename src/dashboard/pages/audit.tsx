import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { auditActions } from '../../core/audit.ts';
import { get, urlOf } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { go, href, type Route } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Disclosure, Facts, Loaded } from '../ui/data.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { count } from '../ui/figures.ts';
import { Card, Page } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { type AuditFilter, AuditRecords, isoOf } from './audit-records.tsx';
import './audit.css';

const actions = [
  { value: '', text: 'All' },
  ...Object.entries(auditActions).map(([value, text]) => ({ value, text: `${value}: ${text}` })),
];

export function AuditPage({ route }: { readonly route: Route }): JSX.Element {
  const filter: AuditFilter = {
    action: route.query.get('action') ?? '',
    actor: route.query.get('actor') ?? '',
    objectId: route.query.get('objectId') ?? '',
    from: route.query.get('from') ?? '',
    to: route.query.get('to') ?? '',
  };
  return (
    <Page
      title="Audit"
      lead="Who did what, when, and how it ended. Records are only ever added; no record holds an identifier of a patient."
    >
      <Head />
      <Filter key={JSON.stringify(filter)} filter={filter} />
      <AuditRecords filter={filter} />
    </Page>
  );
}

function Head(): JSX.Element {
  const resource = useResource((signal) => get('/api/audit/head', { signal }), []);
  return (
    <Card title="Is the trail whole?">
      <Loaded resource={resource}>
        {({ sequence, hash, at }) => (
          <Facts
            facts={[
              ['Records', count(sequence)],
              ['Last one', <Time key="at" at={at} />],
              [
                'Its hash',
                hash === null ? (
                  'none yet'
                ) : (
                  <span key="hash" class="hash">
                    <code>{hash}</code> <CopyButton text={hash} what="hash" />
                  </span>
                ),
              ],
            ]}
          />
        )}
      </Loaded>
      <p class="hint">
        This page shows the end of the trail and does not check it. <code>sallyport audit verify</code> does,
        on the machine of the gateway.
      </p>
      <Disclosure summary="How to verify it">
        <p>
          Each record carries a hash (a fingerprint) of itself and of the record before, so that no record can
          be changed, removed or put in without breaking every later one. Commands run on the machine of the
          gateway.
        </p>
        <ul class="verify">
          <li>
            Prove the whole chain, or learn which record is the first that is broken:
            <pre class="command">
              <code>sallyport audit verify</code>
            </pre>
          </li>
          <li>
            Somebody with all rights on the machine could write the whole chain anew. Against that, copy the
            hash above every week, say, to a place that the gateway cannot reach. Later this proves that
            nothing up to there was changed:
            <pre class="command">
              <code>sallyport audit verify --head HASH</code>
            </pre>
          </li>
          <li>
            Prove an export:
            <pre class="command">
              <code>sallyport audit verify --file sallyport-audit.ndjson</code>
            </pre>
          </li>
        </ul>
      </Disclosure>
    </Card>
  );
}

function Filter({ filter }: { readonly filter: AuditFilter }): JSX.Element {
  const [draft, setDraft] = useState(filter);
  const set = (name: keyof AuditFilter) => (value: string) => setDraft({ ...draft, [name]: value });
  return (
    <Card title="Records" actions={<Export filter={filter} />}>
      <form
        class="audit-filter"
        onSubmit={(event) => {
          event.preventDefault();
          go(href('audit', [], { ...draft }));
        }}
      >
        <div class="filters">
          <SelectField label="Action" value={draft.action} options={actions} onValue={set('action')} />
          <TextField
            label="Who"
            value={draft.actor}
            maxLength={64}
            hint="AE title, or name of a person or token"
            onValue={set('actor')}
          />
          <TextField
            label="On what"
            value={draft.objectId}
            maxLength={128}
            hint="Id of an instance, study, token…"
            onValue={set('objectId')}
          />
          <TextField label="From" type="datetime-local" value={draft.from} onValue={set('from')} />
          <TextField label="To" type="datetime-local" value={draft.to} onValue={set('to')} />
        </div>
        <div class="actions">
          <Button type="submit">Apply</Button>
          <a href={href('audit')}>Clear</a>
        </div>
      </form>
    </Card>
  );
}

function Export({ filter }: { readonly filter: AuditFilter }): JSX.Element {
  const { from, to } = filter;
  return (
    <a
      class="file-link"
      href={urlOf('/api/audit/export', {}, { from: isoOf(from), to: isoOf(to) })}
      download="sallyport-audit.ndjson"
    >
      Export {from === '' && to === '' ? 'all' : 'this time'} (NDJSON)
    </a>
  );
}
