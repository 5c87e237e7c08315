import t from 'tap';
import { bucketsOf, type LiveHistory, withLatest } from '../../src/dashboard/pages/live-series.ts';
import { bytes, duration, instances, rate } from '../../src/dashboard/ui/figures.ts';

const minute = 60_000;
/** Ten slots of ten seconds from the given time, with 1 to 10 received; the day alike, by minutes. */
function history(from: number): LiveHistory {
  const series = (stepMs: number) => ({
    stepMs,
    from,
    points: 10,
    counts: { received: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
  });
  return { hour: series(10_000), day: series(minute) };
}
const slot = (at: number, received: number) => ({ at, counts: { received } });

t.test('the slot that runs replaces the last point, or comes after it and the oldest goes', async (t) => {
  const from = 100 * minute;
  const grown = withLatest(history(from), {
    hour: slot(from + 90_000, 50),
    day: slot(from + 9 * minute, 60),
  });
  t.same(grown?.hour.counts.received, [1, 2, 3, 4, 5, 6, 7, 8, 9, 50]);
  t.equal(grown?.hour.from, from);
  const moved = withLatest(history(from), {
    hour: slot(from + 100_000, 11),
    day: slot(from + 9 * minute, 10),
  });
  t.same(moved?.hour.counts.received, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  t.equal(moved?.hour.from, from + 10_000);
  t.equal(moved?.day.from, from);
});

t.test('where points are missing in between, the history has to be asked for anew', async (t) => {
  const from = 100 * minute;
  const day = slot(from + 9 * minute, 1);
  t.equal(withLatest(history(from), { hour: slot(from + 110_000, 1), day }), undefined);
  t.equal(withLatest(history(from), { hour: slot(from - 10_000, 1), day }), undefined);
});

t.test('buckets are sums over whole minutes; one whose beginning is not known is left out', async (t) => {
  // Begins twenty seconds into a minute: four slots of it are known, and not shown.
  const { times, sums, bucketMs } = bucketsOf(history(100 * minute + 20_000), 'hour', ['received', 'held']);
  t.equal(bucketMs, minute);
  t.same(times, [101 * 60]);
  t.same(sums, { received: [5 + 6 + 7 + 8 + 9 + 10], held: [0] });
  const whole = bucketsOf(history(100 * minute), 'hour', ['received']);
  t.same(whole.sums.received, [21, 34]);
});

t.test('figures in words', async (t) => {
  // Separators are those of the machine's language.
  const told = <T>(values: readonly T[], say: (value: T) => string): string[] =>
    values.map((value) => say(value).replace(',', '.'));
  t.same(told([0, 1, 570.8, 999, 1000, 3_516_000, 25_400_000_000], bytes), [
    '0 bytes',
    '1 byte',
    '571 bytes',
    '999 bytes',
    '1 kB',
    '3.5 MB',
    '25.4 GB',
  ]);
  t.same(told([0, 400, 1600, 59_000, 214_000, 3_600_000, 187_000_000], duration), [
    '0 ms',
    '400 ms',
    '1.6 s',
    '59 s',
    '3 min 34 s',
    '1 h',
    '2 d 3 h',
  ]);
  t.same(told([0, 0.04, 6.28, 125.4], rate), ['0', '0', '6.3', '125']);
  t.same(told([1, 2000], instances), ['1 instance', '2.000 instances']);
});
