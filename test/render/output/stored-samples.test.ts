import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type StoredSamples, storedSamples } from '../../../src/render/output/stored-samples.ts';
import { describePixels } from '../../../src/render/pixel-description.ts';
import { decodeFrames, renderAsIs } from '../../../src/render/render.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { limits } from '../drawn.ts';
import { type ImageOptions, image, imageFile } from '../image.ts';
import { noise } from './pictures.ts';

function samplesOf(options: ImageOptions): StoredSamples {
  const { dataSet, transferSyntaxUid } = image(options);
  const pixels = describePixels(dataSet, limits);
  for (const frame of decodeFrames(dataSet, transferSyntaxUid, pixels)) return storedSamples(frame, pixels);
  throw new Error('no frame');
}

function valuesOf({ samples, slope, intercept }: StoredSamples): number[] {
  return [...samples].map((sample) => sample * slope + intercept);
}

const row = { rows: 1, columns: 4 } as const;

t.test('unsigned values are the samples, cut to Bits Stored, in 8 bits where they fit', async (t) => {
  const eight = samplesOf({ ...row, pixels: Uint8Array.of(0, 1, 254, 255) });
  t.same(eight, { samples: Uint8Array.of(0, 1, 254, 255), slope: 1, intercept: 0, noValue: undefined });
  // Bits above the stored ones held overlays once.
  const twelve = samplesOf({
    ...row,
    ...{ allocated: 16, stored: 12, pixels: Uint16Array.of(0xf000, 0x8fff, 0x7123, 5) },
  });
  t.same(twelve.samples, Uint16Array.of(0, 0xfff, 0x123, 5));
  const high = samplesOf({
    ...row,
    ...{ allocated: 16, stored: 12, highBit: 15, pixels: Uint16Array.of(0xfff3, 0x0011, 0x1230, 0x0000) },
  });
  t.same(high.samples, Uint16Array.of(0xfff, 1, 0x123, 0));
  const narrow = samplesOf({
    ...row,
    ...{ allocated: 16, stored: 8, pixels: Uint16Array.of(0x1ff, 0x0fe, 1, 0) },
  });
  t.same(narrow.samples, Uint8Array.of(0xff, 0xfe, 1, 0), '8 bits stored in 16');
  t.ok(narrow.samples instanceof Uint8Array);
  const one = samplesOf({ ...row, allocated: 1, pixels: Uint8Array.of(0b0110, 0), pixelVr: 'OB' });
  t.same(one.samples, Uint8Array.of(0, 1, 1, 0), 'one bit');
});

t.test('signed values are moved up by half their range', async (t) => {
  const sixteen = samplesOf({
    ...row,
    ...{ allocated: 16, signed: true, pixels: Uint16Array.of(0x8000, 0xffff, 0, 0x7fff) },
  });
  t.same(sixteen.samples, Uint16Array.of(0, 32_767, 32_768, 65_535));
  t.same(valuesOf(sixteen), [-32_768, -1, 0, 32_767]);
  const twelve = samplesOf({
    ...row,
    ...{ allocated: 16, stored: 12, signed: true, pixels: Uint16Array.of(0x0800, 0xffff, 0x0fff, 0x07ff) },
  });
  t.same([twelve.slope, twelve.intercept], [1, -2048]);
  t.same(valuesOf(twelve), [-2048, -1, -1, 2047], 'with and without the sign extended');
  const eight = samplesOf({ ...row, signed: true, pixels: Uint8Array.of(0x80, 0xff, 0, 0x7f) });
  t.same(valuesOf(eight), [-128, -1, 0, 127]);
  t.ok(eight.samples instanceof Uint8Array);
});

t.test('integers of 32 bits are exact where the frame spans 16 bits, else spread', async (t) => {
  const wide = (...values: number[]): StoredSamples =>
    samplesOf({ ...row, allocated: 32, signed: true, pixels: Int32Array.from(values), pixelVr: 'OL' });
  const exact = wide(-100_000, -99_999, -70_000, -34_465);
  t.same([exact.slope, exact.intercept], [1, -100_000]);
  t.same(valuesOf(exact), [-100_000, -99_999, -70_000, -34_465]);
  const all = [-2_147_483_648, 2_147_483_647, 0, 12_345_678];
  const spread = wide(...all);
  for (const [index, value] of valuesOf(spread).entries())
    t.ok(Math.abs(value - (all[index] ?? 0)) <= spread.slope / 2 + 1e-6, `${all[index]} comes back near`);
  const unsigned = samplesOf({
    ...row,
    ...{ allocated: 32, pixels: Uint32Array.of(4_294_967_295, 4_294_967_290, 4_294_967_291, 4_294_901_760) },
    pixelVr: 'OL',
  });
  t.same(valuesOf(unsigned), [4_294_967_295, 4_294_967_290, 4_294_967_291, 4_294_901_760]);
});

function float(values: readonly number[], kind: 'float' | 'double'): StoredSamples {
  const isDouble = kind === 'double';
  return samplesOf({
    ...row,
    columns: values.length,
    allocated: isDouble ? 64 : 32,
    pixels: new Uint8Array(0),
    without: [0x7fe00010, 0x00280101, 0x00280102, 0x00280103],
    more: [
      isDouble
        ? element(0x7fe00009, 'OD', Float64Array.from(values))
        : element(0x7fe00008, 'OF', Float32Array.from(values)),
    ],
  });
}

