import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { get } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { type Resource, useResource } from '../api/use-resource.ts';
import { type Instance, shortId } from '../instances/instance-words.ts';
import { ReportCard } from '../report/report-card.tsx';
import { href } from '../shell/router.ts';
import { Loaded } from '../ui/data.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Decided, DecisionCard, NextHeld } from './decision-card.tsx';
import { Workbench } from './workbench.tsx';

/** One instance before the eyes of the person who decides. */
export function ReviewInstance({ id }: { readonly id: string }): JSX.Element {
  const instance = useResource((signal) => get('/api/instances/{id}', { path: { id }, signal }), [id], 3000);
  // Seen held by this page, and not decided here: somebody else was quicker.
  const wasHeld = useRef(false);
  const [decided, setDecided] = useState(false);
  if (instance.data?.state === 'held') wasHeld.current = true;
  const byOther = wasHeld.current && !decided;
  const acted = (): void => {
    setDecided(true);
    instance.reload();
  };
  const frames = useResource((signal) => get('/api/instances/{id}/frames', { path: { id }, signal }), [id]);
  return (
    <Page
      title="Review"
      lead={
        <>
          Instance{' '}
          <a class="mono" href={href('instances', [id])}>
            {shortId(id)}
          </a>{' '}
          · <a href={href('review')}>All that wait</a>
        </>
      }
    >
      <Loaded resource={instance}>
        {(data) =>
          isGone(data) ? (
            <>
              <Decided instance={data} byOther={byOther} />
              <div class="actions">
                <NextHeld after={id} />
              </div>
            </>
          ) : (
            <Shown instance={data} byOther={byOther} frames={frames} onActed={acted} />
          )
        }
      </Loaded>
      {instance.data === undefined ? null : (
        <ReportCard
          title={`What de-identification ${instance.data.state === 'delivered' ? 'did' : 'does'} to it`}
          ask={(signal) => get('/api/instances/{id}/report', { path: { id }, signal })}
          inputs={[id, instance.data.state, instance.data.updatedAt]}
        />
      )}
    </Page>
  );
}

function Shown({
  instance,
  byOther,
  frames,
  onActed,
}: {
  readonly instance: Instance;
  readonly byOther: boolean;
  readonly frames: Resource<Schemas['FrameInfo']>;
  readonly onActed: () => void;
}): JSX.Element {
  const { state, updatedAt } = instance;
  return (
    <>
      {state === 'received' || state === 'prepared' ? (
        <Decided instance={instance} byOther={byOther} />
      ) : null}
      {frames.error === undefined ? null : (
        <>
          <DecisionCard instance={instance} boxes={0} onRelease={onActed} onActed={onActed} />
          <Notice severity="info" title={`There is no picture of it: ${frames.error.message}`}>
            {frames.error.advice === undefined ? null : <p>{frames.error.advice}</p>}
          </Notice>
        </>
      )}
      {frames.data === undefined ? null : (
        <Workbench
          key={`${instance.id} ${state === 'held' ? updatedAt : state}`}
          instance={instance}
          info={frames.data}
          onActed={onActed}
        />
      )}
      {frames.loading && frames.data === undefined ? <p class="wait">Loading…</p> : null}
    </>
  );
}

/** Delivered and discarded instances have no bytes to look at. */
function isGone({ state }: Instance): boolean {
  return state === 'delivered' || state === 'discarded';
}
