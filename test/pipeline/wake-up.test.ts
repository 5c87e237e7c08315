import t from 'tap';
import { WakeUp } from '../../src/pipeline/wake-up.ts';

const never = new AbortController().signal;

t.test('a poke while nobody sleeps is remembered once', async (t) => {
  const wake = new WakeUp();
  wake.poke();
  wake.poke();
  await wake.sleep(60_000, never);
  const startedAt = performance.now();
  await wake.sleep(20, never);
  t.ok(performance.now() - startedAt >= 15);
});

t.test('a sleeper wakes by poke, by deadline and by the end', async (t) => {
  const wake = new WakeUp();
  setTimeout(() => wake.poke(), 5);
  await wake.sleep(60_000, never);
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 5);
  await wake.sleep(60_000, ending.signal);
  await wake.sleep(60_000, ending.signal);
  t.pass('all three came back');
});
