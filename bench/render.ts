import { existsSync, readFileSync } from 'node:fs';
import { memorySource } from '../src/dicom/byte-source.ts';
import { readPart10 } from '../src/dicom/part10.ts';
import { encodeJpeg } from '../src/render/output/sharp.ts';
import { describePixels } from '../src/render/pixel-description.ts';
import { decodeFrames, drawFrames, renderAsIs } from '../src/render/render.ts';
import { standardRenderSettings } from '../src/render/settings.ts';
import { encodePart10 } from '../src/synthetic/dicom-writer.ts';
import { element } from '../src/synthetic/writer-element.ts';

/**
 * CPU of rendering, by stage and by transfer syntax. Figures are milliseconds of CPU per frame, the best of several
 * rounds (other processes disturb upwards only); compare within one run.
 */
const settings = standardRenderSettings;
const rounds = 7;

/** A 512 x 512 signed 16-bit slice with a body, noise and a window: what a CT sends. */
function slice(): Uint8Array {
  const pixels = new Int16Array(512 * 512);
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const x = (i % 512) - 256;
    const y = (i >> 9) - 256;
    const inside = x * x + y * y * 1.4 < 48_000;
    pixels[i] = (inside ? 40 + 60 * Math.sin(x / 17) * Math.cos(y / 23) : -1000) + ((state >>> 16) % 40) - 20;
  }
  return encodePart10({
    elements: [
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      element(0x00080018, 'UI', '2.25.1'),
      element(0x00280002, 'US', 1),
      element(0x00280004, 'CS', 'MONOCHROME2'),
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

/** One corpus file per syntax; left out where the corpus is absent. */
const bySyntax: readonly (readonly [string, string])[] = [
  ['RLE', 'pydicom__MR_small_RLE.dcm'],
  ['JPEG baseline', 'pydicom__examples_ybr_color.dcm'],
  ['JPEG extended 12 bit', 'cornerstone3D__CT0012.fragmented_no_bot_jpeg_baseline.51.dcm'],
  ['JPEG lossless', 'pydicom__bad_sequence.dcm'],
  ['JPEG-LS', 'generated/burn_CT_16bit-signed_jpegls.dcm'],
  ['JPEG 2000 lossless', 'pydicom__J2K_pixelrep_mismatch.dcm'],
  ['JPEG 2000 lossy', 'nema-wg04__VL2_J2KI'],
  ['HTJ2K', 'pydicom-data__HTJ2KLossless_08_RGB.dcm'],
  ['JPEG XL', 'orthanc-jxl__test_ct1_jxl.dcm'],
];

async function decodeBench(): Promise<void> {
  const corpus = new URL('../../shared/corpus/', import.meta.url);
  if (!existsSync(corpus)) return;
  console.log('decoding, milliseconds CPU per megasample');
  for (const [name, file] of bySyntax) {
    const { dataSet, transferSyntaxUid } = readPart10(memorySource(readFileSync(new URL(file, corpus))));
    const pixels = describePixels(dataSet, settings);
    const samples = pixels.rows * pixels.columns * pixels.samplesPerPixel * pixels.numberOfFrames;
    const ms = await cpuMs(3, () => [...decodeFrames(dataSet, transferSyntaxUid, pixels)].length);
    console.log(`  ${name.padEnd(22)} ${((ms * 1e6) / samples).toFixed(1)}`);
  }
}

await renderBench();
await decodeBench();
