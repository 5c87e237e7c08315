import type { LiveStatus, Schemas } from '../api/types.ts';

export type Period = 'hour' | 'day';
export type LiveHistory = Schemas['LiveHistory'];
type Series = Schemas['LiveSeries'];

/** What is charted: sums over buckets of equal length, the last one still growing. */
export interface Buckets {
  /** Start of each, in epoch seconds. */
  readonly times: readonly number[];
  readonly bucketMs: number;
  readonly sums: Readonly<Record<string, readonly number[]>>;
}

/** A minute of the last hour, ten minutes of the last day: enough to see, few enough to read as a table. */
const bucketMs: Readonly<Record<Period, number>> = { hour: 60_000, day: 600_000 };

/**
 * The history with the slot that runs now put in: it replaces the last point or comes after it, and the oldest goes.
 * Undefined where points are missing in between and the history has to be asked for anew.
 */
export function withLatest(history: LiveHistory, latest: LiveStatus['latest']): LiveHistory | undefined {
  const hour = seriesWith(history.hour, latest.hour);
  const day = seriesWith(history.day, latest.day);
  return hour === undefined || day === undefined ? undefined : { hour, day };
}

function seriesWith(series: Series, slot: Schemas['LiveSlot']): Series | undefined {
  const index = Math.round((slot.at - series.from) / series.stepMs);
  if (index < 0 || index > series.points) return undefined;
  const shift = index === series.points ? 1 : 0;
  const counts = Object.fromEntries(
    Object.entries(series.counts).map(([name, values]) => {
      const next = shift === 1 ? [...values.slice(1), 0] : [...values];
      next[index - shift] = slot.counts[name as keyof typeof slot.counts] ?? 0;
      return [name, next];
    }),
  );
  return { ...series, from: series.from + shift * series.stepMs, counts };
}

/** Sums of the named counts. A bucket whose beginning is older than the history is left out. */
export function bucketsOf(history: LiveHistory, period: Period, names: readonly string[]): Buckets {
  const series = history[period];
  const size = bucketMs[period];
  const first = Math.ceil(series.from / size);
  const last = Math.floor((series.from + (series.points - 1) * series.stepMs) / size);
  const length = Math.max(0, last - first + 1);
  const sums: Record<string, number[]> = Object.fromEntries(
    names.map((name) => [name, new Array<number>(length).fill(0)]),
  );
  for (const name of names) {
    const into = sums[name] ?? [];
    for (const [index, value] of (series.counts[name] ?? []).entries()) {
      const bucket = Math.floor((series.from + index * series.stepMs) / size) - first;
      if (bucket >= 0) into[bucket] = (into[bucket] ?? 0) + value;
    }
  }
  return {
    times: Array.from({ length }, (_, index) => ((first + index) * size) / 1000),
    bucketMs: size,
    sums,
  };
}