t.test(
  'float values are spread over their range, and what is no number has a sample of its own',
  async (t) => {
    const range = float([-1, 0.25, 0.5, 3], 'float');
    t.same(range.samples, Uint16Array.of(0, 20_480, 24_576, 65_535));
    for (const [index, value] of valuesOf(range).entries())
      t.ok(Math.abs(value - ([-1, 0.25, 0.5, 3][index] ?? 0)) <= range.slope / 2);
    t.equal(range.noValue, undefined);
    const gaps = float([Number.NaN, 1, 2, Number.POSITIVE_INFINITY], 'double');
    t.same(gaps.samples, Uint16Array.of(0, 1, 65_535, 0));
    t.equal(gaps.noValue, 0);
    t.ok(Math.abs(valuesOf(gaps)[1] as number) - 1 < 1e-9);
    t.same(valuesOf(float([7, 7, 7, 7], 'float')), [7, 7, 7, 7], 'a flat frame');
    t.same(float([Number.NaN, Number.NaN], 'float').samples, Uint16Array.of(0, 0), 'nothing at all');
    const huge = float([-1.7e308, 0, 1.7e308], 'double');
    t.same(huge.samples, Uint16Array.of(0, 32_768, 65_535), 'wider than a double');
  },
);

t.test('a frame with too few cells is PIXEL_DATA_INVALID', async (t) => {
  const { dataSet } = image({ ...row, pixels: new Uint8Array(4) });
  const pixels = describePixels(dataSet, limits);
  const frame = {
    ...{ bytes: new Uint8Array(3), littleEndian: true, bitsAllocated: 8, depth: 8, signedStream: false },
    ...{ planarConfiguration: 0 as const, photometricInterpretation: 'MONOCHROME2' },
  };
  t.throws(() => storedSamples(frame, pixels), { code: 'PIXEL_DATA_INVALID' });
});

const program = `
import numpy
from PIL import Image
results = []
for job in json.load(open(sys.argv[1])):
    stored = dcmread(job['dicom']).pixel_array
    samples = numpy.asarray(Image.open(job['png'])).astype(float)
    back = samples * job['slope'] + job['intercept']
    results.append([bool((back == stored).all()), back.shape == stored.shape])
print(json.dumps(results))
`;

t.test('pydicom has the stored values that come back from a PNG', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const dir = t.testdir();
  const jobs = [];
  const names = [];
  for (const allocated of [8, 16] as const) {
    for (const stored of allocated === 8 ? [8, 7] : [16, 12, 9, 8]) {
      for (const signed of [false, true]) {
        for (const photometric of ['MONOCHROME1', 'MONOCHROME2']) {
          for (const syntax of ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2']) {
            const next = noise(stored);
            const values = Array.from({ length: 31 * 17 }, () => next() & (2 ** stored - 1));
            const cells = signed ? values.map((v) => (v >= 2 ** (stored - 1) ? v - 2 ** stored : v)) : values;
            const pixels = allocated === 8 ? Uint8Array.from([...cells, 0]) : Uint16Array.from(cells);
            const size = { rows: 17, columns: 31 };
            // pydicom 2 does not swap OW of 8 bits as PS3.5 8.1.1 asks; OB needs no swap.
            const pixelVr = allocated === 8 ? ('OB' as const) : ('OW' as const);
            const options = { ...size, allocated, stored, signed, photometric, syntax, pixels, pixelVr };
            const more = [element(0x00281052, 'DS', '-1024'), element(0x00281053, 'DS', '2')];
            const window = [element(0x00281050, 'DS', '40'), element(0x00281051, 'DS', '400')];
            const full = { ...options, more: [...window, ...more] };
            const name = `${allocated}-${stored}-${signed}-${photometric}-${syntax}`;
            const dicom = join(dir, `${name}.dcm`);
            const png = join(dir, `${name}.png`);
            writeFileSync(dicom, imageFile(full));
            const { dataSet, transferSyntaxUid } = image(full);
            const settings = { ...limits, format: 'png', maxLongEdge: 8 } as const;
            for await (const frame of renderAsIs(dataSet, transferSyntaxUid, settings)) {
              t.match(frame, {
                contentType: 'image/png',
                dataWidth: 31,
                dataHeight: 17,
                sampleBits: stored <= 8 ? 8 : 16,
                sampleSlope: 1,
                sampleIntercept: signed ? -(2 ** (stored - 1)) : 0,
                rescaleSlope: 2,
                rescaleIntercept: -1024,
              });
              writeFileSync(png, frame.data);
              jobs.push({ dicom, png, slope: frame.sampleSlope, intercept: frame.sampleIntercept });
              names.push(name);
            }
          }
        }
      }
    }
  }
  writeFileSync(join(dir, 'jobs'), JSON.stringify(jobs));
  const results = (await pydicom(program, join(dir, 'jobs'))) as [boolean, boolean][];
  t.equal(results.length, 48);
  for (const [index, result] of results.entries()) t.same(result, [true, true], `${names[index]}`);
});

t.test('colour comes without loss as it is drawn, and says nothing of samples', async (t) => {
  const pixels = Uint8Array.from({ length: 3 * 4 * 5 }, (_, i) => i * 4);
  const { dataSet, transferSyntaxUid } = image({ rows: 4, columns: 5, samples: 3, pixels });
  for (const format of ['png', 'jxl', 'htj2k'] as const) {
    for await (const frame of renderAsIs(dataSet, transferSyntaxUid, { ...limits, format })) {
      t.equal(frame.sampleBits, undefined);
      t.equal(frame.sampleSlope, undefined);
      t.same([frame.dataWidth, frame.dataHeight], [5, 4]);
    }
  }
});
