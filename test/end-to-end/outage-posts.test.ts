import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { element } from '../../src/synthetic/writer-element.ts';
import { portOf } from '../crash/gateway-child.ts';
import { Scene } from '../crash/scene.ts';
import { encapsulatedImage, withElements, withoutElements, writeInstance } from '../support/instances.ts';
import { waitFor } from '../support/run.ts';

const jpegBaseline = '1.2.840.10008.1.2.4.50';
const xaImage = '1.2.840.10008.5.1.4.1.1.12.1';

t.test('a large output waits in a scratch file; killed between its posts, it is made again', async (t) => {
  const scene = await Scene.open(t);
  const scratch = join(scene.storageDir, 'scratch');
  const doomed = scene.start({ fault: { point: 'post.accepted', pass: 6 } });
  scene.write({ cines: 1, radiographs: 2 });
  await scene.send(scene.instances, await portOf(doomed));
  t.equal((await doomed.ended).signal, 'SIGKILL');
  t.equal(readdirSync(scratch).length, 1, 'its output was in a file');

  const child = scene.start({ serve: true });
  await scene.sendAll(await portOf(child));
  await scene.settled(child);
  t.ok(scene.backend.counts.repeated > 0, `${scene.backend.counts.repeated} posts came again`);
  await scene.verify(t, { live: true });
});

t.test('an instance whose last frame cannot be decoded leaves no output behind', async (t) => {
  const scene = await Scene.open(t);
  const child = scene.start({ serve: true });
  const port = await portOf(child);
  const size = 1024;
  const noise = await sharp(
    Buffer.alloc(size * size).map(() => Math.random() * 256),
    {
      raw: { width: size, height: size, channels: 1 },
    },
  )
    .toColourspace('b-w')
    .jpeg({ quality: 95 })
    .toBuffer();
  const frames = [...Array.from({ length: 14 }, () => noise), noise.subarray(0, 700)];
  const elements = withElements(
    withoutElements(
      encapsulatedImage(frames, { rows: size, columns: size, frames: frames.length, sopClassUid: xaImage }),
      0x00080064,
    ),
    element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY']),
    element(0x00080060, 'CS', 'XA'),
    element(0x00180060, 'DS', '75'),
  );
  const path = join(scene.storageDir, '..', 'broken.dcm');
  writeInstance(path, { elements, transferSyntaxUid: jpegBaseline });
  await scene.send([{ path, sopInstanceUid: '', frames: frames.length, deliverable: false }], port);
  await scene.settled(child);
  t.match(await scene.records(), [{ state: 'held', code: 'PIXEL_DATA_INVALID' }]);
  t.strictSame(readdirSync(join(scene.storageDir, 'scratch')), [], 'no output is left');
});

t.test('a refused post does not send again what another post has delivered', async (t) => {
  const scene = await Scene.open(t, {
    args: [
      '--storage.duplicateContent=revision',
      '--backend.maxImagesPerPost=64',
      '--backend.concurrency=1',
      '--pipeline.groupingWindow=1s',
    ],
    backend: { fault: (count) => (count === 2 ? { kind: 'answer', status: 400 } : undefined) },
  });
  const child = scene.start({ serve: true });
  const port = await portOf(child);
  const [first, second, third] = scene.write({ radiographs: 3 });
  if (first === undefined || second === undefined || third === undefined) return;
  // The second instance twice: other pixels under the same UID. The two cannot share a post.
  const revision = { ...second, path: `${second.path}.revision` };
  const bytes = readFileSync(second.path);
  writeFileSync(revision.path, bytes.fill(0, bytes.length - 500));
  await scene.send([first, second, revision, third], port, 1);
  await scene.settled(child);
  t.strictSame(
    [...scene.stored.values()].filter((times) => times > 2),
    [],
  );
  const images = [...scene.stored.values()].reduce((sum, times) => sum + times, 0);
  t.equal(images, 3, 'three of four are stored, each once');
  t.match(
    await scene.records(['held', 'failed']),
    [{ code: 'BACKEND_REFUSED', detail: '400' }],
    'one is held',
  );
  await waitFor('bytes of the held one stay', () => scene.blobs().length === 1);
});

t.test('a post whose answer is lost time and again, while others come through, keeps its key', async (t) => {
  let victim: string | undefined;
  let losses = 0;
  const enough = 8;
  const scene = await Scene.open(t, {
    args: ['--backend.maxImagesPerPost=4'],
    backend: {
      fault: (_count, headers) => {
        victim ??= String(headers['idempotency-key']);
        if (victim !== headers['idempotency-key'] || losses >= enough) return undefined;
        losses += 1;
        return { kind: 'cut', at: 'stored' };
      },
    },
  });
  const child = scene.start({ serve: true });
  const port = await portOf(child);
  scene.write({ radiographs: 4 });
  await scene.sendAll(port);
  // Others succeed all the while, as far as the victim leaves them a place.
  for (let round = 0; round < 40 && losses < enough; round += 1) {
    scene.write({ radiographs: 4 });
    await scene.sendAll(port);
  }
  await scene.settled(child);
  t.comment(`the answer was lost ${losses} times`);
  await scene.verify(t, { live: true });
});
