import type { ComponentChildren, JSX } from 'preact';
import { live } from '../api/live.ts';
import type { LiveStatus, Schemas } from '../api/types.ts';
import { href, type Route } from '../shell/router.ts';
import { useStore } from '../store.ts';
import { Disclosure } from '../ui/data.tsx';
import { bytes, count, duration, instances, rate } from '../ui/figures.ts';
import { Notice, type Severity, severityWords } from '../ui/notice.tsx';
import { Card, Page } from '../ui/page.tsx';
import { LiveCharts } from './live-charts.tsx';
import { Destinations } from './live-destinations.tsx';
import './live.css';

export function LivePage(_: { readonly route: Route }): JSX.Element {
  const status = useStore(live, (state) => state.status);
  const connection = useStore(live, (state) => state.connection);
  return (
    <Page title="Live" lead="What the gateway does at this moment, and what needs somebody.">
      {status === undefined ? (
        <p class="wait" role="status">
          {connection === 'lost' ? 'The gateway does not answer.' : 'Loading…'}
        </p>
      ) : (
        <>
          <Alarms alarms={status.alarms} />
          <FirstSteps status={status} />
          <Tiles status={status} />
          <div class="live-columns">
            <LiveCharts />
            <div class="live-side">
              <Destinations destinations={status.destinations} />
              <About status={status} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function Alarms({ alarms }: { readonly alarms: readonly Schemas['Alarm'][] }): JSX.Element {
  const urgent = alarms.filter(({ severity }) => severity !== 'info');
  const notes = alarms.filter(({ severity }) => severity === 'info');
  return (
    <section aria-label="Alarms" class="alarms">
      <p class="visually-hidden" role="status">
        {alarms.length === 0
          ? 'No alarms'
          : alarms.map(({ severity, title }) => `${severityWords[severity].word}: ${title}`).join('. ')}
      </p>
      {urgent.length === 0 ? <Notice severity="good" title="No alarms" /> : null}
      {urgent.map((alarm) => (
        <Alarm key={alarm.id} alarm={alarm} />
      ))}
      {notes.length === 0 ? null : (
        <Disclosure summary={notes.length === 1 ? `Note: ${notes[0]?.title}` : `${notes.length} notes`}>
          <div class="alarms">
            {notes.map((alarm) => (
              <Alarm key={alarm.id} alarm={alarm} />
            ))}
          </div>
        </Disclosure>
      )}
    </section>
  );
}

/** Where to go for what an alarm asks for. */
const alarmPages: Readonly<Record<string, { readonly text: string; readonly to: string }>> = {
  'instances-held': { text: 'Open the held instances', to: href('review') },
  'instances-failed': {
    text: 'Open the failed instances',
    to: href('instances', [], { state: 'failed' }),
  },
  'associations-rejected': {
    text: 'Open the refused associations',
    to: href('associations', [], { outcome: 'rejected' }),
  },
  'associations-full': { text: 'Open the associations', to: href('associations') },
  'instances-refused': {
    text: 'Open the associations with problems',
    to: href('associations', [], { outcome: 'problems' }),
  },
  'oldest-waiting': {
    text: 'Open what is on its way',
    to: href('instances', [], { state: 'received,prepared' }),
  },
  'anyone-may-call': { text: 'Open the set-up', to: href('set-up') },
  'no-backend': { text: 'Open the set-up', to: href('set-up') },
};

function Alarm({ alarm }: { readonly alarm: Schemas['Alarm'] }): JSX.Element {
  const { id, severity, title, what, todo } = alarm;
  const page = alarmPages[id];
  return (
    <Notice severity={severity} title={title}>
      <p>{what}</p>
      <p>
        <b>What to do:</b> {todo}
        {page === undefined ? null : (
          <>
            {' '}
            <a href={page.to}>{page.text}</a>
          </>
        )}
      </p>
    </Notice>
  );
}

/** A gateway nobody has sent to yet says what comes next. */
function FirstSteps({ status }: { readonly status: LiveStatus }): JSX.Element | null {
  const { sinceStart, backlog } = status;
  const known = backlog.waiting + backlog.held.instances + backlog.failed.instances;
  if ((sinceStart.received ?? 0) + (sinceStart.associations ?? 0) + known > 0) return null;
  return (
    <Notice severity="info" word="Next" title="Nothing has arrived since the gateway was started">
      <p>
        <a href={href('set-up')}>Set-up</a> says what to type into the PACS and shows at once when it reaches
        the gateway; from there a made-up image can be sent as well.
      </p>
    </Notice>
  );
}

function Tiles({ status }: { readonly status: LiveStatus }): JSX.Element {
  const { lastMinute, backlog, storage, workers, associations } = status;
  const { perSecond } = lastMinute;
  return (
    <section aria-label="Figures" class="tiles">
      <Tile
        title="In"
        value={rate(perSecond.received ?? 0)}
        unit="per second"
        more={`${bytes(perSecond.bytesIn ?? 0)} per second`}
      />
      <Tile
        title="Out"
        value={rate(perSecond.delivered ?? 0)}
        unit="per second"
        more={`${bytes(perSecond.bytesOut ?? 0)} per second`}
      />
      <Tile
        title="Waiting"
        value={count(backlog.waiting)}
        unit={backlog.waiting === 1 ? 'instance' : 'instances'}
        more={bytes(backlog.received.bytes + backlog.prepared.bytes)}
      />
      <Tile
        title="Oldest waiting"
        value={backlog.waiting === 0 ? 'none' : duration(backlog.oldestWaitingMs)}
        more={
          backlog.stale
            ? 'The ledger could not be asked just now'
            : backlog.waiting === 0
              ? 'Nothing waits'
              : 'since it was received'
        }
      />
      <Tile
        title="Held"
        value={count(backlog.held.instances)}
        tone={backlog.held.instances > 0 ? 'warning' : undefined}
        more={
          <a href={href('instances', [], { state: 'held' })}>
            {backlog.held.instances > 0 ? 'Decide' : 'Show'}
            <span class="visually-hidden"> held instances</span>
          </a>
        }
      />
      <Tile
        title="Failed"
        value={count(backlog.failed.instances)}
        tone={backlog.failed.instances > 0 ? 'critical' : undefined}
        more={
          <a href={href('instances', [], { state: 'failed' })}>
            Show<span class="visually-hidden"> failed instances</span>
          </a>
        }
      />
      <Tile
        title="Disk free"
        value={bytes(storage.freeBytes)}
        tone={storage.low ? 'critical' : undefined}
        more={
          storage.low
            ? 'Below the reserve: nothing is received'
            : `${bytes(storage.reserveBytes)} are kept in reserve`
        }
      />
      <Tile
        title="Workers"
        value={`${workers.busy} of ${workers.threads}`}
        unit="busy"
        more={
          workers.replacedLastHour > 0
            ? `${count(workers.replacedLastHour)} replaced in the last hour`
            : `${count(workers.queued)} tasks wait for one`
        }
      />
      <Tile
        title="Associations"
        value={`${associations.open} of ${associations.max}`}
        unit="open"
        more={
          <a href={href('associations')}>
            {associations.rejectedLastHour === 0 ? 'None' : count(associations.rejectedLastHour)} refused in
            the last hour
          </a>
        }
      />
      <Tile
        title="C-ECHO"
        value={count(associations.echoesLastHour)}
        unit="last hour"
        more={<a href={href('set-up')}>Tests of the connection</a>}
      />
    </section>
  );
}

interface TileProps {
  readonly title: string;
  readonly value: string;
  readonly unit?: string;
  readonly more: ComponentChildren;
  /** Marks it by color and sign; the figure says the same. */
  readonly tone?: Severity | undefined;
}

function Tile({ title, value, unit, more, tone }: TileProps): JSX.Element {
  return (
    <div class={`tile ${tone === undefined ? '' : `tile-${tone}`}`}>
      <h2>
        {title}
        {tone === undefined ? null : (
          <span class={`tile-sign ${tone}`} aria-hidden="true">
            {severityWords[tone].sign}
          </span>
        )}
      </h2>
      <p class="tile-value">
        <b>{value}</b>
        {unit === undefined ? null : <span> {unit}</span>}
      </p>
      <p class="hint">{more}</p>
    </div>
  );
}

function About({ status }: { readonly status: LiveStatus }): JSX.Element {
  const { gateway, sinceStart } = status;
  return (
    <Card title="This gateway">
      <dl class="facts">
        <div>
          <dt>AE title</dt>
          <dd>
            <code>{gateway.aeTitle}</code> on port {gateway.dimse.port}
            {gateway.dimse.tls ? ', with TLS' : ''}
          </dd>
        </div>
        <div>
          <dt>Runs for</dt>
          <dd>{duration(gateway.uptimeMs)}</dd>
        </div>
        <div>
          <dt>Received so far</dt>
          <dd>
            {instances(sinceStart.received ?? 0)}, {bytes(sinceStart.bytesIn ?? 0)}
          </dd>
        </div>
        <div>
          <dt>Delivered so far</dt>
          <dd>{instances(sinceStart.delivered ?? 0)}</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{gateway.version}</dd>
        </div>
      </dl>
      <p>
        <a href={href('set-up')}>How to connect a PACS</a>
      </p>
    </Card>
  );
}
