import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { drawAll } from '../../../src/render/render.ts';
import type { DrawSettings } from '../../../src/render/settings.ts';
import { limits } from '../drawn.ts';
import { type FakeDecoder, fakeDecoder } from './fake-decoder.ts';
import { drawVideo, video } from './streams.ts';

const clip = video(Buffer.from('not looked at'), { size: '16x8', frames: 3 });

/** Draws with a fake decoder, and makes sure that afterwards nothing of it is left. */
async function drawWith(t: Test, fake: FakeDecoder, settings: Partial<DrawSettings> = {}) {
  const folder = t.testdir();
  const ffmpeg = fakeDecoder(folder, fake);
  const before = openDescriptors();
  const given: number[] = [];
  let code: unknown = 'drawn';
  try {
    const all = { ...limits, frameTimeoutMs: 20_000, ...settings, ffmpeg };
    const { dataSet, transferSyntaxUid } = clip;
    for await (const frame of drawAll(dataSet, transferSyntaxUid, all, { scratchFolder: folder }))
      given.push(frame.image.pixels[0] ?? -1);
  } catch (error) {
    code = error instanceof Error && 'code' in error ? error.code : error;
  }
  t.notOk(await isAlive(folder), 'the program has ended');
  t.same(leftovers(folder), [], 'no file is left');
  t.ok(openDescriptors() <= before, 'no descriptor is left');
  return { code, given };
}

function leftovers(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('sallyport'));
}

function openDescriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // One that has ended and whose parent thread is gone stays in the table of processes.
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/^\d+ \(.*\) Z /.test(readFileSync(status, 'utf8'));
}

/** Looks some seconds long whether the process of the fake is still there. */
async function isAlive(folder: string, seconds = 10): Promise<boolean> {
  if (!existsSync(join(folder, 'pid'))) return false;
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  for (let looks = 0; looks < seconds * 20; looks++) {
    if (!isRunning(pid)) return false;
    await delay(50);
  }
  return true;
}

// Many runs of another program, on machines that may be slow.
t.setTimeout(600_000);

t.test('a program that does as ffmpeg does is used, with nothing in its environment', async (t) => {
  const { code, given } = await drawWith(t, {});
  t.equal(code, 'drawn');
  t.same(given, [0, 1, 2]);
  const folder = t.testdirName;
  const environment = readFileSync(join(folder, 'environment'), 'utf8').split(',');
  // The runner of the tests adds what it needs to every child process.
  const foreign = environment.filter((name) => !name.startsWith('_TAPJS_') && name !== 'NODE_OPTIONS');
  t.same(foreign, ['PATH']);
  t.ok(process.env.HOME === undefined || !environment.includes('HOME'));
  const lines = readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n');
  t.equal(lines.length, 2);
  for (const line of lines) {
    t.match(line, /-nostdin .*-protocol_whitelist file -format_whitelist .* -i file:\/dev\/fd\/3 /);
    t.match(line, / -fps_mode passthrough /);
  }
});

t.test('an ffmpeg before 5.1 gets the older name of an option', async (t) => {
  t.same(await drawWith(t, { version: 'ffmpeg version n4.4.2-0ubuntu0' }), {
    code: 'drawn',
    given: [0, 1, 2],
  });
  t.match(readFileSync(join(t.testdirName, 'arguments'), 'utf8'), / -vsync passthrough /);
});

