import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { get, urlOf } from '../api/client.ts';
import { useRight } from '../api/session.ts';
import { useResource } from '../api/use-resource.ts';
import { ReportCard } from '../report/report-card.tsx';
import { href } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { Facts, Loaded } from '../ui/data.tsx';
import { bytes } from '../ui/figures.ts';
import { Notice } from '../ui/notice.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { ActionDialog } from './action-dialog.tsx';
import {
  boxCount,
  canBe,
  type Instance,
  type InstanceAction,
  shortId,
  stateWords,
} from './instance-words.ts';
import { Reason, StateBadge, StudyLink } from './parts.tsx';
import { encodingOf, kindOf } from './uid-names.ts';

/** One instance: where it is, why, what can be done, what de-identification does to it. */
export function InstanceDetail({ id }: { readonly id: string }): JSX.Element {
  const instance = useResource((signal) => get('/api/instances/{id}', { path: { id }, signal }), [id], 5000);
  const [asked, setAsked] = useState<InstanceAction>();
  const mayIdentify = useRight('identify');
  return (
    <Page title={`Instance ${shortId(id)}`} lead={<a href={href('instances')}>All instances</a>}>
      <Loaded resource={instance}>
        {(data) => (
          <>
            <Card
              title={
                <>
                  <StateBadge state={data.state} /> {stateWords[data.state].text}
                </>
              }
              actions={
                <>
                  {hasBytes(data) ? (
                    <a class="file-link" href={href('review', [id])}>
                      Look at its pixels
                    </a>
                  ) : null}
                  {(['retry', 'release', 'discard'] as const)
                    .filter((action) => canBe(action, data))
                    .map((action) => (
                      <Button
                        key={action}
                        kind={action === 'discard' ? 'danger' : 'plain'}
                        needs="operate"
                        onClick={() => setAsked(action)}
                      >
                        {{ retry: 'Retry', release: 'Release as it is', discard: 'Discard' }[action]}
                      </Button>
                    ))}
                </>
              }
            >
              <Reason of={data} />
              <InstanceFacts instance={data} />
              {hasBytes(data) ? (
                <p class="original">
                  {mayIdentify ? (
                    <a href={urlOf('/api/instances/{id}/original', { id })} download={`${id}.dcm`}>
                      Download as received, with its identifiers
                    </a>
                  ) : (
                    'The instance as received is given to those with the right identify alone.'
                  )}{' '}
                  <span class="hint">Each download is written to the audit trail.</span>
                </p>
              ) : (
                <Notice severity="info" title="Its bytes are no longer here">
                  <p>
                    Originals are removed once delivered or discarded, so it can neither be looked at nor
                    processed again.
                  </p>
                </Notice>
              )}
            </Card>
            <ReportCard
              title={`What de-identification ${data.state === 'delivered' ? 'did' : 'does'} to it`}
              ask={(signal) => get('/api/instances/{id}/report', { path: { id }, signal })}
              inputs={[id, data.state, data.updatedAt]}
            />
            {asked === undefined ? null : (
              <ActionDialog
                action={asked}
                instances={[data]}
                brief
                onClose={(acted) => {
                  setAsked(undefined);
                  if (acted) instance.reload();
                }}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Originals exist as long as something may still be made of them. */
function hasBytes({ state }: Instance): boolean {
  return state !== 'delivered' && state !== 'discarded';
}

function InstanceFacts({ instance }: { readonly instance: Instance }): JSX.Element {
  const found = instance.boxes.length + instance.boxesLeftOut;
  return (
    <Facts
      facts={[
        ['Id', <code key="id">{instance.id}</code>],
        ['From', instance.callingAeTitle],
        ['Received', <Time key="received" at={instance.receivedAt} />],
        ['Last change', <Time key="updated" at={instance.updatedAt} />],
        ...(instance.nextAttemptAt === null
          ? []
          : [['Next attempt', <Time key="next" at={instance.nextAttemptAt} />] as const]),
        ['Attempts', instance.attempts],
        [
          'Study',
          instance.studyPseudonym === null ? (
            'not known yet'
          ) : (
            <StudyLink key="study" pseudonym={instance.studyPseudonym} />
          ),
        ],
        [
          'Series',
          instance.seriesPseudonym === null ? (
            'not known yet'
          ) : (
            <code key="series">{instance.seriesPseudonym}</code>
          ),
        ],
        [
          'Kind of object (SOP Class)',
          <NamedUid key="sop" name={kindOf(instance.sopClassUid)} uid={instance.sopClassUid} />,
        ],
        [
          'Encoding (transfer syntax)',
          <NamedUid
            key="syntax"
            name={encodingOf(instance.transferSyntaxUid)}
            uid={instance.transferSyntaxUid}
          />,
        ],
        ['Size', bytes(instance.sizeBytes)],
        ['Revision', instance.revision],
        ['Found in the pixels', found === 0 ? 'nothing written down' : boxCount(found)],
        [
          'Drawn by a person',
          instance.drawnBoxes === null
            ? 'nobody drew boxes'
            : instance.drawnBoxes.length === 0
              ? 'nothing is to be blanked'
              : boxCount(instance.drawnBoxes.length),
        ],
        [
          'Reasons a person accepted',
          instance.releasedCodes.length === 0 ? 'none' : instance.releasedCodes.join(', '),
        ],
      ]}
    />
  );
}

function NamedUid({ name, uid }: { readonly name: string | undefined; readonly uid: string }): JSX.Element {
  return (
    <>
      {name === undefined ? 'unknown or private' : name} <code class="tag">{uid}</code>
    </>
  );
}
