import t from 'tap';
import { Slots } from '../../../src/pipeline/on-demand/slots.ts';

const never = new AbortController().signal;

/** Takes a slot and notes the name when it has it. */
function taker(slots: Slots, order: string[]) {
  return (kind: 'picture' | 'file', name: string, signal = never): Promise<void> =>
    slots.take(kind, signal).then(() => void order.push(name));
}

t.test('no more run at one time than may', async (t) => {
  const slots = new Slots({ running: 2, waiting: 3 });
  const order: string[] = [];
  const take = taker(slots, order);
  await take('file', 'one');
  await take('file', 'two');
  const third = take('file', 'three');
  t.strictSame([slots.running, slots.waiting], [2, 1]);
  slots.release();
  await third;
  t.strictSame([slots.running, slots.waiting, order], [2, 0, ['one', 'two', 'three']]);
  slots.release();
  slots.release();
  t.equal(slots.running, 0);
});

t.test('pictures come first, and files get their turn', async (t) => {
  const slots = new Slots({ running: 1, waiting: 20 });
  const order: string[] = [];
  const take = taker(slots, order);
  await take('file', 'running');
  const all = [take('file', 'f1'), take('file', 'f2')];
  for (let index = 1; index <= 6; index += 1) all.push(take('picture', `p${index}`));
  for (let index = 0; index <= 8; index += 1) {
    slots.release();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  t.strictSame(order, ['running', 'p1', 'p2', 'p3', 'p4', 'f1', 'p5', 'p6', 'f2']);
  t.equal(slots.running, 0);
});

t.test('what waits is bounded for each kind, and who gives up leaves the queue', async (t) => {
  const slots = new Slots({ running: 1, waiting: 1 });
  const order: string[] = [];
  const take = taker(slots, order);
  await take('file', 'running');
  const gone = new AbortController();
  const waiting = take('file', 'gone', gone.signal);
  await t.rejects(take('file', 'too many'), { code: 'WORKERS_BUSY', detail: 'queue' });
  const picture = take('picture', 'picture');
  gone.abort(new Error('client'));
  await t.rejects(waiting, { message: 'client' });
  const next = take('file', 'next');
  slots.release();
  await picture;
  slots.release();
  await next;
  t.strictSame(order, ['running', 'picture', 'next']);
  await t.rejects(take('file', 'late', gone.signal), { message: 'client' });
});
