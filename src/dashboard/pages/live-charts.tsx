import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { get } from '../api/client.ts';
import { live } from '../api/live.ts';
import { useResource } from '../api/use-resource.ts';
import { useStore } from '../store.ts';
import { Chart } from '../ui/chart.tsx';
import { Loaded } from '../ui/data.tsx';
import { bytes, count } from '../ui/figures.ts';
import { Card } from '../ui/page.tsx';
import { type Buckets, bucketsOf, type LiveHistory, type Period, withLatest } from './live-series.ts';

const names = ['received', 'delivered', 'held', 'failed', 'bytesIn', 'bytesOut'];
const spans: Readonly<Record<Period, { readonly title: string; readonly step: string }>> = {
  hour: { title: 'Last hour', step: 'minute' },
  day: { title: 'Last day', step: 'ten minutes' },
};
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** What came in and went out, over the last hour or the last day; grows with the figures of each status. */
export function LiveCharts(): JSX.Element {
  const [period, setPeriod] = useState<Period>('hour');
  const epoch = useStore(live, (state) => state.epoch);
  const latest = useStore(live, (state) => state.status?.latest);
  const resource = useResource((signal) => get('/api/status/history', { signal }), [epoch]);
  const [history, setHistory] = useState<LiveHistory>();
  useEffect(() => setHistory(resource.data), [resource.data]);
  useEffect(() => {
    if (history === undefined || latest === undefined) return;
    const next = withLatest(history, latest);
    if (next === undefined) resource.reload();
    else setHistory(next);
  }, [latest]);
  return (
    <Card
      title="In and out"
      actions={
        <fieldset class="segments">
          <legend class="visually-hidden">Time that the charts show</legend>
          {(['hour', 'day'] as const).map((value) => (
            <label key={value}>
              <input
                type="radio"
                name="period"
                checked={period === value}
                onChange={() => setPeriod(value)}
              />
              <span>{spans[value].title}</span>
            </label>
          ))}
        </fieldset>
      }
    >
      <Loaded resource={{ ...resource, data: history ?? resource.data }}>
        {(data) => <Charts history={data} period={period} />}
      </Loaded>
    </Card>
  );
}

function Charts({
  history,
  period,
}: {
  readonly history: LiveHistory;
  readonly period: Period;
}): JSX.Element {
  const buckets = useMemo(() => bucketsOf(history, period, names), [history, period]);
  const { title, step } = spans[period];
  const of = (name: string): readonly number[] => buckets.sums[name] ?? [];
  const total = (name: string): number => of(name).reduce((sum, value) => sum + value, 0);
  const flow = useMemo(
    () => [
      { label: 'Received', values: of('received') },
      { label: 'Delivered', values: of('delivered') },
    ],
    [buckets],
  );
  const amounts = useMemo(
    () => [
      { label: 'Bytes in', values: of('bytesIn') },
      { label: 'Bytes out', values: of('bytesOut') },
    ],
    [buckets],
  );
  const stopped = useMemo(
    () => [
      { label: 'Held', values: of('held') },
      { label: 'Failed', values: of('failed') },
    ],
    [buckets],
  );
  const span = title.toLowerCase();
  return (
    <div class="charts">
      <Chart
        title={`Instances in a ${step}`.replace('a ten', 'ten')}
        summary={`In the ${span}: ${count(total('received'))} received, ${count(total('delivered'))} delivered.${busiest(buckets)}`}
        times={buckets.times}
        series={flow}
        format={count}
        whole
      />
      <Chart
        title={`Data in a ${step}`.replace('a ten', 'ten')}
        summary={`In the ${span} ${bytes(total('bytesIn'))} came in and ${bytes(total('bytesOut'))} went out.`}
        times={buckets.times}
        series={amounts}
        format={bytes}
      />
      <Chart
        title={`Held and failed in a ${step}`.replace('a ten', 'ten')}
        summary={
          total('held') + total('failed') === 0
            ? `In the ${span} nothing was held and nothing failed.`
            : `In the ${span} ${count(total('held'))} were held for a person to decide, and ${count(total('failed'))} failed.`
        }
        times={buckets.times}
        series={stopped}
        format={count}
        whole
      />
    </div>
  );
}

function busiest({ times, sums }: Buckets): string {
  const received = sums.received ?? [];
  const most = Math.max(0, ...received);
  const at = times[received.indexOf(most)];
  return most === 0 || at === undefined
    ? ''
    : ` Most came at ${clock.format(new Date(at * 1000))}: ${count(most)}.`;
}
