import { existsSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import type { OnDemandProgress } from '../../../src/pipeline/on-demand.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { waitFor } from '../../support/run.ts';
import { slice } from '../images.ts';
import { pageOfText } from '../page-of-text.ts';
import { type OpenWorkOptions, openWork } from './open-work.ts';

const image = encodePart10(slice('a', 1));

function open(t: Test, options: OpenWorkOptions = {}) {
  const opened = openWork(t, { faulty: true, ...options });
  const { put, path, work } = opened;
  return {
    ...opened,
    treat: (name: string, call: Parameters<typeof work.deidentifyFile>[1] = {}) =>
      work.deidentifyFile({ input: put(name, image), output: path(`${name}.out`) }, call),
    begun: (name: string) =>
      waitFor(`${name} begins`, () => existsSync(path(`${name}.begun`)), { timeoutMs: 60_000 }),
    go: (name: string) => put(`${name}.go`, ''),
    prepare: (name: string) =>
      opened.pool.prepare(
        {
          instanceId: name,
          path: put(name, image),
          scratchPath: path(`scratch/${name}`),
          releasedCodes: [],
          drawnBoxes: null,
          callingAeTitle: '',
        },
        new AbortController().signal,
      ),
  };
}

t.test('a thread that dies costs its own call, and half an output does not stay', async (t) => {
  const { treat, path, events } = open(t);
  await t.rejects(treat('crash-1'), { code: 'WORKER_CRASHED' });
  t.notOk(existsSync(path('crash-1.out')));
  t.strictSame(events, ['worker.replaced']);
  t.match(await treat('fine'), { outcome: 'deidentified' });
});

t.test('a thread that fills its heap ends alone', async (t) => {
  const { treat } = open(t, { maxHeapMb: 160 });
  await t.rejects(treat('heap-1'), { code: 'WORKER_CRASHED' });
  t.match(await treat('fine'), { outcome: 'deidentified' });
});

t.test('work that never ends trips the time limit of the lanes', async (t) => {
  const { treat, events } = open(t, { prepareTimeoutMs: 3000 });
  await t.rejects(treat('hang-1'), { code: 'RENDER_TIMEOUT', detail: 'whole instance' });
  t.strictSame(events, ['worker.replaced']);
  t.match(await treat('fine'), { outcome: 'deidentified' });
});

t.test('a client that goes ends its work, and the thread lives on', async (t) => {
  const { treat, begun, events, work, path } = open(t);
  const client = new AbortController();
  const going = treat('wait-1', { signal: client.signal });
  await begun('wait-1');
  const queued = treat('wait-2', { signal: client.signal });
  client.abort();
  await t.rejects(queued, { code: 'CANCELLED' });
  await t.rejects(going, { code: 'CANCELLED' });
  t.notOk(existsSync(path('wait-2.begun')), 'what waits never begins');
  t.match(await treat('fine'), { outcome: 'deidentified' });
  t.strictSame(events, [], 'no thread was lost');
  t.strictSame(work.load, { running: 0, waiting: 0 });
  await t.rejects(treat('late', { signal: client.signal }), { code: 'CANCELLED' });
});

t.test('work that does not listen is ended with its thread', async (t) => {
  const { treat, begun, events } = open(t);
  const client = new AbortController();
  const going = treat('hang-1', { signal: client.signal });
  await begun('hang-1');
  client.abort();
  await t.rejects(going, { code: 'CANCELLED' });
  t.strictSame(events, [], 'which is no crash');
  t.match(await treat('fine'), { outcome: 'deidentified' });
});

t.test('a search for text ends when its client goes', async (t) => {
  const { put, path, work } = openWork(t);
  const client = new AbortController();
  const steps: OnDemandProgress[] = [];
  const going = work.deidentifyFile(
    { input: put('page.dcm', encodePart10(await pageOfText())), output: path('out.dcm') },
    {
      signal: client.signal,
      onProgress: (progress) => {
        steps.push(progress);
        // The networks are at work by then.
        if (progress.steps > 3) client.abort();
      },
    },
  );
  await t.rejects(going, { code: 'CANCELLED' });
  t.strictSame(steps[0], { phase: 'waiting', steps: 0 });
  t.equal(steps.at(-1)?.phase, 'working');
  t.notOk(existsSync(path('out.dcm')));
});

t.test('no more than its share runs, no more than its limit waits, none waits for ever', async (t) => {
  const { treat, begun, go, work, path, put } = open(t, { threads: 4, maxWaiting: 1, maxWaitMs: 2000 });
  const running = ['wait-1', 'wait-2'].map((name) => treat(name, { maxWaitMs: Infinity }));
  await Promise.all([begun('wait-1'), begun('wait-2')]);
  const third = treat('wait-3');
  t.strictSame(work.load, { running: 2, waiting: 1 }, 'half of the threads');
  await t.rejects(treat('wait-4'), { code: 'WORKERS_BUSY', detail: 'queue' });
  const picture = work.frameInfo({ input: put('picture', image) }, { maxWaitMs: Infinity });
  await t.rejects(third, { code: 'WORKERS_BUSY', detail: 'wait' });
  t.notOk(existsSync(path('wait-3.begun')));
  for (const name of ['wait-1', 'wait-2']) go(name);
  for (const outcome of await Promise.all(running)) t.match(outcome, { outcome: 'deidentified' });
  t.match(await picture, { rows: 32 }, 'a picture had room beside files that wait');
  t.strictSame(work.load, { running: 0, waiting: 0 });
});

t.test('what is received goes on while all of the share is taken', async (t) => {
  const { treat, begun, go, prepare } = open(t, { threads: 2 });
  const taken = ['wait-1', 'wait-2', 'wait-3'].map((name) => treat(name));
  await begun('wait-1');
  for (const name of ['a', 'b', 'c', 'd']) t.match(await prepare(name), { kind: 'prepared' });
  for (const name of ['wait-1', 'wait-2', 'wait-3']) go(name);
  for (const outcome of await Promise.all(taken)) t.match(outcome, { outcome: 'deidentified' });
});

t.test('work on demand goes on while instances are received without end', async (t) => {
  const { treat, prepare } = open(t, { threads: 1 });
  let isDone = false;
  let prepared = 0;
  const receive = async (lane: number): Promise<void> => {
    for (let number = 0; !isDone; number += 1) {
      await prepare(`${lane}-${number}`);
      prepared += 1;
    }
  };
  // As the lane keeps it: one for the thread and a few ahead.
  const receiving = Promise.all([receive(1), receive(2), receive(3)]);
  await waitFor('instances are received', () => prepared > 3, { timeoutMs: 60_000 });
  t.match(await treat('fine'), { outcome: 'deidentified' });
  isDone = true;
  await receiving;
});

t.test('stopping ends what runs and what waits', async (t) => {
  const { treat, begun, work } = open(t);
  const all = [treat('wait-1'), treat('wait-2')];
  await begun('wait-1');
  const ends = Promise.allSettled(all);
  await work.stop();
  for (const end of await ends) t.match(end, { status: 'rejected', reason: { code: 'SHUTTING_DOWN' } });
  await t.rejects(treat('fine'), { code: 'SHUTTING_DOWN' });
});

t.test('bad files are told by codes, without anything of them', async (t) => {
  const { work, put, path, folder } = openWork(t);
  const secret = 'Quillfeather^Ottoline';
  const cases: [string, string, string][] = [
    ['text', put('text.dcm', `${secret}\n`.repeat(100)), 'NOT_DICOM'],
    ['empty', put('empty.dcm', ''), 'NOT_DICOM'],
    ['truncated', put('cut.dcm', image.subarray(0, image.length - 700)), 'DATA_SET_TRUNCATED'],
    ['cut in its header', put('head.dcm', image.subarray(0, 200)), 'DATA_SET_TRUNCATED'],
    ['deflate bomb', put('bomb.dcm', deflateBomb()), 'DATA_SET_TOO_COMPLEX'],
    ['folder', folder, 'FILE_UNREADABLE'],
    ['absent', path('absent.dcm'), 'FILE_UNREADABLE'],
  ];
  for (const [what, input, code] of cases) {
    const calls = [
      work.frameInfo({ input }),
      work.inspectFile({ input, metadata: 'identified' }),
      work.deidentifyFile({ input, output: path('out.dcm') }),
      work.redactFile({ input, output: path('out.dcm'), header: 'keep' }),
      work.renderFrame({ input, side: 'original' }),
      work.reportOf({ input }),
    ];
    for (const end of await Promise.allSettled(calls)) {
      if (end.status === 'fulfilled') t.fail(`${what} was taken`);
      else {
        t.equal(end.reason.code, code, what);
        t.notMatch(`${end.reason.message} ${end.reason.detail}`, /uillfeather|\/tmp/, what);
      }
    }
    t.notOk(existsSync(path('out.dcm')), what);
  }
});

/** A quarter of a megabyte that inflates to more than a data set may. */
function deflateBomb(): Uint8Array {
  const head = encodeFileMeta({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1.99',
  });
  return Buffer.concat([head, deflateRawSync(Buffer.alloc(257 * 1024 * 1024), { level: 1 })]);
}
