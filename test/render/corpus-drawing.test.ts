import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import type { Part10 } from '../../src/dicom/part10.ts';
import { tags } from '../../src/dicom/tags.ts';
import { element } from '../../src/dicom/values.ts';
import type { DrawnFrame } from '../../src/render/render.ts';
import { corpusFiles, corpusMissing, corpusPath } from '../support/corpus.ts';
import { findProgram, peerProgram, requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { difference, draw, open, readPnm } from './drawn.ts';

/** Files DCMTK's dcmj2pnm cannot draw, also not after GDCM: they are held against other oracles. */
const beyondDcmtk: Readonly<Record<string, string>> = {
  'orthanc-jxl__test_ct1_jxl.dcm': 'no peer decodes JPEG XL',
  'generated/gen_JXL-lossy_8bit_DX.dcm': 'no peer decodes JPEG XL; twin in the decoding test',
  'generated/gen_JXL-jpeg-recompression_RGB.dcm':
    'no peer decodes JPEG XL; its encoder took the RGB of an unmarked JPEG for YCbCr, so every JPEG XL decoder shows false colours',
  'pydicom-data__HTJ2KLossless_08_RGB.dcm':
    'no peer decodes HTJ2K; OpenJPEG against OpenJPH in the decoding test',
  'generated/gen_HTJ2K-lossless_16bit-signed_CT.dcm': 'no peer decodes HTJ2K; twin in the decoding test',
  'generated/gen_HTJ2K-lossy_8bit_DX-MONOCHROME1.dcm': 'no peer decodes HTJ2K; twin in the decoding test',
  'generated/gen_HTJ2K-RPCL-lossless_RGB_3frames.dcm': 'no peer decodes HTJ2K; twin in the decoding test',
  'generated/gen_DeflatedImageFrame_16bit_8frames.dcm': 'unknown to the peers; twin in the decoding test',
  'generated/gen_EncapsulatedUncompressed_16bit_8frames.dcm':
    'unknown to the peers; twin in the decoding test',
  'generated/gen_double-float-pixel-data.dcm': 'no float pixels in DCMTK; numpy below',
  'pydicom__PM_float32_pixel.dcm': 'no float pixels in DCMTK; numpy below',
  'pydicom__gdcm-US-ALOKA-16.dcm': 'DCMTK refuses the segmented palette; pydicom below',
};

/** Larger differences than one level, and why. */
const deviations: Readonly<Record<string, { readonly max: number; readonly reason: string }>> = {
  'pydicom__SC_rgb_rle_32bit.dcm': { max: 255, reason: 'GDCM misplaces RLE segments of 32-bit cells' },
};
/** DCMTK converts YBR_FULL by truncating each product to a whole number; the formula itself is held below. */
const ybrTolerance = 2;

/** Options that make dcmj2pnm follow the rule of this gateway: window, else VOI LUT, else range of the frame. */
function windowOptions(frame: DrawnFrame, dataSet: Part10['dataSet']): readonly string[] {
  if (frame.image.channels === 3) return [];
  const { window, voiTable } = frame.transform;
  if (window !== undefined) {
    if (element(dataSet, tags.WindowCenter) !== undefined) return ['+Wi', '1'];
    // DCMTK does not look into functional groups for the window; the rescale GDCM has brought to the top level.
    return ['+Ww', String(window.center), String(window.width)];
  }
  return voiTable === undefined ? ['+Wm'] : ['+Wl', '1'];
}

t.test(
  'what is drawn is within one level of DCMTK on the whole corpus',
  { skip: corpusMissing },
  async (t) => {
    if (!requirePeer(t, 'dcmdump', 'gdcmconv')) return;
    const folder = t.testdir();
    const dcmj2pnm = findProgram('dcmj2pnm') ?? 'dcmj2pnm';
    let compared = 0;
    for (const file of corpusFiles()) {
      let frames: DrawnFrame[];
      let part10: Part10;
      try {
        part10 = open(file.path);
        frames = draw(part10);
      } catch (error) {
        if (!(error instanceof SallyportError)) t.fail(`${file.name}: ${String(error)}`);
        continue; // the decoding test holds the codes
      }
      const encapsulated = element(part10.dataSet, tags.PixelData)?.body.kind === 'fragments';
      const raw = join(folder, 'raw.dcm');
      const converted =
        encapsulated && spawnSync(peerProgram('gdcmconv'), ['--raw', file.path, raw]).status === 0;
      for (const frame of new Set([frames[0], frames.at(-1)])) {
        if (frame === undefined) continue;
        const output = join(folder, 'drawn.pnm');
        const options = ['-O', '+op', '+F', String(frame.frame), ...windowOptions(frame, part10.dataSet)];
        const { status } = spawnSync(dcmj2pnm, [...options, converted ? raw : file.path, output]);
        if (status !== 0) {
          t.ok(
            beyondDcmtk[file.name],
            `${file.name}: not drawn by DCMTK, ${beyondDcmtk[file.name] ?? 'unexpected'}`,
          );
          continue;
        }
        const theirs = readPnm(output);
        const { max, beyondOne } = difference(frame.image.pixels, theirs.pixels);
        t.comment(
          `${file.name} frame ${frame.frame}: max ${max}, beyond one ${beyondOne} of ${theirs.pixels.length}`,
        );
        const ybr = file.photometric.startsWith('YBR_FULL') ? ybrTolerance : 1;
        const deviation = deviations[file.name];
        t.equal(theirs.width, frame.image.width, `${file.name}: width`);
        t.equal(theirs.channels, frame.image.channels, `${file.name}: channels`);
        t.ok(
          max <= (deviation?.max ?? ybr),
          `${file.name} frame ${frame.frame}: ${deviation?.reason ?? 'as DCMTK'}`,
        );
        compared += 1;
      }
    }
    t.ok(compared >= 80, `${compared} frames compared`);
  },
);

t.test('YBR_FULL becomes the RGB of the formula', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'pydicom', 'gdcmconv')) return;
  for (const name of ['pydicom__examples_ybr_color.dcm', 'pydicom__SC_ybr_full_uncompressed.dcm']) {
    const raw = join(t.testdir(), 'raw.dcm');
    spawnSync(peerProgram('gdcmconv'), ['--raw', corpusPath(name), raw]);
    const theirs = await pydicom(
      `
import numpy, base64
ds = dcmread(sys.argv[1])
n = ds.Rows * ds.Columns * 3
ybr = numpy.frombuffer(ds.PixelData[:n], 'u1').reshape(-1, 3).astype(float)
y, cb, cr = ybr[:, 0], ybr[:, 1] - 128, ybr[:, 2] - 128
rgb = numpy.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], 1)
print(json.dumps(base64.b64encode(numpy.clip(numpy.rint(rgb), 0, 255).astype('u1').tobytes()).decode()))`,
      raw,
    );
    const [first] = draw(open(corpusPath(name)));
    t.ok(first, name);
    t.same(
      difference(first?.image.pixels ?? new Uint8Array(), Buffer.from(String(theirs), 'base64')).max,
      0,
      name,
    );
  }
});

