import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import sharp from 'sharp';
import t from 'tap';
import { videoCommand } from '../../src/cli/commands/video.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { greyImage } from '../support/instances.ts';
import { peerProgram, requirePeer } from '../support/peers.ts';
import { run as runProgram } from '../support/run.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new Sink();
  const stderr = new Sink();
  const code = await videoCommand(args, { stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const [rows, columns] = [40, 61];
const levels = [20, 120, 220];

/** Three even frames, from dark to bright. */
function cine(...attributes: WriterElement[]): Uint8Array {
  const pixels = Uint8Array.from(
    { length: 3 * rows * columns },
    (_, at) => levels[Math.floor(at / (rows * columns))] ?? 0,
  );
  const own = [element(0x00281050, 'DS', '128'), element(0x00281051, 'DS', '256'), ...attributes];
  return encodePart10({
    elements: [
      ...greyImage({ rows, columns, frames: 3 }).filter(
        ({ tag }) => tag !== 0x7fe00010 && !own.some((other) => other.tag === tag),
      ),
      ...own,
      element(0x7fe00010, 'OB', pixels),
    ],
  });
}

async function delays(path: string): Promise<readonly number[] | undefined> {
  return (await sharp(path, { animated: true }).metadata()).delay;
}

t.test('animated WebP: every frame, its times, and nothing but pixels', async (t) => {
  const dir = t.testdir();
  const input = join(dir, 'in.dcm');
  const output = join(dir, 'out.webp');
  writeFileSync(input, cine(element(0x00181063, 'DS', '250')));
  t.strictSame(await run(input, '--output', output), { code: 0, stdout: '3 frames\n', stderr: '' });
  const read = await sharp(output, { animated: true }).metadata();
  t.strictSame([read.pages, read.width, read.pageHeight], [3, columns, rows]);
  t.strictSame([read.exif, read.xmp, read.icc], [undefined, undefined, undefined]);
  for (const [page, level] of levels.entries()) {
    const { data } = await sharp(output, { page }).greyscale().raw().toBuffer({ resolveWithObject: true });
    t.ok(Math.abs((data[0] ?? 0) - level) <= 4, `frame ${page + 1} is shown through its window`);
  }
  t.strictSame(await delays(output), [250, 250, 250]);
});

t.test('times come from where the file tells them', async (t) => {
  const dir = t.testdir();
  const input = join(dir, 'in.dcm');
  const output = join(dir, 'out.webp');
  const vector = element(0x00181065, 'DS', ['0', '40', '160']);
  const pointer = element(0x00280009, 'AT', 0x00181065);
  for (const [attributes, args, wanted] of [
    [[element(0x00181063, 'DS', '250'), vector, pointer], [], [40, 160, 160]],
    [[element(0x00181063, 'DS', '250'), vector], [], [250, 250, 250]],
    [[element(0x00082144, 'IS', '20'), element(0x00180040, 'IS', '10')], [], [50, 50, 50]],
    [[element(0x00180040, 'IS', '25')], [], [40, 40, 40]],
    [[], [], [100, 100, 100]],
    [[element(0x00181063, 'DS', '250')], ['--fps', '5'], [200, 200, 200]],
  ] as const) {
    const before = [0x00181063, 0x00280009, 0x00181065, 0x00082144, 0x00180040];
    const bytes = cine(...attributes);
    writeFileSync(input, bytes);
    t.equal((await run(input, '--output', output, ...args)).code, 0);
    t.strictSame(
      await delays(output),
      wanted,
      `${attributes.length} of ${before.length} attributes ${args.join(' ')}`,
    );
  }
});

t.test('MP4 as ffmpeg reads it', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const dir = t.testdir();
  const input = join(dir, 'in.dcm');
  const output = join(dir, 'out.mp4');
  writeFileSync(input, cine(element(0x00181063, 'DS', '250')));
  t.equal((await run(input, '--output', output)).code, 0);
  const frames = join(dir, 'frames.gray');
  const decoded = await runProgram(peerProgram('ffmpeg'), [
    ...['-hide_banner', '-i', output, '-f', 'rawvideo', '-pix_fmt', 'gray', frames],
  ]);
  t.equal(decoded.exitCode, 0);
  t.match(decoded.output, /Duration: 00:00:00\.75/);
  t.match(decoded.output, /Video: h264.* 62x40/);
  t.match(decoded.output, /frame=\s*3/);
  t.notMatch(decoded.output, /\btitle\b|\bcomment\b|\bartist\b/);
});

t.test('what cannot be shown or written leaves no file', async (t) => {
  const dir = t.testdir({ 'text.dcm': 'no DICOM in here, only text of some length' });
  const input = join(dir, 'in.dcm');
  writeFileSync(input, cine());
  const output = join(dir, 'out.webp');
  const bad = await run(join(dir, 'text.dcm'), '--output', output);
  t.equal(bad.code, 1);
  t.match(bad.stderr, 'NOT_DICOM');
  t.match((await run(join(dir, 'absent.dcm'), '--output', output)).stderr, 'FILE_UNREADABLE');
  t.equal((await run(input, '--output', join(dir, 'absent', 'out.webp'))).code, 73);
  t.equal((await run(input, '--output', join(dir, 'absent', 'out.mp4'))).code, 73);
  const without = await run(input, '--output', join(dir, 'out.mp4'), '--ffmpeg', join(dir, 'absent'));
  t.equal(without.code, 1);
  t.match(without.stderr, 'VIDEO_DECODER_MISSING');
  t.notOk(existsSync(join(dir, 'out.mp4')));
  t.notOk(existsSync(output));
  for (const wrong of [
    ['--fps', '0'],
    ['--quality', '101'],
    ['--window', '0'],
  ])
    t.equal((await run(input, '--output', output, ...wrong)).code, 64);
  t.equal((await run(input, '--output', join(dir, 'out.avi'))).code, 64);
  t.equal((await run('--output', output)).code, 64);
});
