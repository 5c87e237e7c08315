import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { SallyportError } from '../../src/core/errors.ts';
import type { PrepareReply, ThreadTask } from '../../src/pipeline/messages.ts';
import { atWork, readVitalSigns } from '../../src/pipeline/vital-signs.ts';
import { prepare as realPrepare } from '../../src/pipeline/worker.ts';

/** Messages about frames after which the faults below happen; the first one tells of more than one post takes. */
const newsBeforeFault = 6;

let onNews: (() => void) | undefined;
const port = parentPort;
const post = port?.postMessage.bind(port);
if (port !== null && post !== undefined) {
  port.postMessage = (message: unknown) => {
    post(message);
    onNews?.();
  };
}

/**
 * The product's thread entry with faults, told by the first word of the instance's id: `crash` ends the thread every
 * time, `crashonce` the first time, `hang` never comes back, `midway` ends the thread after writing a scratch file,
 * `heap` fills the JavaScript heap. While frames are told of: `waits` until a file beside the blob says `go`, `dies` ends
 * the thread, `diesonce` the first time, `stalls` never comes on, `fails` waits and then cannot decode the next frame.
 * `search` writes a file beside the blob once the search for text is under way.
 */
export async function prepare(task: ThreadTask): Promise<PrepareReply> {
  const [word] = task.instanceId.split('-');
  atWork(task.vitalSigns);
  if (word === 'midway') writeFileSync(task.scratchPath, 'half an output');
  if (word === 'crash' || word === 'midway') process.exit(1);
  if (word === 'crashonce') crashOnce(task);
  // A busy loop, as in a decoder that does not end: nothing but ending the thread helps.
  if (word === 'hang') for (;;);
  if (word === 'heap') {
    const hoard: object[] = [];
    for (;;) hoard.push({ number: hoard.length });
  }
  if (word === 'outside') {
    const hoard: Uint8Array[] = [];
    for (;;) hoard.push(new Uint8Array(2 ** 40));
  }
  if (word === 'search') tellOfSearch(task);
  let news = 0;
  onNews = () => {
    news += 1;
    if (news === newsBeforeFault) fault(word, task);
  };
  const reply = await realPrepare(task);
  // Whatever this thread told before stands; the reply is not to overtake it in these tests.
  if (word === 'waits') await delay(50);
  return reply;
}

function fault(word: string | undefined, task: ThreadTask): void {
  if (word === 'dies') process.exit(1);
  if (word === 'diesonce') crashOnce(task);
  if (word === 'stalls') for (;;);
  if (word === 'waits' || word === 'fails')
    while (!existsSync(`${task.path}.go`)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  if (word === 'fails') throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'code stream' });
}

function crashOnce(task: ThreadTask): void {
  if (existsSync(`${task.path}.crashed`)) return;
  writeFileSync(`${task.path}.crashed`, '');
  process.exit(1);
}

/** Signs of life after which the networks are at work for certain, and far from done with a page full of text. */
const signsOfSearch = 8;

function tellOfSearch({ path, vitalSigns }: ThreadTask): void {
  const timer = setInterval(() => {
    if (readVitalSigns(vitalSigns).value < signsOfSearch) return;
    clearInterval(timer);
    writeFileSync(`${path}.searching`, '');
  }, 1);
}
