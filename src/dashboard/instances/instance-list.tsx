import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { href } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data.tsx';
import { bytes } from '../ui/figures.ts';
import { Time } from '../ui/time.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { canBe, type Instance, type InstanceAction, instanceCount, isAboutPixels } from './instance-words.ts';
import { InstanceLink, Kind, Reason, StateBadge, StudyLink } from './parts.tsx';

export interface InstanceListProps {
  readonly instances: readonly Instance[];
  /** Left out where all are of one study. */
  readonly withStudy?: boolean;
  readonly empty: string;
  /** Lists have to be read again: something was done. */
  readonly onActed: () => void;
}

/** Instances with boxes to choose several, and what can be done to those chosen. */
export function InstanceList({
  instances,
  withStudy = true,
  empty,
  onActed,
}: InstanceListProps): JSX.Element {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<{ action: InstanceAction; instances: readonly Instance[] }>();
  const choosable = instances.filter((instance) => canBe('discard', instance));
  const ids = instances.map(({ id }) => id).join();
  // What is no longer on the page cannot be seen, and is not to be acted upon.
  useEffect(
    () => setChosen((now) => new Set(choosable.map(({ id }) => id).filter((id) => now.has(id)))),
    [ids],
  );
  const picked = choosable.filter(({ id }) => chosen.has(id));
  const all = picked.length === choosable.length && choosable.length > 0;
  const choose = (id: string, on: boolean): void =>
    setChosen((now) => {
      const next = new Set(now);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  return (
    <div class="instance-list">
      {choosable.length === 0 ? null : (
        <div class="bulk">
          <label class="choose">
            <input
              type="checkbox"
              checked={all}
              onChange={(event) =>
                setChosen(new Set(event.currentTarget.checked ? choosable.map(({ id }) => id) : []))
              }
            />
            <span>All that wait for a person on this page</span>
          </label>
          <span role="status">{picked.length === 0 ? '' : `${instanceCount(picked.length)} chosen`}</span>
          <div class="actions">
            {(['retry', 'release', 'discard'] as const).map((action) => (
              <Button
                key={action}
                kind={action === 'discard' ? 'danger' : 'plain'}
                needs="operate"
                disabled={!picked.some((instance) => canBe(action, instance))}
                onClick={() => setAsked({ action, instances: picked })}
              >
                {bulkWords[action]}
              </Button>
            ))}
          </div>
        </div>
      )}
      <DataTable
        caption="Instances"
        rows={instances}
        rowKey={({ id }) => id}
        empty={empty}
        columns={[
          {
            title: 'Instance',
            cell: (instance) => (
              <>
                <span class="choose">
                  {canBe('discard', instance) ? (
                    <input
                      type="checkbox"
                      aria-label={`Choose instance ${instance.id}`}
                      checked={chosen.has(instance.id)}
                      onChange={(event) => choose(instance.id, event.currentTarget.checked)}
                    />
                  ) : null}
                  <InstanceLink id={instance.id} />
                </span>
                <Kind of={instance} />
              </>
            ),
          },
          { title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
          { title: 'Why, and what to do', cell: (instance) => <WhyCell instance={instance} /> },
          { title: 'From', cell: ({ callingAeTitle }) => <span class="word">{callingAeTitle}</span> },
          ...(withStudy
            ? [
                {
                  title: 'Study',
                  cell: ({ studyPseudonym }: Instance) =>
                    studyPseudonym === null ? '–' : <StudyLink pseudonym={studyPseudonym} />,
                },
              ]
            : []),
          { title: 'Received', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
          {
            title: 'Size',
            numeric: true,
            cell: ({ sizeBytes }) => <span class="word">{bytes(sizeBytes)}</span>,
          },
        ]}
      />
      {asked === undefined ? null : (
        <ActionDialog
          action={asked.action}
          instances={asked.instances}
          onClose={(acted) => {
            setAsked(undefined);
            if (acted) onActed();
          }}
        />
      )}
    </div>
  );
}

const bulkWords: Readonly<Record<InstanceAction, string>> = {
  retry: 'Retry chosen',
  release: 'Release chosen as they are',
  discard: 'Discard chosen',
};

function WhyCell({ instance }: { readonly instance: Instance }): JSX.Element {
  return (
    <>
      <Reason of={instance} />
      {instance.state === 'held' && isAboutPixels(instance.code) ? (
        <a href={href('review', [instance.id])}>Review its pixels</a>
      ) : null}
      {instance.code === null && instance.nextAttemptAt !== null ? (
        <span class="hint">
          due <Time at={instance.nextAttemptAt} />
        </span>
      ) : null}
    </>
  );
}
