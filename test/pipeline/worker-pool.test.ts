import { existsSync } from 'node:fs';
import t from 'tap';
import { withoutElements } from '../support/instances.ts';
import { waitFor } from '../support/run.ts';
import { slice } from './images.ts';
import { openLanes } from './lanes.ts';
import { pageOfText } from './page-of-text.ts';

t.test('a crash costs one thread and one attempt; the second time it is held; others go on', async (t) => {
  const lanes = await openLanes(t);
  await lanes.add('crash-1', slice('a', 1));
  await lanes.add('crashonce-1', slice('a', 2));
  await lanes.add('fine-1', slice('a', 3));
  lanes.start();
  t.match(await lanes.until('crash-1', 'held'), { code: 'WORKER_CRASHED', attempts: 1, postId: null });
  await lanes.until('crashonce-1', 'delivered');
  await lanes.until('fine-1', 'delivered');
  t.equal(lanes.count('worker.replaced'), 3);
  const scheduled = lanes.events.filter(({ name }) => name === 'instance.retryScheduled');
  t.match(
    scheduled.map(({ fields }) => fields),
    [
      { code: 'WORKER_CRASHED', stage: 'prepare', attempts: 1 },
      { code: 'WORKER_CRASHED', stage: 'prepare', attempts: 1 },
    ],
  );
  await lanes.add('fine-2', slice('b', 1));
  await lanes.until('fine-2', 'delivered');
  t.strictSame(lanes.scratchFiles(), []);
});

t.test('an object without pixels is told as that, and not as an image without a description', async (t) => {
  const lanes = await openLanes(t);
  const { elements } = slice('a', 1);
  // As a plan of radiotherapy: Rows, Columns, Bits Allocated, Pixel Data and the like are not there.
  const describing = elements.map(({ tag }) => tag).filter((tag) => tag >>> 16 === 0x0028);
  await lanes.add('plan-1', { elements: withoutElements(elements, 0x7fe00010, ...describing) });
  await lanes.add('bare-1', {
    elements: withoutElements(slice('a', 2).elements, 0x00280010, 0x00280011, 0x00280100),
  });
  lanes.start();
  t.match(await lanes.until('plan-1', 'held'), { code: 'NO_PIXEL_DATA' });
  t.match(await lanes.until('bare-1', 'held'), { code: 'PIXEL_DATA_INVALID' });
});

t.test('an instance that never ends trips the timeout, and its thread is replaced', async (t) => {
  const lanes = await openLanes(t, { prepareTimeoutMs: 3000 });
  await lanes.add('hang-1', slice('a', 1));
  lanes.start();
  t.match(await lanes.until('hang-1', 'held'), {
    code: 'RENDER_TIMEOUT',
    detail: 'whole instance',
    attempts: 1,
  });
  await lanes.add('fine-1', slice('a', 2));
  await lanes.until('fine-1', 'delivered');
  t.equal(lanes.count('worker.replaced'), 2);
});

t.test('stopping in the middle of an instance leaves it as it was', async (t) => {
  const lanes = await openLanes(t);
  await lanes.add('hang-1', slice('a', 1));
  lanes.start();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { dir } = lanes;
  await lanes.stop();
  const again = await openLanes(t, { dir });
  t.match(await again.ledger.get('hang-1'), { state: 'received', attempts: 0, code: null });
  t.equal(lanes.count('worker.replaced'), 0, 'a thread that was told to end has not crashed');
});

t.test('a thread that fills its heap ends alone; the process and the next instance go on', async (t) => {
  const lanes = await openLanes(t, { maxHeapMb: 160 });
  await lanes.add('heap-1', slice('a', 1));
  lanes.start();
  t.match(await lanes.until('heap-1', 'held'), { code: 'WORKER_CRASHED', attempts: 1 });
  t.equal(lanes.count('worker.replaced'), 2);
  await lanes.add('fine-1', slice('a', 2));
  await lanes.until('fine-1', 'delivered');
});

t.test('memory outside of the heap that cannot be had is a failure of the one instance', async (t) => {
  const lanes = await openLanes(t);
  await lanes.add('outside-1', slice('a', 1));
  lanes.start();
  t.match(await lanes.until('outside-1', 'held'), { code: 'WORKER_CRASHED' });
  await lanes.add('fine-1', slice('a', 2));
  await lanes.until('fine-1', 'delivered');
});

t.test('time in the queue behind a slow instance does not count', async (t) => {
  const lanes = await openLanes(t, { prepareTimeoutMs: 4000 });
  // Two attempts of the first take eight seconds; the second waits for a thread all that time.
  await lanes.add('hang-1', slice('a', 1));
  await lanes.add('hang-2', slice('a', 2));
  await lanes.add('fine-3', slice('a', 3));
  lanes.start();
  await lanes.until('fine-3', 'delivered');
  t.match(await lanes.ledger.get('fine-3'), { attempts: 0 });
  t.notOk(
    lanes.events.some(
      ({ name, fields }) =>
        name === 'instance.retryScheduled' && 'instanceId' in fields && fields.instanceId === 'fine-3',
    ),
  );
});

t.test('stopping in the middle of a search for text is quiet, and the next start goes on', async (t) => {
  const lanes = await openLanes(t);
  await lanes.add('search-1', await pageOfText());
  lanes.start();
  const marker = `${lanes.blobPath('search-1')}.searching`;
  await waitFor('it searches', () => existsSync(marker), { timeoutMs: 120_000 });
  const { dir } = lanes;
  // The library of the networks would take the whole process with it.
  await lanes.stop();
  t.strictSame(
    lanes.events.filter(({ name }) => name !== 'instance.prepared').map(({ name }) => name),
    [],
    'nobody crashed, nothing is tried again',
  );
  const again = await openLanes(t, { dir });
  t.match(await again.ledger.get('search-1'), { state: 'received', attempts: 0, code: null });
  again.start();
  t.match(await again.until('search-1', 'delivered'), { attempts: 0, code: null });
});

t.test('a search for text beyond the time limit costs its instance, not the process', async (t) => {
  const lanes = await openLanes(t, { prepareTimeoutMs: 300 });
  await lanes.add('text-1', await pageOfText());
  lanes.start();
  t.match(await lanes.until('text-1', 'held'), {
    code: 'RENDER_TIMEOUT',
    detail: 'whole instance',
    attempts: 1,
  });
});
