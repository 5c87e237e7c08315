import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import sharp from 'sharp';
import t from 'tap';
import { renderCommand } from '../../src/cli/commands/render.ts';
import { renderOptions } from '../../src/cli/render-arguments.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { greyImage } from '../support/instances.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface Line {
  readonly input: string;
  readonly status: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly frames: readonly {
    frame: number;
    output: string;
    contentType: string;
    width: number;
    height: number;
    dataWidth: number;
    dataHeight: number;
    sampleBits?: number;
    sampleSlope?: number;
    sampleIntercept?: number;
  }[];
}

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new Sink();
  const stderr = new Sink();
  const code = await renderCommand(args, { stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const readManifest = (path: string): Line[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

t.test('files and folders become one JPEG per frame and one line per input', async (t) => {
  const dir = t.testdir({ in: { deep: {} } });
  const single = join(dir, 'in', 'same-name.dcm');
  const several = join(dir, 'in', 'deep', 'same-name.dcm');
  writeFileSync(single, encodePart10({ elements: greyImage({ rows: 5, columns: 7 }) }));
  writeFileSync(several, encodePart10({ elements: greyImage({ frames: 3 }) }));
  writeFileSync(join(dir, 'in', 'notes.txt'), 'no DICOM in here, only text of some length');
  symlinkSync(join(dir, 'in'), join(dir, 'in', 'loop'));
  const output = join(dir, 'out', 'jpeg');
  const manifest = join(dir, 'manifest.jsonl');
  const result = await run(
    join(dir, 'in'),
    join(dir, 'absent.dcm'),
    '--output',
    output,
    '--manifest',
    manifest,
  );
  t.equal(result.code, 1, 'not all were rendered');
  const lines = readManifest(manifest);
  t.same(
    lines.map(({ input, status, code, frames }) => [input, status, code, frames.length]),
    [
      [several, 'rendered', null, 3],
      [join(dir, 'in', 'notes.txt'), 'held', 'NOT_DICOM', 0],
      [single, 'rendered', null, 1],
      [join(dir, 'absent.dcm'), 'failed', 'FILE_UNREADABLE', 0],
    ],
  );
  const outputs = lines.flatMap((line) => line.frames);
  t.equal(new Set(outputs.map((frame) => frame.output)).size, 4, 'no two share a name');
  t.same(readdirSync(output).length, 4);
  for (const frame of outputs) {
    const { width, height, format } = await sharp(frame.output).metadata();
    t.same({ width, height, format }, { width: frame.width, height: frame.height, format: 'jpeg' });
  }
  t.match(result.stdout, /^2 rendered with 4 frames, 1 held, 1 failed\n$/);
});

t.test('a file that fails in a later frame leaves nothing behind', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'half.dcm');
  const good = new Uint8Array(64);
  const elements = greyImage({ frames: 2 }).map((element) =>
    element.tag === 0x7fe00010 ? { ...element, value: { fragments: [good, new Uint8Array(10)] } } : element,
  );
  writeFileSync(file, encodePart10({ elements, transferSyntaxUid: '1.2.840.10008.1.2.1.98' }));
  const manifest = join(dir, 'm');
  const { code } = await run(file, '--output', join(dir, 'out'), '--manifest', manifest);
  t.equal(code, 1);
  t.match(readManifest(manifest), [{ status: 'held', code: 'PIXEL_DATA_INVALID', frames: [] }]);
  t.same(readdirSync(join(dir, 'out')), []);
});

t.test('wrong arguments and an output that cannot be made', async (t) => {
  const dir = t.testdir({ file: 'x' });
  t.equal((await run('--output', dir)).code, 64, 'no path');
  t.equal((await run(dir)).code, 64, 'no output');
  for (const [option, value, says] of [
    ['--quality', '0', /--quality is a whole number from 1 to 100/],
    ['--quality', '9.5', /--quality/],
    ['--max-long-edge', '-1', /--max-long-edge is a whole number from 0 to 65500/],
    ['--max-long-edge', '70000', /--max-long-edge/],
    ['--format', 'tiff', /--format is jpeg, png, jxl or htj2k/],
    ['--frames', 'every:0', /--frames is all, first, middle, every:N or at-most:N/],
    ['--window', 'bone', /--window is a number from 1 to 99, automatic or explanation:TEXT/],
    ['--segmentations', 'red', /--segmentations is grey, color or hold/],
  ] as const) {
    const result = await run(dir, '--output', join(dir, 'never'), `${option}=${value}`);
    t.equal(result.code, 64, `${option} ${value}`);
    t.match(result.stderr, says);
  }
  const two = await run(dir, '--output', join(dir, 'never'), '--quality=x', '--frames=x');
  t.match(two.stderr, /--quality.*\n--frames.*\n/, 'every fault is told at once');
  t.notOk(existsSync(join(dir, 'never')));
  t.equal((await run(dir, '--output', join(dir, 'file', 'below'))).code, 73);
  await t.rejects(run(dir, '--output', dir, '--colour'), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
  const help = await run('--help');
  t.equal(help.code, 0);
  t.match(help.stdout, /nothing is de-identified/);
  for (const option of Object.keys(renderOptions)) t.match(help.stdout, `  --${option} `);
  const empty = join(dir, 'empty');
  mkdirSync(empty);
  t.equal((await run(empty, '--output', join(dir, 'out'))).code, 1, 'no input found');
  t.ok(existsSync(join(dir, 'out')));
});

t.test('settings reach the images, and the manifest tells what they are', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'several.dcm');
  writeFileSync(file, encodePart10({ elements: greyImage({ rows: 40, columns: 60, frames: 5 }) }));
  const rendered = async (...options: string[]): Promise<Line['frames']> => {
    const manifest = join(dir, 'm');
    const { code, stderr } = await run(
      file,
      '--output',
      join(dir, 'out'),
      '--manifest',
      manifest,
      ...options,
    );
    t.equal(code, 0, stderr);
    return readManifest(manifest)[0]?.frames ?? [];
  };
  const numbersOf = (frames: Line['frames']): number[] => frames.map(({ frame }) => frame);
  t.same(numbersOf(await rendered()), [1, 2, 3, 4, 5]);
  t.same(numbersOf(await rendered('--frames', 'middle')), [3]);
  t.same(numbersOf(await rendered('--frames', 'every:2')), [1, 3, 5]);
  const [small] = await rendered('--max-long-edge', '30', '--frames', 'first');
  t.match(small, {
    contentType: 'image/jpeg',
    width: 60,
    height: 40,
    dataWidth: 30,
    dataHeight: 20,
    sampleBits: undefined,
  });
  t.match(await sharp(small?.output).metadata(), { format: 'jpeg', width: 30, height: 20 });
  for (const [format, contentType, ending] of [
    ['png', 'image/png', '.png'],
    ['jxl', 'image/jxl', '.jxl'],
    ['htj2k', 'image/jphc', '.jhc'],
  ] as const) {
    const [frame] = await rendered('--format', format, '--frames', 'first', '--max-long-edge', '30');
    t.match(frame, { contentType, dataWidth: 60, dataHeight: 40, sampleBits: 8, sampleSlope: 1 });
    t.match(frame?.output, new RegExp(`-00001\\${ending}$`));
    t.ok(existsSync(frame?.output ?? ''));
  }
});