t.test('what is no ffmpeg, too old or without a decoder is a missing decoder', async (t) => {
  const cases: Record<string, FakeDecoder> = {
    'another program': { onVersion: 'print("rubbish\\n".repeat(50000))' },
    silent: { onVersion: '' },
    'one endless line': { onVersion: 'for (;;) print("x".repeat(100000))' },
    hanging: { onVersion: 'hang()' },
    old: { version: 'ffmpeg version 4.3.8' },
    'without HEVC': { decoders: ['mpeg2video', 'h264'] },
    'without any': { decoders: [] },
  };
  for (const [what, fake] of Object.entries(cases)) {
    await t.test(what, async (t) => {
      const settings = what === 'hanging' ? { frameTimeoutMs: 1500 } : {};
      t.same(await drawWith(t, fake, settings), { code: 'VIDEO_DECODER_MISSING', given: [] });
    });
  }
  const folder = t.testdir({ text: 'no program' });
  for (const ffmpeg of [join(folder, 'text'), folder, join(folder, 'text', 'below'), 'a\0b'])
    await t.rejects(drawVideo(clip, { ffmpeg }), { code: 'VIDEO_DECODER_MISSING' }, JSON.stringify(ffmpeg));
  // Not remembered: it may come.
  const path = join(folder, 'later.cjs');
  await t.rejects(drawVideo(clip, { ffmpeg: path }), { code: 'VIDEO_DECODER_MISSING' });
  writeFileSync(path, readFileSync(fakeDecoder(folder)), { mode: 0o755 });
  t.equal((await drawVideo(clip, { ffmpeg: path })).length, 3);
});

t.test('every way to fail has its code, gives no wrong frame and leaves nothing', async (t) => {
  const invalid = 'PIXEL_DATA_INVALID';
  const late = 'RENDER_TIMEOUT';
  const cases: readonly [string, FakeDecoder, string, number[]?][] = [
    ['no output', { count: '' }, invalid],
    ['frames without a size', { count: 'frames(3)' }, invalid],
    ['another size', { count: 'print("#dimensions 0: 8x16\\n"); frames(3)' }, invalid],
    ['no frames', { count: 'size()' }, invalid],
    ['fails at the end of counting', { count: 'size(); frames(3); process.exitCode = 1' }, invalid],
    ['crashes while counting', { count: 'size(); frames(3); process.kill(process.pid, "SIGSEGV")' }, invalid],
    ['a line without end', { count: 'size(); for (;;) print("0".repeat(65536))' }, invalid],
    ['counts without end', { count: 'size(); frames(1e9)' }, 'PIXEL_LIMIT_EXCEEDED'],
    [
      'a second video',
      { count: 'size(); print("#dimensions 1: 16x8\\n"); frames(3)' },
      'PIXEL_FORMAT_UNSUPPORTED',
    ],
    ['says nothing', { count: 'hang()' }, late],
    ['stops counting', { count: 'size(); frames(2); hang()' }, late],
    ['does not end', { count: 'size(); frames(3); require("fs").closeSync(1); hang()' }, late],
    ['half a line again and again', { count: 'setInterval(() => print("#"), 100)' }, late],
    ['no images', { images: '' }, invalid],
    ['rubbish for images', { images: 'print("x".repeat(100000))' }, invalid],
    ['images of another size', { images: 'print("P6\\n8 16\\n255\\n" + "x".repeat(384))' }, invalid],
    ['images of 16 bits', { images: 'print("P6\\n16 8\\n65535\\n" + "x".repeat(768))' }, invalid],
    ['fewer images than counted', { images: 'images(2)' }, invalid, [0, 1]],
    ['half an image', { images: 'image(0); print("P6\\n16 8\\n255\\nxx")' }, invalid, [0]],
    ['more images than counted', { images: 'images(4)' }, invalid, [0, 1, 2]],
    ['images without end', { images: 'images(1e9)' }, invalid, [0, 1, 2]],
    ['fails after the images', { images: 'images(3); process.exitCode = 1' }, invalid, [0, 1, 2]],
    ['crashes amid the images', { images: 'images(1); process.kill(process.pid, "SIGKILL")' }, invalid, [0]],
    ['hangs amid the images', { images: 'images(1); hang()' }, late, [0]],
    ['hangs after the images', { images: 'images(3); hang()' }, late, [0, 1, 2]],
    ['drips', { images: 'images(1); setInterval(() => print("P"), 100)' }, late, [0]],
    [
      'drips pixels',
      { images: 'images(1); print("P6\\n16 8\\n255\\n"); setInterval(() => print("x"), 100)' },
      late,
      [0],
    ],
  ];
  for (const [what, fake, code, given = []] of cases) {
    await t.test(what, async (t) => {
      const settings = { maxFrames: 1000, ...(code === late ? { frameTimeoutMs: 1500 } : {}) };
      t.same(await drawWith(t, fake, settings), { code, given });
    });
  }
});

