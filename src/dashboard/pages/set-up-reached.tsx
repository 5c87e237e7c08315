import type { JSX } from 'preact';
import { type Reached as ReachedEntry, useReached } from '../api/associations.ts';
import { Loaded } from '../ui/data.tsx';
import { count } from '../ui/figures.ts';
import { Badge, Notice } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { Fix } from './association-entry.tsx';

const shown = 12;

/** What reached the port, as it happens: the answer to "does my PACS reach it?". */
export function Reached({ aeTitle }: { readonly aeTitle: string | undefined }): JSX.Element {
  const resource = useReached();
  return (
    <Card title="2. Press the test button of the PACS">
      <p class="hint">
        It is often called <i>Verify</i>, <i>Echo</i> or <i>Ping</i>, and sends a C-ECHO: the question “are
        you there?”. It shows here at once, and so does a call that was refused or failed, with what to
        change.
      </p>
      <Loaded resource={resource}>
        {(all) => (
          <>
            <div role="status">
              <Latest entry={all[0]} aeTitle={aeTitle} />
            </div>
            <ol class="reached">
              {/* What the notice above says of a call that failed is not said twice. */}
              {all.slice(all[0]?.kind === 'echo' ? 0 : 1, shown).map((entry) => (
                <li key={entry.id}>
                  <Entry entry={entry} />
                </li>
              ))}
            </ol>
            {all.length <= shown ? null : <p class="hint">The last {count(shown)} are shown.</p>}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Latest({
  entry,
  aeTitle,
}: {
  readonly entry: ReachedEntry | undefined;
  readonly aeTitle: string | undefined;
}): JSX.Element {
  if (entry === undefined)
    return (
      <Notice severity="info" title="Nobody has tested the connection yet. Waiting for the first one…" />
    );
  if (entry.kind === 'connection')
    return (
      <Notice
        severity="warning"
        title={`${entry.connection.address} reached the port, and no DICOM connection came of it`}
      >
        <WhatAndFix {...entry.connection} />
      </Notice>
    );
  if (entry.kind === 'refused') {
    const { callingAeTitle, address, rejection } = entry.association;
    return (
      <Notice
        severity="warning"
        title={`${callingAeTitle === '' ? 'A sender without AE title' : callingAeTitle} at ${address} reached the gateway and was refused`}
      >
        {rejection === null ? null : <WhatAndFix {...rejection} />}
      </Notice>
    );
  }
  const { callingAeTitle, calledAeTitle, address } = entry.echo;
  return (
    <Notice severity="good" title={`${callingAeTitle} at ${address} reached the gateway`}>
      <p>
        At <Time at={entry.at} /> it asked “are you there?” and was answered Success. Next: send a study from
        it.
      </p>
      {aeTitle === undefined || calledAeTitle === aeTitle ? null : (
        <p>
          It called <code>{calledAeTitle}</code>, and the gateway is named <code>{aeTitle}</code>: correct the
          AE title in the PACS.
        </p>
      )}
    </Notice>
  );
}

function WhatAndFix({ what, fix }: { readonly what: string; readonly fix: string }): JSX.Element {
  return (
    <>
      <p>
        <b>What happened:</b> {what}
      </p>
      <p>
        <b>How do I fix it?</b> {fix}
      </p>
    </>
  );
}

function Entry({ entry }: { readonly entry: ReachedEntry }): JSX.Element {
  if (entry.kind === 'echo') {
    const { callingAeTitle, address, tls } = entry.echo;
    return (
      <p class="reached-line">
        <Badge tone="good">C-ECHO</Badge> <b>{callingAeTitle}</b> <span class="hint">{address}</span>
        {tls ? <span class="hint">by TLS</span> : null}
        <span class="hint">
          <Time at={entry.at} />
        </span>
      </p>
    );
  }
  if (entry.kind === 'refused') {
    const { callingAeTitle, address, rejection } = entry.association;
    return (
      <>
        <p class="reached-line">
          <Badge tone="critical">Refused</Badge> <b>{callingAeTitle}</b> <span class="hint">{address}</span>
          {rejection === null || rejection.count === 1 ? null : (
            <span class="hint">{count(rejection.count)} times</span>
          )}
          <span class="hint">
            <Time at={entry.at} />
          </span>
        </p>
        {rejection === null ? null : <Fix what={rejection.what} fix={rejection.fix} />}
      </>
    );
  }
  const { address, count: times, what, fix } = entry.connection;
  return (
    <>
      <p class="reached-line">
        <Badge tone="warning">No connection</Badge> <b>{address}</b>
        {times > 1 ? <span class="hint">{count(times)} times</span> : null}
        <span class="hint">
          <Time at={entry.at} />
        </span>
      </p>
      <Fix what={what} fix={fix} />
    </>
  );
}
