import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { alive, atWork, newVitalSigns, readVitalSigns } from '../../src/pipeline/vital-signs.ts';
import { type Overdue, Watchdog } from '../../src/pipeline/watchdog.ts';

/** Waits until the watchdog has said something, or for so long. */
async function heard(said: readonly Overdue[], ms: number): Promise<readonly Overdue[]> {
  for (const end = Date.now() + ms; said.length === 0 && Date.now() < end; ) await delay(10);
  return said;
}

t.test('signs of life: not begun, at work, rendering, and a change with every frame', async (t) => {
  const signs = newVitalSigns();
  t.match(readVitalSigns(signs), { begun: false, rendering: false });
  atWork(signs);
  t.match(readVitalSigns(signs), { begun: true, rendering: false });
  alive(signs);
  const { value } = readVitalSigns(signs);
  alive(signs);
  t.match(readVitalSigns(signs), { begun: true, rendering: true });
  t.not(readVitalSigns(signs).value, value);
  signs[0] = 2 ** 30;
  alive(signs);
  t.match(readVitalSigns(signs), { begun: true, rendering: true }, 'a counter that comes round');
});

t.test('no frame for longer than the limit is told once; frames that come are not', async (t) => {
  const watchdog = new Watchdog({ instanceMs: 60_000, frameMs: 100, startMs: 60_000, threads: 1 });
  const signs = newVitalSigns();
  const said: Overdue[] = [];
  const unwatch = watchdog.watch(signs, (what) => said.push(what));
  atWork(signs);
  await delay(900);
  t.strictSame(said, [], 'the limit of a frame holds while it renders');
  alive(signs);
  const lively = setInterval(() => alive(signs), 20);
  await delay(1500);
  t.strictSame(said, []);
  clearInterval(lively);
  t.strictSame(await heard(said, 20_000), ['one frame']);
  await delay(800);
  t.strictSame(said, ['one frame']);
  unwatch();
});

t.test('the whole instance has its own limit, from when a thread has taken it up', async (t) => {
  const watchdog = new Watchdog({ instanceMs: 400, startMs: 400, frameMs: 60_000, threads: 1 });
  const [busy, queued] = [newVitalSigns(), newVitalSigns()];
  const said: Overdue[] = [];
  const queuedSaid: Overdue[] = [];
  atWork(busy);
  const unwatch = watchdog.watch(busy, (what) => said.push(what));
  const unwatchQueued = watchdog.watch(queued, (what) => queuedSaid.push(what));
  t.strictSame(await heard(said, 20_000), ['whole instance']);
  t.strictSame(queuedSaid, [], 'the one that waits for a thread is not late');
  t.strictSame(
    await heard(queuedSaid, 20_000),
    ['whole instance'],
    'but one that nothing keeps from beginning is',
  );
  unwatch();
  unwatchQueued();
});
