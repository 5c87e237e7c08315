import t from 'tap';
import { encodeJpeg } from '../../src/render/output/sharp.ts';
import { releaseMemory, reusedMemory } from '../../src/render/pixel-memory.ts';
import { drawFrames, renderAsIs } from '../../src/render/render.ts';
import { standardRenderSettings as settings } from '../../src/render/settings.ts';
import { image } from './image.ts';

/** Frames of 32 x 32 pixels, no two alike. */
function movie(frames: number, seed: number): ReturnType<typeof image> {
  const pixels = Uint8Array.from({ length: frames * 1024 }, (_, i) => (i * seed + (i >> 10) * 40) % 251);
  return image({ rows: 32, columns: 32, frames, pixels });
}

async function drawnAlone(part10: ReturnType<typeof image>): Promise<Buffer[]> {
  const images = [...drawFrames(part10.dataSet, part10.transferSyntaxUid, settings)].map(
    (frame) => frame.image,
  );
  const jpegs: Buffer[] = [];
  for (const one of images) jpegs.push(Buffer.from(await encodeJpeg(one, settings.quality)));
  return jpegs;
}

t.test('frames drawn into the same memory are those drawn into memory of their own', async (t) => {
  const part10 = movie(5, 7);
  const jpegs: Buffer[] = [];
  for await (const { data } of renderAsIs(part10.dataSet, part10.transferSyntaxUid, settings))
    jpegs.push(Buffer.from(data));
  t.same(jpegs, await drawnAlone(part10));
  t.equal(new Set(jpegs.map((jpeg) => jpeg.toString('base64'))).size, 5);
});

t.test('instances rendered at the same time do not share memory', async (t) => {
  const movies = [movie(4, 3), movie(4, 11), movie(4, 29)];
  const rendered = await Promise.all(
    movies.map(async ({ dataSet, transferSyntaxUid }) => {
      const jpegs: Buffer[] = [];
      for await (const { data } of renderAsIs(dataSet, transferSyntaxUid, settings))
        jpegs.push(Buffer.from(data));
      return jpegs;
    }),
  );
  for (const [index, one] of movies.entries()) t.same(rendered[index], await drawnAlone(one));
});

t.test('an instance left after its first frame gives its memory back', async (t) => {
  const { dataSet, transferSyntaxUid } = movie(3, 5);
  for await (const _ of renderAsIs(dataSet, transferSyntaxUid, settings)) break;
  const memory = reusedMemory();
  t.equal(memory(1024).buffer, memory(512).buffer);
  releaseMemory(memory);
  t.equal(reusedMemory(), memory, 'the next user has it');
  t.not(reusedMemory(), memory, 'but no two at once');
});

t.test('large images get memory of their own', async (t) => {
  const memory = reusedMemory();
  t.not(memory(5 * 2 ** 20).buffer, memory(5 * 2 ** 20).buffer);
  t.equal(memory(5 * 2 ** 20).length, 5 * 2 ** 20);
});
