import { createHash } from 'node:crypto';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import type { DataSet, FragmentsBody } from '../../src/dicom/data-set.ts';
import { tags } from '../../src/dicom/tags.ts';
import { element } from '../../src/dicom/values.ts';
import { decodeNatively } from '../../src/render/decode/native-codecs.ts';
import { type CorpusFile, corpusFiles, corpusMissing, corpusPath } from '../support/corpus.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { decoded, difference, open } from './drawn.ts';

/** What cannot be decoded, and why. Every other file with pixels must be. */
const refused: Readonly<Record<string, string>> = {
  'dwv__dwv-test_no-number-rows.dcm': 'PIXEL_DATA_INVALID', // no Rows
  'fo-dicom__GH340.dcm': 'PIXEL_FORMAT_UNSUPPORTED', // ACR-NEMA: 12 bits allocated
  'pydicom__ambiguous_vr.dcm': 'PIXEL_DATA_INVALID', // 2 bytes for 1024 x 1024
  'pydicom__badVR.dcm': 'PIXEL_DATA_INVALID', // Number of Frames "1A"
  'pydicom__meta_missing_tsyntax.dcm': 'PIXEL_DATA_INVALID', // no Rows
  'pydicom__nested_priv_SQ.dcm': 'PIXEL_DATA_INVALID', // no Rows
  'generated/gen_JPIP-referenced_no-pixels.dcm': 'PIXEL_FORMAT_UNSUPPORTED',
  'generated/gen_video_HEVC.dcm': 'PIXEL_FORMAT_UNSUPPORTED',
  'generated/gen_video_MPEG2-MPML.dcm': 'PIXEL_FORMAT_UNSUPPORTED',
  'generated/gen_video_MPEG4-AVC-4.1_burnedtext.dcm': 'PIXEL_FORMAT_UNSUPPORTED',
  'generated/mal_corrupt_jpeg_entropy_data.dcm': 'PIXEL_DATA_INVALID',
  'generated/mal_native_data_declared_jpeg.dcm': 'PIXEL_DATA_INVALID',
  'generated/mal_pixel_data_shorter_than_rows_columns.dcm': 'PIXEL_DATA_INVALID',
};

/** GDCM's raw pixel data are not ours, for a reason. */
const deviations: Readonly<Record<string, string>> = {
  'pydicom__SC_rgb_rle_32bit.dcm':
    'GDCM misplaces RLE segments of 32-bit cells; pydicom agrees with us (below)',
};

/** Files GDCM does not decode, and the file that holds the same image in a syntax it does. */
const twins: Readonly<Record<string, { readonly of: string; readonly tolerance: number }>> = {
  'generated/gen_DeflatedImageFrame_16bit_8frames.dcm': {
    of: 'generated/gen_dcmcjpeg_JPEGlossless-SV6_16bit_multiframe.dcm',
    tolerance: 0,
  },
  'generated/gen_EncapsulatedUncompressed_16bit_8frames.dcm': {
    of: 'generated/gen_dcmcjpeg_JPEGlossless-SV6_16bit_multiframe.dcm',
    tolerance: 0,
  },
  'generated/gen_HTJ2K-lossless_16bit-signed_CT.dcm': { of: 'pydicom__CT_small.dcm', tolerance: 0 },
  'generated/gen_HTJ2K-RPCL-lossless_RGB_3frames.dcm': {
    of: 'generated/gen_dcmcjpls_ILN-sample-or-line_RGB.dcm',
    tolerance: 0,
  },
  'generated/gen_HTJ2K-lossy_8bit_DX-MONOCHROME1.dcm': { of: 'highdicom__dx_image.dcm', tolerance: 12 },
  'generated/gen_JXL-lossy_8bit_DX.dcm': { of: 'highdicom__dx_image.dcm', tolerance: 24 },
};

type Verdict =
  | { readonly bytes: Buffer; readonly code: null }
  | { readonly bytes: null; readonly code: string };

