import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Metrics } from '../../src/observe/metrics.ts';
import { findProgram } from '../support/peers.ts';
import { run } from '../support/run.ts';

/** A page as a gateway gives it, with something in every kind of metric. */
async function page(): Promise<string> {
  const metrics = new Metrics();
  metrics.watch({
    spool: async () => ({
      byState: { held: { instances: 1, bytes: 5 } },
      oldestWaitingMs: 1500,
      freeBytes: 7,
    }),
    associations: () => 1,
    destinationUp: () => false,
    workers: () => ({ busy: 1, queued: 2 }),
  });
  metrics.subscriber('instance.received', { instanceId: 'a', associationId: 'a', bytes: 1, durationMs: 1 });
  metrics.subscriber('instance.held', { instanceId: 'a', code: 'NO_PIXEL_DATA', stage: 'prepare' });
  return (await metrics.scrape()).text;
}

t.test('counters are named as counters, and nothing else is', async (t) => {
  const types = [...(await page()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
    ([, name = '', type = '']) => [name, type] as const,
  );
  t.ok(types.length > 30);
  t.same(
    types.filter(([name, type]) => (type === 'counter') !== name.endsWith('_total')),
    [],
  );
});

t.test("Prometheus' own check has nothing to say", async (t) => {
  const promtool = findProgram('promtool');
  if (promtool === undefined) return t.plan(0, 'promtool is not installed (Debian: prometheus)');
  const file = join(t.testdir(), 'metrics.txt');
  writeFileSync(file, await page());
  t.match(readFileSync(file, 'utf8'), 'sallyport_instances{state="held"} 1');
  const checked = await run('sh', ['-c', '"$0" check metrics < "$1"', promtool, file]);
  t.same(checked, { exitCode: 0, output: '' });
});