t.test('float pixels are drawn as numpy does', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  for (const name of ['pydicom__PM_float32_pixel.dcm', 'generated/gen_double-float-pixel-data.dcm']) {
    const frames = draw(open(corpusPath(name)));
    const [first] = frames;
    if (first === undefined) throw new Error('no frame');
    const { window, rescaleSlope, rescaleIntercept } = first.transform;
    const theirs = await pydicom(
      `
import numpy, base64
ds = dcmread(sys.argv[1])
data, kind = (ds.FloatPixelData, '<f4') if 'FloatPixelData' in ds else (ds.DoubleFloatPixelData, '<f8')
a = numpy.frombuffer(data, kind)[:ds.Rows * ds.Columns].astype(float) * ${rescaleSlope} + ${rescaleIntercept}
c, w = ${window === undefined ? '0, 0' : `${window.center}, ${window.width}`}
kind = '${window?.voiFunction ?? ''}'
if w == 0: y = (a - a.min()) / (a.max() - a.min())
elif kind == 'LINEAR': y = (a - (c - 0.5)) / (w - 1) + 0.5
else: y = (a - c) / w + 0.5
print(json.dumps(base64.b64encode(numpy.clip(numpy.rint(y * 255), 0, 255).astype('u1').tobytes()).decode()))`,
      corpusPath(name),
    );
    const { max } = difference(first.image.pixels, Buffer.from(String(theirs), 'base64'));
    t.ok(max <= 1, `${name}: max ${max}`);
  }
});

t.test('a segmented 16-bit palette is drawn as pydicom does', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const name = 'pydicom__gdcm-US-ALOKA-16.dcm';
  const theirs = await pydicom(
    `
import base64
from pydicom.pixel_data_handlers.util import apply_color_lut
ds = dcmread(sys.argv[1])
print(json.dumps(base64.b64encode((apply_color_lut(ds.pixel_array, ds) >> 8).astype('u1').tobytes()).decode()))`,
    corpusPath(name),
  );
  const [first] = draw(open(corpusPath(name)));
  const { max } = difference(first?.image.pixels ?? new Uint8Array(), Buffer.from(String(theirs), 'base64'));
  t.ok(max <= 1, `max ${max}`);
});