function tryDecode(file: CorpusFile): Verdict {
  try {
    return { bytes: decoded(open(file.path)), code: null };
  } catch (error) {
    if (error instanceof SallyportError) return { bytes: null, code: error.code };
    throw error;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** GDCM writes values of even length and little endian. */
function asGdcmWrites(bytes: Buffer, file: CorpusFile): Buffer {
  const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
  const swapped = file.transferSyntaxUid === '1.2.840.10008.1.2.2' && file.bitsAllocated === 16;
  return swapped ? Buffer.from(even).swap16() : even;
}

t.test(
  'every corpus file is decoded to the samples GDCM finds, or refused with its code',
  { skip: corpusMissing },
  async (t) => {
    for (const file of corpusFiles()) {
      const { bytes, code } = tryDecode(file);
      if (bytes === null) {
        const structural = ['NO_PIXEL_DATA', 'NOT_DICOM', 'DATA_SET_TRUNCATED', 'DATA_SET_TOO_DEEP'];
        const expected = refused[file.name];
        t.ok(expected === undefined ? structural.includes(code) : code === expected, `${file.name}: ${code}`);
        continue;
      }
      t.equal(refused[file.name], undefined, `${file.name} is not among the refused`);
      if (file.rawPixelSha256 === '') continue;
      const same = sha256(asGdcmWrites(bytes, file)) === file.rawPixelSha256;
      const reason = deviations[file.name];
      t.equal(same, reason === undefined, `${file.name}: ${reason ?? 'as GDCM'}`);
    }
  },
);

t.test(
  'what GDCM cannot decode equals the same image in another syntax',
  { skip: corpusMissing },
  async (t) => {
    for (const [name, { of, tolerance }] of Object.entries(twins)) {
      const own = decoded(open(corpusPath(name)));
      const other = decoded(open(corpusPath(of)));
      const { max } = difference(own, other);
      t.comment(`${name}: largest difference ${max}`);
      t.ok(max <= tolerance, `${name} is within ${tolerance} of ${of}`);
    }
  },
);

t.test('OpenJPH and OpenJPEG agree on HTJ2K', { skip: corpusMissing }, async (t) => {
  for (const name of [
    'pydicom-data__HTJ2KLossless_08_RGB.dcm',
    'generated/gen_HTJ2K-lossless_16bit-signed_CT.dcm',
  ]) {
    const part10 = open(corpusPath(name));
    const ours = decoded(part10);
    const value = (tag: number): number => numberOf(part10.dataSet, tag);
    const bitsStored = value(tags.BitsStored);
    const theirs = decodeNatively('DecodeJpeg2000', firstFragment(part10.dataSet), {
      rows: value(tags.Rows),
      columns: value(tags.Columns),
      samplesPerPixel: value(tags.SamplesPerPixel),
      bitsAllocated: bitsStored > 8 ? 16 : 8,
      bitsStored,
      signed: value(tags.PixelRepresentation) === 1,
    });
    t.same(difference(ours, theirs), { max: 0, beyondOne: 0 }, name);
  }
});

function numberOf(dataSet: DataSet, tag: number): number {
  const body = element(dataSet, tag)?.body;
  if (body?.kind !== 'source') throw new Error('a plain value expected');
  return Buffer.from(body.source.read(body.offset, 2)).readUInt16LE();
}

function firstFragment(dataSet: DataSet): Uint8Array {
  const body = element(dataSet, tags.PixelData)?.body as FragmentsBody;
  const [fragment] = body.fragments;
  if (fragment === undefined) throw new Error('no fragment');
  return body.source.read(fragment.offset, fragment.length);
}

t.test('RLE with 32-bit cells is decoded as by pydicom', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const path = corpusPath('pydicom__SC_rgb_rle_32bit.dcm');
  const theirs = await pydicom(
    `
from pydicom.pixel_data_handlers import rle_handler
ds = dcmread(sys.argv[1])
# pydicom keeps the planes apart
planes = rle_handler.get_pixeldata(ds).reshape(3, -1)
print(json.dumps(hashlib.sha256(planes.T.tobytes()).hexdigest()))`,
    path,
  );
  t.equal(sha256(decoded(open(path))), theirs);
});
