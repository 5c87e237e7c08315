import t, { type Test } from 'tap';
import { childEnvironment, cli, portOf } from '../crash/gateway-child.ts';
import { Scene } from '../crash/scene.ts';
import { type RunResult, run, waitFor } from '../support/run.ts';

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly code: string | null;
  readonly detail: string | null;
  readonly releasable: boolean;
  readonly releasedCodes: readonly string[];
}

function commandsOn(scene: Scene) {
  const sallyport = (...args: readonly string[]): Promise<RunResult> =>
    run(process.execPath, [cli, ...args, '--storage', scene.storageDir], { env: childEnvironment });
  const list = async (...args: readonly string[]): Promise<Listed[]> => {
    const { output } = await sallyport('list', '--json', ...args);
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Listed);
  };
  const show = async (id: string): Promise<Listed> =>
    JSON.parse((await sallyport('show', id, '--json')).output) as Listed;
  return { sallyport, list, show };
}

/** Everything a person does with held instances; the gateway runs beside it, or starts afterwards. */
async function decide(t: Test, scene: Scene): Promise<void> {
  const { sallyport, list, show } = commandsOn(scene);
  const held = await list('--state', 'held');
  t.equal(held.length, 3);
  for (const row of held) t.match(row, { state: 'held', code: 'BURNED_IN_TEXT_RISK', releasable: true });
  const [first, second, third] = held.map(({ id }) => id);
  if (first === undefined || second === undefined || third === undefined) return;

  const plain = await sallyport('show', first);
  t.match(plain, { exitCode: 0, output: /BURNED_IN_TEXT_RISK/ });
  t.equal(scene.blobs().length, 3, 'their bytes are there');

  t.match(await sallyport('release', first), { exitCode: 0, output: /1 released/ });
  t.match(await sallyport('discard', second), { exitCode: 0, output: /1 discarded/ });
  t.equal((await show(second)).state, 'discarded');
  t.notOk(scene.blobs().includes(second), 'the bytes of the discarded one are gone');
  t.match(
    await sallyport('release', second),
    { exitCode: 1, output: /STATE_CONFLICT/ },
    'discarded is final',
  );
  t.match(
    await sallyport('discard', first),
    { exitCode: 1, output: /STATE_CONFLICT/ },
    'released is on its way',
  );
  t.match(
    await sallyport('release', third, 'no-such-id'),
    { exitCode: 1, output: /INSTANCE_UNKNOWN[\s\S]*1 released, 1 refused/ },
    'a refusal does not stop the others',
  );
}

/** The two released ones come to the backend; nothing else remains. */
async function expectDelivered(t: Test, scene: Scene, deliverable: number): Promise<void> {
  const { list } = commandsOn(scene);
  await waitFor(
    'the released ones are delivered',
    async () => (await list('--state', 'delivered')).length === deliverable + 2,
  );
  t.strictSame(await list('--state', 'received,prepared,held,failed'), []);
  const released = (await list('--state', 'delivered')).filter(
    ({ releasedCodes }) => releasedCodes.length > 0,
  );
  t.strictSame(
    released.map(({ releasedCodes }) => releasedCodes),
    [['BURNED_IN_TEXT_RISK'], ['BURNED_IN_TEXT_RISK']],
  );
  await waitFor('their bytes are removed', () => scene.blobs().length === 0);
  t.equal(scene.stored.size, deliverable + 2, 'the backend has their images');
  t.strictSame(
    [...scene.stored.values()].filter((times) => times !== 1),
    [],
    'once each',
  );
}

t.test('held instances are released and discarded beside a running gateway', async (t) => {
  const scene = await Scene.open(t);
  const child = scene.start({ serve: true });
  scene.write({ radiographs: 4, ultrasounds: 3 });
  await scene.sendAll(await portOf(child));
  await scene.settled(child);
  await decide(t, scene);
  await expectDelivered(t, scene, 4);
});

t.test('and while it is stopped: the next start does what was decided', async (t) => {
  const scene = await Scene.open(t);
  const first = scene.start({ serve: true });
  scene.write({ radiographs: 2, ultrasounds: 3 });
  await scene.sendAll(await portOf(first));
  await scene.settled(first);
  first.kill('SIGTERM');
  await first.ended;
  await decide(t, scene);
  const second = scene.start({ serve: true });
  await portOf(second);
  await expectDelivered(t, scene, 2);
});

t.test('what the backend refused is delivered by retry --all once the backend is mended', async (t) => {
  let refuse = true;
  const scene = await Scene.open(t, {
    backend: { fault: () => (refuse ? { kind: 'answer', status: 400 } : undefined) },
  });
  const { sallyport, list } = commandsOn(scene);
  const child = scene.start({ serve: true });
  scene.write({ radiographs: 5, angiograms: 1, ultrasounds: 1 });
  await scene.sendAll(await portOf(child));
  await scene.settled(child);
  const refused = await list('--state', 'held', '--code', 'BACKEND_REFUSED');
  t.equal(refused.length, 6, 'each is held with the HTTP status');
  for (const row of refused) t.match(row, { detail: '400', releasable: false });
  t.match(await sallyport('release', refused[0]?.id ?? ''), { exitCode: 1, output: /NOT_RELEASABLE/ });
  t.match(await sallyport('retry', '--all', '--code', 'BACKEND_REFUSED'), {
    exitCode: 0,
    output: /6 will be/,
  });
  await waitFor(
    'they are refused again',
    async () => (await list('--code', 'BACKEND_REFUSED', '--state', 'held')).length === 6,
  );

  refuse = false;
  t.match(await sallyport('retry', '--all'), { exitCode: 0, output: /7 will be processed again/ });
  await waitFor(
    'all but the ultrasound are delivered',
    async () => (await scene.records(['delivered'])).length === 6,
  );
  await scene.settled(child);
  await scene.verify(t, { live: true, regrouped: true });
});
