import { parentPort, workerData } from 'node:worker_threads';
import { asSallyportError } from '../core/errors.ts';
import type { CrosswalkAnswer, CrosswalkCall, CrosswalkSetup } from './crosswalk-messages.ts';
import { CrosswalkStore } from './crosswalk-store.ts';

/** Entry of the crosswalk's thread: one call in, one answer out, the first answer when the store is open. */
const port = parentPort;
if (port !== null) {
  const answer = (work: () => number): void => port.postMessage(answerOf(work));
  const setup = workerData as CrosswalkSetup;
  let store: CrosswalkStore | undefined;
  answer(() => {
    store = new CrosswalkStore(setup.dir, setup.key, 'write');
    return 0;
  });
  if (store === undefined) port.close();
  port.on('message', (call: CrosswalkCall) => {
    answer(() => {
      if (store === undefined) return 0;
      if (call === null) store.close();
      else if (call.name === 'forget') return store.forget(call.before, call.limit);
      else store.record(call.pairs, call.now);
      return 0;
    });
    if (call === null) port.close();
  });
}

function answerOf(work: () => number): CrosswalkAnswer {
  try {
    return { ok: true, count: work() };
  } catch (thrown) {
    const { code, detail = 'crosswalk' } = asSallyportError(thrown);
    return { ok: false, code, detail };
  }
}
