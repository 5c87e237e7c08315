import type { JSX } from 'preact';

const dayTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** A time of this computer's zone; the whole of it, with the zone, as tool tip. Of today without the date. */
export function Time({ at }: { readonly at: string | number | null }): JSX.Element {
  if (at === null) return <span>–</span>;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>–</span>;
  const today = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={date.toISOString()} title={full.format(date)}>
      {(today ? time : dayTime).format(date)}
    </time>
  );
}
