import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memorySource } from '../src/dicom/byte-source.ts';
import { readPart10 } from '../src/dicom/part10.ts';
import { encodeJpeg } from '../src/render/output/sharp.ts';
import { drawFrames, renderAsIs } from '../src/render/render.ts';
import { standardRenderSettings } from '../src/render/settings.ts';
import { encodePart10 } from '../src/synthetic/dicom-writer.ts';
import { element } from '../src/synthetic/writer-element.ts';
import { commandMs, printTable } from './measure.ts';

/**
 * CPU of rendering, by stage and as a whole beside DCMTK. Figures are milliseconds of CPU per frame, the best of several
 * rounds (other processes disturb upwards only); compare within one run.
 */
const settings = standardRenderSettings;
const rounds = 7;

/** A 512 x 512 signed 16-bit slice with a body, noise and a window: what a CT sends. */
function slice(frames = 1): Uint8Array {
  const pixels = new Int16Array(512 * 512 * frames);
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const x = (i % 512) - 256;
    const y = ((i >> 9) & 511) - 256;
    const inside = x * x + y * y * 1.4 < 48_000;
    pixels[i] = (inside ? 40 + 60 * Math.sin(x / 17) * Math.cos(y / 23) : -1000) + ((state >>> 16) % 40) - 20;
  }
  return encodePart10({
    elements: [
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      element(0x00080018, 'UI', '2.25.1'),
      element(0x00280002, 'US', 1),
      element(0x00280004, 'CS', 'MONOCHROME2'),
      element(0x00280008, 'IS', String(frames)),
      element(0x00280010, 'US', 512),
      element(0x00280011, 'US', 512),
      element(0x00280100, 'US', 16),
      element(0x00280101, 'US', 16),
      element(0x00280102, 'US', 15),
      element(0x00280103, 'US', 1),
      element(0x00281050, 'DS', '40'),
      element(0x00281051, 'DS', '400'),
      element(0x00281052, 'DS', '0'),
      element(0x00281053, 'DS', '1'),
      element(0x7fe00010, 'OW', pixels),
    ],
  });
}

/** Milliseconds of CPU (all threads) of one call, the best round. */
async function cpuMs(calls: number, work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < calls; i++) await work();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000 / calls);
  }
  return best;
}

async function drain(frames: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of frames);
}

async function renderBench(): Promise<void> {
  const bytes = slice();
  const part10 = readPart10(memorySource(bytes));
  const drawOnce = () => [...drawFrames(part10.dataSet, part10.transferSyntaxUid, settings)][0];
  const drawn = drawOnce();
  if (drawn === undefined) throw new Error('nothing drawn');
  const encode = await cpuMs(40, () => encodeJpeg(drawn.image, settings.quality));
  const draw = await cpuMs(40, drawOnce);
  const whole = await cpuMs(40, () => {
    const { dataSet, transferSyntaxUid } = readPart10(memorySource(bytes));
    return drain(renderAsIs(dataSet, transferSyntaxUid, settings));
  });
  console.log('512 x 512, 16 bit, uncompressed, milliseconds CPU per frame');
  console.log(`  sharp encode alone     ${encode.toFixed(2)}`);
  console.log(`  drawing to 8 bit       ${draw.toFixed(2)}`);
  console.log(`  parse, draw and encode ${whole.toFixed(2)}   ${(whole / encode).toFixed(2)} of the encode`);
}

const cli = fileURLToPath(new URL('../src/cli/cli.ts', import.meta.url));
const manyFrames = 200;

/**
 * The whole render, from a multi-frame file to one JPEG file a frame, by `sallyport render` and by DCMTK's dcmj2pnm: CPU
 * of the process with many frames less that with one, so that the start of either program does not count.
 */
function throughputBench(): void {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-render-'));
  const perFrame = (command: (input: string, output: string) => readonly string[]): number => {
    const [many = 0, one = 0] = [manyFrames, 1].map((count) => {
      const input = join(folder, `${count}.dcm`);
      writeFileSync(input, slice(count));
      return Math.min(...Array.from({ length: 3 }, () => commandMs(command(input, join(folder, 'out')), 1)));
    });
    return (many - one) / (manyFrames - 1);
  };
  try {
    const own = perFrame((input, output) => [
      process.execPath,
      cli,
      'render',
      input,
      '--output',
      output,
      '--quality',
      String(settings.quality),
    ]);
    const dcmtk = perFrame((input, output) => [
      'dcmj2pnm',
      '+oj',
      '+Jq',
      String(settings.quality),
      '+Wi',
      '1',
      '+Fa',
      input,
      output,
    ]);
    printTable(
      `Whole render, ${manyFrames} frames of 512x512, 16 bit, to JPEG files, ms CPU a frame`,
      ['Sallyport', 'dcmj2pnm +oj', 'ratio'],
      [[own.toFixed(2), dcmtk.toFixed(2), (own / dcmtk).toFixed(2)]],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await renderBench();
throughputBench();
