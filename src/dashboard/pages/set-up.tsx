import type { JSX } from 'preact';
import { get } from '../api/client.ts';
import { useRight } from '../api/session.ts';
import type { Schemas } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { href, type Route } from '../shell/router.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Loaded } from '../ui/data.tsx';
import { begun } from '../ui/figures.ts';
import { severityWords } from '../ui/notice.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Reached } from './set-up-reached.tsx';
import { EchoTest, SendTest } from './set-up-tests.tsx';
import './set-up.css';

const checkEveryMs = 15_000;

export function SetUpPage(_: { readonly route: Route }): JSX.Element {
  const resource = useResource((signal) => get('/api/setup', { signal }), [], checkEveryMs);
  const admin = useRight('admin');
  return (
    <Page
      title="Set-up"
      lead={
        <>Connect a PACS in three steps: type these things into it, press its test button, send a study.</>
      }
      actions={
        admin ? (
          <a class="file-link" href={href('configuration')}>
            All options
          </a>
        ) : undefined
      }
    >
      <Loaded resource={resource}>
        {(setup) => (
          <div class="columns">
            <TypeIn setup={setup} />
            <Checks setup={setup} />
          </div>
        )}
      </Loaded>
      <Reached aeTitle={resource.data?.aeTitle} />
      <Card title="3. Send a study">
        <p>
          Send one from the PACS to the new destination, and watch it under{' '}
          <a href={href('studies')}>Studies</a>. If the PACS tells of a failure,{' '}
          <a href={href('associations')}>Associations</a> has the same call with its reason and what to
          change. What the gateway does not let out by itself waits under <a href={href('review')}>Review</a>.
        </p>
      </Card>
      <div class="columns">
        <SendTest />
        <EchoTest />
      </div>
    </Page>
  );
}

function TypeIn({ setup }: { readonly setup: Schemas['Setup'] }): JSX.Element {
  const { aeTitle, addresses, host, port, tls, callingPeers } = setup;
  const hosts = addresses.length === 0 ? [host] : addresses;
  return (
    <Card title="1. Type this into the PACS">
      <p class="hint">
        In its list of destinations (also called nodes, remote AEs or DICOM receivers), make a new one:
      </p>
      <dl class="type-in">
        <Value term="AE title" hint="The name the gateway is called by; capitals matter" values={[aeTitle]} />
        <Value
          term="Host"
          hint={hosts.length > 1 ? 'The first one that the PACS can reach' : 'The address of this machine'}
          values={hosts}
        />
        <Value term="Port" hint="A number between 1 and 65535" values={[String(port)]} />
        <div>
          <dt>TLS</dt>
          <dd>
            {tls ? 'On: the PACS has to use encryption (secure DICOM)' : 'Off: the PACS uses plain DICOM'}
          </dd>
        </div>
      </dl>
      <p class="hint">
        {callingPeers.length === 0
          ? 'The gateway takes calls of every AE title.'
          : `The gateway takes calls of these AE titles alone: ${callingPeers.join(', ')}. The PACS has to call itself one of them.`}
      </p>
    </Card>
  );
}

function Value({
  term,
  hint,
  values,
}: {
  readonly term: string;
  readonly hint: string;
  readonly values: readonly string[];
}): JSX.Element {
  return (
    <div>
      <dt>
        {term}
        <span class="hint">{hint}</span>
      </dt>
      <dd>
        {values.map((value) => (
          <span key={value} class="type-in-value">
            <code>{value}</code>
            <CopyButton text={value} what={`${term} ${value}`} />
          </span>
        ))}
      </dd>
    </div>
  );
}

function Checks({ setup: { checks } }: { readonly setup: Schemas['Setup'] }): JSX.Element {
  const open = checks.filter(({ ok }) => !ok).length;
  return (
    <Card title="What is ready">
      <p class="hint" role="status">
        {open === 0 ? 'All is ready.' : `${open} of ${checks.length} are not ready yet.`}
      </p>
      <ul class="checks">
        {checks.map(({ id, ok, what, todo }) => (
          <li key={id} class={ok ? 'good' : 'warning'}>
            <span class="check-sign" aria-hidden="true">
              {severityWords[ok ? 'good' : 'warning'].sign}
            </span>
            <div>
              <span class="visually-hidden">{ok ? 'Ready: ' : 'Not ready: '}</span>
              {begun(what)}
              {todo === null ? null : <p class="hint">{begun(todo)}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
