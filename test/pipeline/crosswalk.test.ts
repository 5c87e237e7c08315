import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import type { IdentifierPair } from '../../src/core/identifier-pair.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';
import { enhanced, slice } from './images.ts';
import { openLanes } from './lanes.ts';

const pseudonyms = createPseudonyms(new Uint8Array(32).fill(9));

t.test('pseudonyms are recorded before the post, and not again without need', async (t) => {
  const recorded: IdentifierPair[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const lanes = await openLanes(t, {
    crosswalk: {
      async record(pairs) {
        recorded.push(...pairs);
        await gate;
      },
    },
  });
  await lanes.add('ct-1', slice('a', 1));
  lanes.start();
  while (recorded.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 400));
  t.equal(lanes.posts.length, 0, 'nothing leaves while they are not on disk');
  release();
  await lanes.until('ct-1', 'delivered');
  const [post] = lanes.posts;
  const text = JSON.stringify(post?.body);
  const news = new Map(recorded.map((pair) => [pair.idNew, pair]));
  t.equal(news.size, recorded.length, 'each once');
  for (const [, uid = ''] of text.matchAll(/"(2\.25\.[0-9]+)"/g)) t.ok(news.has(uid), uid);
  for (const pair of recorded) {
    t.equal(pair.keyId, pseudonyms.keyId);
    if (pair.kind === 'uid') t.equal(pseudonyms.uid(pair.idOld), pair.idNew);
    if (pair.kind === 'patient-id') t.equal(pseudonyms.patientId(pair.issuer, pair.idOld), pair.idNew);
    if (pair.kind === 'accession') t.equal(pseudonyms.accessionNumber(pair.idOld), pair.idNew);
    t.not(pair.idOld, '');
  }
  t.ok(recorded.some(({ kind }) => kind === 'patient-id'));
  t.ok(recorded.filter(({ kind }) => kind === 'uid').length >= 3);
});

t.test(
  'while the crosswalk fails nothing leaves and nothing is held; then it goes on by itself',
  async (t) => {
    let failures = 0;
    const lanes = await openLanes(t, {
      crosswalk: {
        async record() {
          if (failures >= 3) return;
          failures += 1;
          throw new SallyportError('CROSSWALK_FAILED');
        },
      },
    });
    await lanes.add('ct-1', slice('a', 1));
    lanes.start();
    while (failures < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    t.equal(lanes.posts.length, 0);
    t.match(await lanes.ledger.get('ct-1'), { state: 'received', attempts: 0, code: null });
    t.match(await lanes.until('ct-1', 'delivered'), { attempts: 0 });
    t.equal(lanes.posts.length, 1);
    t.equal(lanes.count('gateway.failed'), 3);
  },
);

t.test('stopping while the crosswalk fails leaves the instance as it was', async (t) => {
  let tried = 0;
  const lanes = await openLanes(t, {
    crosswalk: {
      record: () => {
        tried += 1;
        return Promise.reject(new SallyportError('CROSSWALK_FAILED'));
      },
    },
  });
  await lanes.add('ct-1', enhanced('a', 2));
  lanes.start();
  while (tried === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const { dir } = lanes;
  await lanes.stop();
  const again = await openLanes(t, { dir });
  t.match(await again.ledger.get('ct-1'), { state: 'received', attempts: 0, code: null });
  t.equal(lanes.posts.length, 0);
});
