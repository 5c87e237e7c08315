import type { JSX } from 'preact';
import type { Schemas } from '../api/types.ts';
import { Badge, type Severity } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';

type Destination = Schemas['LiveStatus']['destinations'][number];

/** The breaker in words: after repeated failures a destination is left in peace for a while. */
const states: Readonly<
  Record<Destination['state'], { readonly tone: Severity; readonly word: string; readonly what: string }>
> = {
  closed: { tone: 'good', word: 'Takes posts', what: 'Instances are delivered as they are ready.' },
  open: {
    tone: 'critical',
    word: 'Rests',
    what: 'It failed again and again, so it is left in peace for a while. Nothing is lost: instances wait.',
  },
  'half-open': {
    tone: 'warning',
    word: 'Being tried',
    what: 'One instance is sent to see whether it works again.',
  },
};

export function Destinations({
  destinations,
}: {
  readonly destinations: readonly Destination[];
}): JSX.Element {
  return (
    <Card title="Destinations">
      {destinations.length === 0 ? (
        <p class="empty">
          No backend is configured: instances are received and kept, and nothing is delivered.
        </p>
      ) : null}
      <ul class="destinations">
        {destinations.map((destination) => (
          <Entry key={destination.name} destination={destination} />
        ))}
      </ul>
    </Card>
  );
}

function Entry({ destination }: { readonly destination: Destination }): JSX.Element {
  const { name, state, lastCode, lastHttpStatus, lastPostAt, since, retryAt } = destination;
  const { tone, word, what } = states[state];
  return (
    <li>
      <h3>
        {name} <Badge tone={tone}>{word}</Badge>
      </h3>
      <p class="hint">
        {what}
        {state === 'open' && since !== null ? (
          <>
            {' '}
            Since <Time at={since} />.
          </>
        ) : null}
        {state === 'open' && retryAt !== null ? (
          <>
            {' '}
            It is tried again at <Time at={retryAt} />.
          </>
        ) : null}
      </p>
      <p class="hint">
        {lastPostAt === null ? (
          'Nothing was posted yet.'
        ) : (
          <>
            Last post at <Time at={lastPostAt} />
            {lastHttpStatus === null ? '' : `, answered ${lastHttpStatus}`}
            {lastCode === null ? '.' : ', code '}
            {lastCode === null ? null : <code>{lastCode}</code>}
          </>
        )}
      </p>
    </li>
  );
}
