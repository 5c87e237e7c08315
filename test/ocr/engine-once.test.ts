import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { textEngineOnce } from '../../src/ocr/engine-once.ts';
import type { TextEngine } from '../../src/ocr/text-engine.ts';

const engine: TextEngine = { find: async () => [], close: async () => undefined };

t.test('the engine is loaded when it is first asked for, and once', async (t) => {
  let loads = 0;
  const give = textEngineOnce({ threads: 3 }, async ({ threads }) => {
    loads += 1;
    t.equal(threads, 3);
    return engine;
  });
  t.equal(loads, 0);
  const [first, second] = await Promise.all([give(), give()]);
  t.equal(first, engine);
  t.equal(second, engine);
  t.equal(await give(), engine);
  t.equal(loads, 1);
});

t.test('what cannot be loaded has its code, and is tried anew the next time', async (t) => {
  const faults = [
    new Error('no such file'),
    new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'model' }),
  ];
  const give = textEngineOnce({ threads: 1 }, async () => {
    const fault = faults.shift();
    if (fault !== undefined) throw fault;
    return engine;
  });
  await t.rejects(give(), { code: 'TEXT_SEARCH_UNAVAILABLE', detail: undefined });
  await t.rejects(give(), { code: 'TEXT_SEARCH_UNAVAILABLE', detail: 'model' });
  t.equal(await give(), engine, 'as after a repair');
});
