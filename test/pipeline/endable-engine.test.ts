import t from 'tap';
import type { TextEngine } from '../../src/ocr/text-engine.ts';
import { endableEngine, untilEndable } from '../../src/pipeline/endable-engine.ts';
import { newVitalSigns } from '../../src/pipeline/vital-signs.ts';

const picture = { width: 1, height: 1, channels: 1 as const, pixels: new Uint8Array(1) };

/** Runs one network after another; each takes as long as the test likes. */
function engineOfRuns(runs: number) {
  const done: (() => void)[] = [];
  const engine: TextEngine = {
    async find(_picture, { onProgress }) {
      for (let run = 0; run < runs; run += 1) {
        await new Promise<void>((resolve) => done.push(resolve));
        onProgress?.();
      }
      return [];
    },
    close: async () => undefined,
  };
  return { engine, done };
}

async function settled(work: Promise<unknown>): Promise<string> {
  const rest = new Promise((resolve) => setTimeout(resolve, 60, 'open'));
  return String(await Promise.race([work.then(() => 'done'), rest]));
}

t.test(
  'a search that is told to end does so after the run it is in; until then it is not ended',
  async (t) => {
    const { engine, done } = engineOfRuns(3);
    const signs = newVitalSigns();
    const progress: number[] = [];
    const { find } = await endableEngine(async () => engine, signs)();
    const search = find(picture, { read: true, onProgress: () => progress.push(1) });
    search.catch(() => undefined);
    done[0]?.();
    await new Promise(setImmediate);
    const endable = untilEndable(signs);
    t.equal(await settled(endable), 'open', 'the second run is under way');
    done[1]?.();
    await t.rejects(search, { code: 'CANCELLED' });
    t.equal(await settled(endable), 'done');
    t.strictSame([done.length, progress.length], [2, 1], 'the third run was never begun');
    await t.rejects(find(picture, { read: true }), { code: 'CANCELLED' }, 'nor another search');
  },
);

t.test('without a search a thread can be ended at once, and loads no engine any more', async (t) => {
  const signs = newVitalSigns();
  t.equal(await settled(untilEndable(signs)), 'done');
  let loaded = false;
  const engine = endableEngine(async () => {
    loaded = true;
    return engineOfRuns(1).engine;
  }, signs);
  await t.rejects(engine(), { code: 'CANCELLED' });
  t.equal(loaded, false);
});

t.test('one that is left alone finds what there is', async (t) => {
  const { engine, done } = engineOfRuns(1);
  const signs = newVitalSigns();
  const { find } = await endableEngine(async () => engine, signs)();
  const search = find(picture, { read: true });
  done[0]?.();
  t.strictSame(await search, []);
  t.equal(await settled(untilEndable(signs)), 'done', 'it is out again');
});
