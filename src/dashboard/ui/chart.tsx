import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../shell/theme.ts';
import { useStore } from '../store.ts';
import { Disclosure } from './data.tsx';

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly number[];
}
export interface ChartProps {
  readonly title: string;
  /** What the figures say, in one or two sentences; read out in place of the drawing, and shown below it. */
  readonly summary: string;
  /** Start of each step, in epoch seconds. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Figures of the axis, of the pointer and of the table. */
  readonly format: (value: number) => string;
  /** Bytes and whole numbers have other round figures. */
  readonly whole?: boolean;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const clockOf = (seconds: number): string => clock.format(new Date(seconds * 1000));
/** Lines differ by color and by dashes. */
const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3]];
const height = 180;

/** A chart with its legend, its summary and its figures as a table. */
export function Chart(props: ChartProps): JSX.Element {
  const { title, summary, times, series, format } = props;
  const id = useId();
  const [pointed, setPointed] = useState<number | null>(null);
  return (
    <figure class="chart" aria-labelledby={id}>
      <div class="chart-head">
        <h3 id={id}>{title}</h3>
        <ul class="chart-legend" aria-hidden="true">
          {series.map(({ label, values }, index) => (
            <li key={label}>
              <svg width="22" height="8" aria-hidden="true" focusable="false">
                <line
                  x1="0"
                  x2="22"
                  y1="4"
                  y2="4"
                  class={`series-${index + 1}`}
                  stroke-dasharray={dashes[index]?.join(' ')}
                />
              </svg>
              {label}
              {pointed === null ? null : <b> {format(values[pointed] ?? 0)}</b>}
            </li>
          ))}
          {pointed === null ? null : <li class="pointed">at {clockOf(times[pointed] ?? 0)}</li>}
        </ul>
      </div>
      <Drawing {...props} onPoint={setPointed} />
      <figcaption class="hint">{summary}</figcaption>
      <Disclosure summary={`Figures as a table: ${title.toLowerCase()}`}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it. */}
        <section class="figures" aria-label={`Figures: ${title}`} tabIndex={0}>
          <table class="data narrow">
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map(({ label }) => (
                  <th key={label} scope="col" class="numeric">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times
                .map((time, index) => (
                  <tr key={time}>
                    <th scope="row">{clockOf(time)}</th>
                    {series.map(({ label, values }) => (
                      <td key={label} class="numeric">
                        {format(values[index] ?? 0)}
                      </td>
                    ))}
                  </tr>
                ))
                .reverse()}
            </tbody>
          </table>
        </section>
      </Disclosure>
    </figure>
  );
}

/** The drawing itself; made anew with the theme and the number of lines, else only given new figures. */
function Drawing(props: ChartProps & { readonly onPoint: (index: number | null) => void }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const chosen = useStore(theme);
  const dark = useDark();
  const lines = props.series.length;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(latest.current, element), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current = undefined;
      made.destroy();
    };
  }, [chosen, dark, lines]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.times, props.series]);
  return <div ref={place} class="drawing" role="img" aria-label={`${props.title}. ${props.summary}`} />;
}

/** The last step ends where the next one would begin: without that point it would have no width. */
function dataOf({ times, series }: ChartProps): uPlot.AlignedData {
  const last = times.at(-1);
  const step = last === undefined ? 0 : last - (times.at(-2) ?? last - 60);
  const drawn = <T,>(values: readonly T[], end: T | undefined): T[] =>
    end === undefined ? [...values] : [...values, end];
  return [
    drawn(times, last === undefined ? undefined : last + step),
    ...series.map(({ values }) => drawn(values, values.at(-1))),
  ];
}

function optionsOf(
  props: ChartProps & { readonly onPoint: (index: number | null) => void },
  element: HTMLElement,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const font = `12px ${color('--font')}`;
  const axis = {
    stroke: color('--ink-soft'),
    font,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1, size: 4 },
  };
  return {
    width: Math.max(element.clientWidth, 200),
    height,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true },
      // Never flat: without figures the axis still goes to one.
      y: { range: (_, __, highest) => [0, highest <= 0 ? 1 : highest * 1.1] },
    },
    axes: [
      { ...axis, size: 30, space: 70, values: (_, splits) => splits.map(clockOf) },
      {
        ...axis,
        size: 64,
        space: 36,
        ...(props.whole === true
          ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 2e4, 5e4, 1e5] }
          : {}),
        values: (_, splits) => splits.map(props.format),
      },
    ],
    series: [
      {},
      ...props.series.map(({ label }, index): uPlot.Series => {
        const stroke = color(`--series-${index + 1}`);
        return {
          label,
          stroke,
          width: 2,
          dash: [...(dashes[index] ?? [])],
          points: { show: false },
          ...(uPlot.paths.stepped === undefined ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
          ...(index === 0 ? { fill: `color-mix(in srgb, ${stroke} 14%, transparent)` } : {}),
        };
      }),
    ],
    hooks: { setCursor: [(self) => props.onPoint(pointedAt(self.cursor.idx, self.data[0].length - 1))] },
  };
}

/** The step under the pointer; the end of the last one belongs to it. */
function pointedAt(index: number | null | undefined, steps: number): number | null {
  return index === null || index === undefined ? null : Math.min(index, steps - 1);
}

/** Whether the system asks for dark at the moment. */
function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const look = (): void => setDark(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return dark;
}
