import { Writable } from 'node:stream';
import t from 'tap';
import { createEmitter } from '../../src/observe/emitter.ts';
import { eventLevels } from '../../src/observe/events.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';

function sink(): { lines: () => Record<string, unknown>[]; stream: Writable } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return {
    stream,
    lines: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

t.test('a log line is an event with its fields, its level and nothing else', async (t) => {
  const { stream, lines } = sink();
  const emit = createEmitter([createLog('info', stream).subscriber], () => t.fail('no observer fails'));
  emit('instance.held', { instanceId: 'abc', code: 'NO_PIXEL_DATA', stage: 'prepare' });
  emit('instance.received', { instanceId: 'abc', associationId: 'x', bytes: 1, durationMs: 1 });
  const [line, ...others] = lines();
  t.same(Object.keys(line ?? {}).sort(), ['code', 'event', 'instanceId', 'level', 'stage', 'time']);
  t.match(line, { level: 'warn', event: 'instance.held', time: /^\d{4}-\d\d-\d\dT/ });
  t.same(others, [], 'debug events stay away at level info');
});

t.test('an observer that throws is counted and harms nobody', async (t) => {
  let failures = 0;
  let heard = 0;
  const emit = createEmitter(
    [
      () => {
        throw new Error('broken');
      },
      () => {
        heard += 1;
      },
    ],
    () => {
      failures += 1;
    },
  );
  emit('echo.answered', { associationId: 'x' });
  t.same([failures, heard], [1, 1]);
});

t.test('metrics count events by bounded labels and read gauges when scraped', async (t) => {
  const metrics = new Metrics();
  metrics.watch({
    spool: async () => ({
      byState: { held: { instances: 3, bytes: 30 } },
      oldestWaitingMs: 5000,
      freeBytes: 9,
    }),
    associations: () => 2,
    destinationUp: () => false,
    workers: () => ({ busy: 2, queued: 7 }),
  });
  metrics.subscriber('instance.held', { instanceId: 'secret-id', code: 'NO_PIXEL_DATA', stage: 'prepare' });
  metrics.subscriber('instance.refused', { associationId: 'a', code: 'STORAGE_FULL', dicomStatus: 0xa700 });
  metrics.subscriber('worker.replaced', { code: 'WORKER_CRASHED' });
  const { text } = await metrics.scrape();
  for (const expected of [
    'sallyport_held_total{stage="prepare",code="NO_PIXEL_DATA"} 1',
    'sallyport_refusals_total{code="STORAGE_FULL"} 1',
    'sallyport_instances{state="held"} 3',
    'sallyport_oldest_waiting_seconds 5',
    'sallyport_associations 2',
    'sallyport_destination_up 0',
    'sallyport_worker_tasks{state="running"} 2',
    'sallyport_worker_tasks{state="waiting"} 7',
    'sallyport_worker_replacements_total{code="WORKER_CRASHED"} 1',
    'sallyport_events_total{event="instance.held"} 1',
  ]) {
    t.ok(text.includes(expected), expected);
  }
  t.notMatch(text, 'secret-id');
});

t.test('every event has a level', async (t) => {
  for (const [name, level] of Object.entries(eventLevels)) {
    t.match(name, /^[a-z]+\.[a-zA-Z]+$/);
    t.ok(['debug', 'info', 'warn', 'error'].includes(level), name);
  }
});
