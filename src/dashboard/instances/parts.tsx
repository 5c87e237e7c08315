import type { JSX } from 'preact';
import type { Schemas } from '../api/types.ts';
import { href } from '../shell/router.ts';
import { Badge } from '../ui/notice.tsx';
import { isState, shortId, stateWords } from './instance-words.ts';
import { kindOf } from './uid-names.ts';

export function StateBadge({ state }: { readonly state: string }): JSX.Element {
  if (!isState(state)) return <Badge tone="neutral">{state}</Badge>;
  const { title, tone } = stateWords[state];
  return <Badge tone={tone}>{title}</Badge>;
}

/** Why something waits, in words, with what to do; the code for those who look it up. */
export function Reason({
  of,
}: {
  readonly of: Pick<Schemas['Instance'], 'code' | 'reason' | 'advice'> & { readonly detail?: string | null };
}): JSX.Element | null {
  if (of.code === null && of.reason === null) return null;
  return (
    <div class="reason">
      {of.reason === null ? null : <p>{sentence(of.reason)}</p>}
      {of.advice === null ? null : <p class="hint">What to do: {of.advice}.</p>}
      {of.code === null ? null : (
        <p class="hint">
          <code>{of.code}</code>
          {of.detail === null || of.detail === undefined ? null : ` (${of.detail})`}
        </p>
      )}
    </div>
  );
}

export function InstanceLink({ id }: { readonly id: string }): JSX.Element {
  return (
    <a href={href('instances', [id])} class="mono word" title={id}>
      {shortId(id)}
    </a>
  );
}

/** "CT Image": what kind of object it is, where the standard has a name for it. */
export function Kind({ of }: { readonly of: Pick<Schemas['Instance'], 'sopClassUid'> }): JSX.Element | null {
  const name = kindOf(of.sopClassUid);
  return name === undefined ? null : <p class="hint kind">{name}</p>;
}

export function StudyLink({ pseudonym }: { readonly pseudonym: string }): JSX.Element {
  return (
    <a href={href('studies', [pseudonym])} class="mono">
      {pseudonym}
    </a>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
