import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { get } from '../api/client.ts';
import { asApiError, useResource } from '../api/use-resource.ts';
import { ActionDialog } from '../instances/action-dialog.tsx';
import {
  boxCount,
  canBe,
  type Instance,
  type InstanceAction,
  stateWords,
} from '../instances/instance-words.ts';
import { Reason, StateBadge } from '../instances/parts.tsx';
import { go, href } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';

/** Why it is held, by which profile, and what a person can decide. */
export function DecisionCard({
  instance,
  boxes,
  unused = 0,
  onRelease,
  onActed,
}: {
  readonly instance: Instance;
  /** How many would be blanked. */
  readonly boxes: number;
  /** Of them, how many a release as it is would not blank. */
  readonly unused?: number;
  readonly onRelease: () => void;
  readonly onActed: () => void;
}): JSX.Element {
  const [asked, setAsked] = useState<InstanceAction>();
  const { state } = instance;
  return (
    <Card
      class="decision"
      title={
        <>
          <StateBadge state={state} /> {stateWords[state].text}
        </>
      }
      actions={<NextHeld after={instance.id} />}
    >
      <Reason of={instance} />
      <ProfileLine callingAeTitle={instance.callingAeTitle} />
      <div class="actions decisions">
        {instance.releasable ? (
          <Button kind={boxes === 0 ? 'plain' : 'primary'} needs="operate" onClick={onRelease}>
            {boxes === 0
              ? 'Release, nothing blanked'
              : `Release with ${boxes === 1 ? 'this box' : `these ${boxes} boxes`}`}
          </Button>
        ) : null}
        {canBe('release', instance) ? (
          <Button needs="operate" onClick={() => setAsked('release')}>
            Release as it is
          </Button>
        ) : null}
        {canBe('retry', instance) ? (
          <Button needs="operate" onClick={() => setAsked('retry')}>
            Retry
          </Button>
        ) : null}
        {canBe('discard', instance) ? (
          <Button kind="danger" needs="operate" onClick={() => setAsked('discard')}>
            Discard
          </Button>
        ) : null}
      </div>
      {instance.releasable ? (
        <p class="hint">
          {boxes === 0
            ? 'Draw boxes over what names the patient, then release with them. “Nothing blanked” says that you looked and that no text has to go; “as it is” accepts the reason above. Each tells what leaves before it does anything.'
            : 'With boxes, what they cover is blanked. “As it is” does not use them. Each tells what leaves before it does anything.'}
        </p>
      ) : null}
      {asked === undefined ? null : (
        <ActionDialog
          action={asked}
          instances={[instance]}
          brief
          warning={
            asked === 'release' && unused > 0
              ? `The ${boxCount(unused)} on this page ${unused === 1 ? 'is' : 'are'} not used. To blank ${unused === 1 ? 'it' : 'them'}, release with ${unused === 1 ? 'this box' : 'these boxes'}.`
              : undefined
          }
          onClose={(acted) => {
            setAsked(undefined);
            if (acted) onActed();
          }}
        />
      )}
    </Card>
  );
}

/** The profile that treats what this AE title sends, as it is now. */
function ProfileLine({ callingAeTitle }: { readonly callingAeTitle: string }): JSX.Element | null {
  const { data } = useResource((signal) => get('/api/profiles', { signal }), []);
  const profile =
    data?.profiles.find(({ callingAeTitles }) => callingAeTitles.includes(callingAeTitle)) ??
    data?.profiles.find(({ standard }) => standard);
  if (profile === undefined) return null;
  return (
    <p>
      Sent by <b>{callingAeTitle}</b>, de-identified by profile{' '}
      <a href={href('profiles', [profile.name], { ae: callingAeTitle })}>{profile.name}</a>.
    </p>
  );
}

/** Goes to the next instance that waits, in order of arrival; after the last one from the first again. */
export function NextHeld({ after }: { readonly after: string }): JSX.Element {
  const [told, setTold] = useState<string>();
  const [busy, setBusy] = useState(false);
  const next = async (): Promise<void> => {
    setBusy(true);
    setTold(undefined);
    try {
      const query = { state: 'held', order: 'oldest', limit: 2 } as const;
      const later = await get('/api/instances', { query: { ...query, after } });
      const first = later.instances.length > 0 ? later : await get('/api/instances', { query });
      const found = first.instances.find(({ id }) => id !== after);
      if (found === undefined) setTold('No other instance is held.');
      else go(href('review', [found.id]));
    } catch (error) {
      setTold(asApiError(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <span role="status" class="hint">
        {told}
      </span>
      <Button busy={busy} onClick={() => void next()}>
        Next held instance →
      </Button>
    </>
  );
}

/** Said once a decision was taken, with where to go on. */
export function Decided({
  instance,
  byOther = false,
  onBack,
}: {
  readonly instance: Instance;
  /** It was not this page that decided. */
  readonly byOther?: boolean;
  readonly onBack?: () => void;
}): JSX.Element {
  const words: Readonly<Record<Instance['state'], string>> = {
    received: 'It is being processed again.',
    prepared: 'It is de-identified and on its way to the backend.',
    delivered: 'It is delivered.',
    held: 'It is held.',
    failed: 'It failed.',
    discarded: 'It is discarded; its bytes are removed.',
  };
  return (
    <div role="status">
      <Notice
        severity={instance.state === 'failed' || byOther ? 'warning' : 'good'}
        title={byOther ? `Somebody else decided meanwhile. ${words[instance.state]}` : words[instance.state]}
      >
        {byOther ? (
          <p>
            What you drew here was not used. The{' '}
            <a href={href('audit', [], { objectId: instance.id })}>audit trail</a> says who it was.
          </p>
        ) : null}
        <p>
          <a href={href('instances', [instance.id])}>Show the instance</a>
          {onBack === undefined ? null : <Button onClick={onBack}>Back</Button>}
        </p>
      </Notice>
    </div>
  );
}