t.test('a wrapper whose own child keeps the pipe open is not waited for', async (t) => {
  const folder = t.testdir();
  const inner = fakeDecoder(folder, { count: 'hang()' });
  const wrapper = join(folder, 'wrapper');
  writeFileSync(wrapper, `#!/bin/sh\n"${inner}" "$@"\n`, { mode: 0o755 });
  const settings = { ffmpeg: wrapper, frameTimeoutMs: 1500 };
  await t.rejects(drawVideo(clip, settings, { scratchFolder: folder }), { code: 'RENDER_TIMEOUT' });
  t.same(leftovers(folder), []);
  // The wrapped program hangs and writes nothing: it is ours to end.
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
});

t.test('a slow consumer is waited for, and the program with it', async (t) => {
  const folder = t.testdir();
  const images =
    'for (let i = 0; i < 5000; i++) { image(i % 256); writeFileSync(folder + "/written", String(i)); }';
  const ffmpeg = fakeDecoder(folder, { count: 'size(); frames(5000)', images });
  const { dataSet, transferSyntaxUid } = clip;
  const settings = { ...limits, ffmpeg, frameTimeoutMs: 1500 };
  const frames = drawAll(dataSet, transferSyntaxUid, settings, { scratchFolder: folder });
  await frames.next();
  // Longer than the time limit of one frame, which is the program's and not the consumer's.
  await delay(2500);
  const written = Number(readFileSync(join(folder, 'written'), 'utf8'));
  // 5,000 frames have 2 MB; a pipe and the buffers of a stream hold a tenth of it.
  t.ok(written < 1500, `${written} of 5000 written`);
  let count = 1;
  for await (const { frame } of frames) count = frame;
  t.equal(count, 5000);
});

t.test('a consumer that stops early ends the program and removes the file', async (t) => {
  for (const images of ['images(1e9)', 'images(1); hang()']) {
    const folder = t.testdir();
    const ffmpeg = fakeDecoder(folder, { images });
    const before = openDescriptors();
    for await (const { frame } of drawAll(
      clip.dataSet,
      clip.transferSyntaxUid,
      { ...limits, ffmpeg },
      { scratchFolder: folder },
    )) {
      t.equal(frame, 1);
      t.same(leftovers(folder), [], 'the file has no name');
      break;
    }
    t.notOk(await isAlive(folder), images);
    t.ok(openDescriptors() <= before);
  }
});

t.test('a thread that is terminated leaves no program that works on and no file', async (t) => {
  for (const fake of [
    { count: 'size(); frames(1e12)' },
    { count: 'size(); frames(1e5)', images: 'images(1e5)' },
  ]) {
    const folder = t.testdir();
    const workerData = { ffmpeg: fakeDecoder(folder, fake), folder };
    const worker = new Worker(new URL('./terminated-worker.ts', import.meta.url), { workerData });
    worker.on('error', (error) => t.error(error));
    while (!existsSync(join(folder, 'arguments'))) await delay(20);
    const wanted = 'images' in fake ? 2 : 1;
    while (readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n').length < wanted)
      await delay(20);
    await delay(300);
    await worker.terminate();
    t.notOk(await isAlive(folder, 30), 'its pipe broke');
    t.same(leftovers(folder), []);
  }
});

t.test('a folder that cannot take the file is said so', async (t) => {
  const ffmpeg = fakeDecoder(t.testdir());
  await t.rejects(drawVideo(clip, { ffmpeg }, { scratchFolder: join(t.testdirName, 'missing') }), {
    code: 'STORAGE_FAILED',
  });
});
