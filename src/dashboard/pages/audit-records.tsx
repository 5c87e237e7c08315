import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { auditActions, isAuditAction } from '../../core/audit.ts';
import { type ApiError, get } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { asApiError } from '../api/use-resource.ts';
import { href } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data.tsx';
import { count } from '../ui/figures.ts';
import { Badge, ErrorNotice, type Severity } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';

type AuditRecord = Schemas['AuditRecord'];

/** As it stands in the fields; times are local ones without a zone. */
export interface AuditFilter {
  readonly action: string;
  readonly actor: string;
  readonly objectId: string;
  readonly from: string;
  readonly to: string;
}

/** A local time of a field as the gateway wants it; undefined for none. */
export function isoOf(local: string): string | undefined {
  const time = new Date(local);
  return local === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

const actorWords: Readonly<Record<string, string>> = {
  ae: 'DICOM node',
  user: 'person',
  token: 'token',
  oidc: 'person, by single sign-on',
  certificate: 'certificate',
  'command-line': 'command line',
  gateway: 'the gateway itself',
};
const outcomes: Readonly<Record<string, { readonly tone: Severity; readonly word: string }>> = {
  success: { tone: 'good', word: 'Success' },
  'minor-failure': { tone: 'warning', word: 'Refused or failed' },
  'serious-failure': { tone: 'critical', word: 'Serious failure' },
  'major-failure': { tone: 'critical', word: 'Major failure' },
};
const pageSize = 50;
/** A page that grew longer serves nobody; the export has everything. */
const mostShown = 2000;

/** The newest records that fit the filter, and older ones on request. */
export function AuditRecords({ filter }: { readonly filter: AuditFilter }): JSX.Element {
  const [records, setRecords] = useState<readonly AuditRecord[]>();
  const [next, setNext] = useState<number | null>(null);
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const turn = useRef(0);
  const load = async (before: number | undefined): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    setBusy(true);
    try {
      const page = await get('/api/audit', {
        query: {
          limit: pageSize,
          ...(before === undefined ? {} : { before }),
          ...(filter.action === '' ? {} : { action: filter.action }),
          ...(filter.actor === '' ? {} : { actor: filter.actor }),
          ...(filter.objectId === '' ? {} : { objectId: filter.objectId }),
          ...timesOf(filter),
        },
      });
      if (mine !== turn.current) return;
      setRecords((now) => [...(before === undefined ? [] : (now ?? [])), ...page.records]);
      setNext(page.next);
      setError(undefined);
    } catch (fault) {
      if (mine === turn.current) setError(asApiError(fault));
    } finally {
      if (mine === turn.current) setBusy(false);
    }
  };
  useEffect(() => {
    setRecords(undefined);
    void load(undefined);
    return () => {
      turn.current += 1;
    };
  }, [JSON.stringify(filter)]);
  return (
    <Card>
      <ErrorNotice error={error} />
      <p class="hint" role="status">
        {records === undefined
          ? busy
            ? 'Loading…'
            : ''
          : `${count(records.length)} shown, the newest first.`}
      </p>
      {records === undefined ? null : (
        <DataTable
          caption="Audit records"
          rows={records}
          rowKey={({ sequence }) => String(sequence)}
          empty="No record is like that."
          columns={columns}
        />
      )}
      <div class="actions">
        {next === null || records === undefined || records.length >= mostShown ? null : (
          <Button busy={busy} onClick={() => void load(next)}>
            Show older records
          </Button>
        )}
        {records !== undefined && records.length >= mostShown ? (
          <p class="hint">Older ones: narrow the filter, or export.</p>
        ) : null}
      </div>
    </Card>
  );
}

function timesOf(filter: AuditFilter): { from?: string; to?: string } {
  const from = isoOf(filter.from);
  const to = isoOf(filter.to);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

const columns = [
  { title: 'Number', numeric: true, cell: ({ sequence }: AuditRecord) => sequence },
  { title: 'Time', cell: ({ at }: AuditRecord) => <Time at={at} /> },
  {
    title: 'Who',
    cell: ({ actor }: AuditRecord) => (
      <>
        {actor.name}
        <div class="hint">
          {actorWords[actor.kind] ?? actor.kind}
          {actor.address === null ? null : ` at ${actor.address}`}
        </div>
      </>
    ),
  },
  {
    title: 'What',
    cell: ({ action }: AuditRecord) => (
      <>
        <code>{action}</code>
        <div class="hint">{isAuditAction(action) ? auditActions[action] : null}</div>
      </>
    ),
  },
  {
    title: 'On what',
    cell: ({ object, profileRevision }: AuditRecord) => (
      <>
        {object === null ? '–' : <ObjectName object={object} />}
        {profileRevision === null || profileRevision === undefined ? null : (
          <div class="hint">
            profile <code title={profileRevision}>{profileRevision.slice(0, 12)}</code>
          </div>
        )}
      </>
    ),
  },
  {
    title: 'Outcome',
    cell: ({ action, outcome, code }: AuditRecord) => (
      <>
        <Badge tone={outcomes[outcome]?.tone ?? 'info'}>
          {action === 'instance.held' ? 'Held' : (outcomes[outcome]?.word ?? outcome)}
        </Badge>
        {code === null || code === undefined ? null : (
          <div class="hint">
            <code>{code}</code>
          </div>
        )}
      </>
    ),
  },
  {
    title: 'Hash',
    cell: ({ hash }: AuditRecord) => (
      <code class="word" title={hash}>
        {hash.slice(0, 10)}…
      </code>
    ),
  },
];

/** Instances and studies have a page of their own. */
function ObjectName({
  object,
}: {
  readonly object: { readonly kind: string; readonly id: string };
}): JSX.Element {
  const page = { instance: 'instances', study: 'studies' }[object.kind];
  return (
    <>
      {page === undefined ? (
        <code>{object.id}</code>
      ) : (
        <a class="mono" href={href(page, [object.id])}>
          {object.id}
        </a>
      )}
      <div class="hint">{object.kind}</div>
    </>
  );
}
