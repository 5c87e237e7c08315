import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Association } from '../api/types.ts';
import { DataTable, Disclosure, Facts } from '../ui/data.tsx';
import { bytes, count, duration, instances as instancesText } from '../ui/figures.ts';
import { Badge, type Severity } from '../ui/notice.tsx';
import { Time } from '../ui/time.tsx';

export type Outcome = 'running' | 'good' | 'problems' | 'rejected';

/** Problems are instances that were refused, contexts that were refused, and an end other than a release. */
export function outcomeOf({ state, refused, contexts, ended }: Association): Outcome {
  if (state === 'rejected') return 'rejected';
  if (refused > 0 || contexts.refused > 0 || (ended !== null && ended.how !== 'released')) return 'problems';
  return state === 'running' ? 'running' : 'good';
}

const badges: Readonly<Record<Outcome, { readonly tone: Severity; readonly word: string }>> = {
  running: { tone: 'info', word: 'Running' },
  good: { tone: 'good', word: 'In order' },
  problems: { tone: 'warning', word: 'With problems' },
  rejected: { tone: 'critical', word: 'Refused' },
};

/** One association: a line that says how it went, and behind it the statuses, and how to fix what went wrong. */
export function AssociationEntry({ association }: { readonly association: Association }): JSX.Element {
  const { startedAt, durationMs, address, callingAeTitle, state, rejection } = association;
  const outcome = outcomeOf(association);
  // Hundreds of them are listed: what nobody looks at is not made.
  const [open, setOpen] = useState(false);
  const { tone, word } = badges[outcome];
  return (
    <details class="association" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="association-who">
          <b>{callingAeTitle === '' ? 'No AE title' : callingAeTitle}</b> <span class="hint">{address}</span>
        </span>
        <span class="association-what">{whatOf(association)}</span>
        <span class="association-when hint">
          <Time at={rejection?.lastAt ?? startedAt} />
          {state === 'rejected' ? null : `, ${duration(durationMs)}`}
        </span>
        <span class="association-outcome">
          {state === 'running' && outcome !== 'running' ? <Badge tone="info">Running</Badge> : null}
          <Badge tone={tone}>{word}</Badge>
        </span>
      </summary>
      {open ? <Details association={association} /> : null}
    </details>
  );
}

function whatOf({
  rejection,
  instances,
  duplicates,
  refused,
  echoes,
  bytes: size,
  ended,
}: Association): string {
  if (rejection !== null)
    return rejection.count === 1 ? rejection.what : `${rejection.what} ${count(rejection.count)} times.`;
  const parts = [
    instances > 0 ? `${instancesText(instances)}, ${bytes(size)}` : '',
    duplicates > 0 ? `${count(duplicates)} of them known already` : '',
    refused > 0 ? `${count(refused)} refused` : '',
    echoes > 0 ? `${count(echoes)} C-ECHO (test of the connection)` : '',
  ].filter((text) => text !== '');
  const sent = parts.length === 0 ? 'Nothing was sent' : parts.join(', ');
  return ended === null || ended.how === 'released' ? sent : `${sent}. ${ended.what}`;
}

function Details({ association }: { readonly association: Association }): JSX.Element {
  const { rejection, ended, statuses, contexts, calledAeTitle, tls, address, startedAt, endedAt } =
    association;
  return (
    <div class="association-details">
      {rejection === null ? null : <Fix what={rejection.what} fix={rejection.fix} />}
      {ended === null || ended.how === 'released' ? null : <Fix what={ended.what} fix={ended.fix} />}
      {statuses
        .filter(({ fix }) => fix !== null)
        .map(({ status, what, fix, count: times }) => (
          <Fix
            key={`${status} ${what}`}
            what={`${what} (${times === 1 ? 'once' : `${count(times)} times`}, status ${status})`}
            fix={fix}
          />
        ))}
      {statuses.length === 0 ? null : (
        <>
          <h2>What was answered</h2>
          <DataTable
            caption="Statuses"
            rows={statuses}
            rowKey={({ status, code }) => `${status} ${code ?? ''}`}
            empty="Nothing was answered."
            columns={[
              { title: 'How often', numeric: true, cell: (row) => count(row.count) },
              { title: 'In words', cell: ({ what }) => what },
              { title: 'Status', cell: ({ status }) => <code>{status}</code> },
              { title: 'Code', cell: ({ code }) => (code === null ? '–' : <code>{code}</code>) },
            ]}
          />
        </>
      )}
      {contexts.list.length === 0 ? null : <Contexts contexts={contexts} />}
      <Facts
        facts={[
          ['Called AE title', <code key="called">{calledAeTitle}</code>],
          ['Address', address],
          ['Encrypted', tls ? 'yes, by TLS' : 'no'],
          ['Began', <Time key="began" at={startedAt} />],
          ['Ended', endedAt === null ? 'still running' : <Time key="ended" at={endedAt} />],
        ]}
      />
    </div>
  );
}

/** What went wrong, and the answer to the question that follows. */
export function Fix({
  what,
  fix,
}: {
  readonly what: ComponentChildren;
  readonly fix: string | null;
}): JSX.Element {
  return (
    <div class="fix">
      <p>
        <b>What happened:</b> {what}
      </p>
      {fix === null ? null : (
        <p>
          <b>How do I fix it?</b> {fix}
        </p>
      )}
    </div>
  );
}

const refusalWords: Readonly<Record<string, string>> = {
  'abstract-syntax-not-supported': 'This kind of object is not taken.',
  'transfer-syntaxes-not-supported': 'It was offered in encodings alone that are not taken.',
};

function Contexts({ contexts }: { readonly contexts: Association['contexts'] }): JSX.Element {
  const { accepted, refused, leftOut, list } = contexts;
  return (
    <>
      {list
        .filter((context) => !context.accepted)
        .map(({ sopClass, sopClassUid, reason, offered, fix }) => (
          <Fix
            key={sopClassUid + offered.join()}
            what={`${sopClass} was refused. ${reason === null ? '' : (refusalWords[reason] ?? reason)}${offered.length === 0 ? '' : ` Offered: ${offered.join(', ')}.`}`}
            fix={fix}
          />
        ))}
      <Disclosure
        summary={`Kinds of objects that were agreed on: ${count(accepted)} accepted, ${count(refused)} refused`}
      >
        <DataTable
          caption="Presentation contexts"
          rows={list}
          rowKey={({ sopClassUid, transferSyntax, offered }) =>
            `${sopClassUid} ${transferSyntax} ${offered.join()}`
          }
          empty="None."
          columns={[
            {
              title: 'Kind of object (SOP class)',
              cell: ({ sopClass, sopClassUid }) => <span title={sopClassUid}>{sopClass}</span>,
            },
            {
              title: 'Encoding (transfer syntax)',
              cell: ({ transferSyntax, offered }) => transferSyntax ?? offered.join(', '),
            },
            {
              title: 'Answer',
              cell: (context) =>
                context.accepted ? (
                  <Badge tone="good">Accepted</Badge>
                ) : (
                  <Badge tone="warning">Refused</Badge>
                ),
            },
          ]}
        />
        {leftOut === 0 ? null : <p class="hint">{count(leftOut)} more are not listed.</p>}
      </Disclosure>
    </>
  );
}
