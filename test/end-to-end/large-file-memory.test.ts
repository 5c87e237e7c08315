import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { childEnvironment, cli } from '../crash/gateway-child.ts';
import { slice } from '../pipeline/images.ts';
import { withElements, withoutElements } from '../support/instances.ts';
import { collectOutput } from '../support/run.ts';

const frames = 150;
const frameBytes = 2048 * 1024 * 2;

/** 600 MB of native 16-bit pixels in a file with holes. */
function writeSparse(path: string): void {
  const head = encodePart10({
    elements: withElements(
      withoutElements(slice('large', 1).elements, 0x7fe00010),
      element(0x00280008, 'IS', frames),
      element(0x00280010, 'US', 1024),
      element(0x00280011, 'US', 2048),
    ),
  });
  const value = Buffer.from('e07f10004f57000000000000', 'hex');
  value.writeUInt32LE(frames * frameBytes, 8);
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([head, value]));
  ftruncateSync(file, head.length + value.length + frames * frameBytes);
  closeSync(file);
}

/** Runs a command; highest resident memory, MiB. */
async function peakOf(args: readonly string[]): Promise<{ readonly peak: number; readonly output: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment,
  });
  const output = collectOutput(child);
  const status = `/proc/${child.pid}/status`;
  let peak = 0;
  const timer = setInterval(() => {
    if (existsSync(status))
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'latin1'))?.[1] ?? 0) / 1024);
  }, 10);
  await once(child, 'close');
  clearInterval(timer);
  return { peak, output: output() };
}

t.test('600 MB of frames are rendered in a fraction of that memory', async (t) => {
  if (!existsSync('/proc/self/status')) {
    t.plan(0, 'no /proc');
    return;
  }
  const folder = t.testdir();
  const path = join(folder, 'large.dcm');
  writeSparse(path);
  const idle = await peakOf(['--version']);
  const out = join(folder, 'out');
  const { peak, output } = await peakOf(['render', path, '--output', out]);
  t.match(output, /^1 rendered with 150 frames/);
  t.equal(readdirSync(out).length, frames);
  t.comment(`${idle.peak.toFixed(0)} MiB idle, ${peak.toFixed(0)} MiB at most`);
  t.ok(peak > 0 && peak - idle.peak < 300, `${peak.toFixed(0)} MiB`);
});

t.test('pictures before and after are made of one frame at a time', async (t) => {
  if (!existsSync('/proc/self/status')) {
    t.plan(0, 'no /proc');
    return;
  }
  const folder = t.testdir();
  const at = (name: string): string => join(folder, name);
  writeSparse(at('large.dcm'));
  // Other boxes in every tenth frame: more frames with a picture of their own than are shown, the last among them.
  const rectangles = Array.from({ length: frames / 10 }, (_, index) => {
    const frame = 10 * (index + 1);
    return `{ left: ${8 * index}, top: 0, width: 400, height: 60, frames: [${frame}, ${frame}] }`;
  });
  writeFileSync(
    at('rules.yaml'),
    `profile: banners
base: basic
pixels:
  fill: contrast
  deviceRules:
    - name: banner
      provenance: this test
      when: [{ keyword: Modality, equals: CT }]
      action: blank
      rectangles: [${rectangles.join(', ')}]
`,
  );
  const { peak, output } = await peakOf([
    ...['deidentify', at('large.dcm'), '--output', at('out'), '--profile', at('rules.yaml')],
    ...['--compare', at('pictures'), '--manifest', at('manifest.jsonl'), '--workers', '1'],
  ]);
  const line = JSON.parse(readFileSync(at('manifest.jsonl'), 'utf8').split('\n', 1)[0] ?? '');
  t.match(line, { status: 'deidentified', pixels: { changed: true } }, output);
  t.equal(readdirSync(at('pictures')).length, 12);
  t.ok(
    line.pictures.some((name: string) => name.endsWith('-frame-00150.png')),
    'of the last frame too',
  );
  t.comment(`${peak.toFixed(0)} MiB at most`);
  // 600 MB before and as many after.
  t.ok(peak > 0 && peak < 500, `${peak.toFixed(0)} MiB`);
});
