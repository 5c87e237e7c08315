import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import sharp from 'sharp';
import t from 'tap';
import { renderCommand } from '../../src/cli/commands/render.ts';
import { basicProfile } from '../../src/deidentify/profile.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { makeStream } from '../render/video/streams.ts';
import { requirePeer } from '../support/peers.ts';
import { endoscopy } from './endoscopy.ts';
import { openLanes } from './lanes.ts';

const encode = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bf', '2'];

t.test(
  'a video is held for a person; released, all its frames are delivered and nothing else of it',
  async (t) => {
    if (!requirePeer(t, 'ffmpeg')) return;
    const stream = readFileSync(makeStream(t.testdir(), { file: 'v.mp4', encode }));
    t.ok(stream.includes('DOE^JANE'), 'the container names the patient');
    const { definition } = basicProfile;
    const lanes = await openLanes(t, {
      profile: { ...definition, name: 'hold', pixels: { ...definition.pixels, highRisk: 'hold' } },
    });
    const releasedCodes = ['BURNED_IN_TEXT_RISK'];
    await lanes.add('video-1', endoscopy('a', stream, 25));
    await lanes.add('video-2', endoscopy('b', stream, 20), { releasedCodes });
    await lanes.add('video-3', endoscopy('c', stream.subarray(0, stream.length / 2), 25), { releasedCodes });
    lanes.start();
    t.match(await lanes.until('video-1', 'held'), { code: 'BURNED_IN_TEXT_RISK' });
    t.match(await lanes.until('video-3', 'held'), { code: 'PIXEL_DATA_INVALID' });
    await lanes.until('video-2', 'delivered');
    const images = lanes.posts.flatMap(({ body }) => body.images);
    t.same(
      images.map(({ frameNumber }) => frameNumber).sort((a, b) => a - b),
      Array.from({ length: 25 }, (_, index) => index + 1),
    );
    for (const { data, numberOfFrames } of images) {
      t.equal(numberOfFrames, 25, 'as counted, not as said');
      const jpeg = Buffer.from(String(data), 'base64');
      t.notOk(jpeg.includes('DOE'));
      t.match(await sharp(jpeg).metadata(), { format: 'jpeg', width: 320, height: 240, channels: 3 });
    }
    t.notOk(JSON.stringify(lanes.posts).includes('DOE^JANE'));
    t.same(
      lanes.scratchFiles().filter((name) => name.startsWith('sallyport-video')),
      [],
    );
  },
);

t.test('offline, a video becomes one JPEG per frame', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const dir = t.testdir();
  const stream = readFileSync(makeStream(dir, { file: 'v.mp4', encode }));
  const input = join(dir, 'video.dcm');
  writeFileSync(input, encodePart10(endoscopy('a', stream, 25)));
  const out = new Writable({ write: (_chunk, _encoding, done) => done() });
  const manifest = join(dir, 'manifest.jsonl');
  const output = join(dir, 'out');
  const code = await renderCommand([input, '--output', output, '--manifest', manifest], {
    stdout: out,
    stderr: out,
  });
  t.equal(code, 0);
  const { frames } = JSON.parse(readFileSync(manifest, 'utf8')) as { frames: { output: string }[] };
  t.equal(frames.length, 25);
  for (const frame of frames) t.ok(existsSync(frame.output));
});
