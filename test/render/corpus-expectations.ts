import type { Exception } from './comparison-verdict.ts';

/** What cannot be rendered, the code, and why. Every other file with pixels must be. */
export const refused: Readonly<Record<string, { readonly code: string; readonly reason: string }>> = {
  'dwv__dwv-test_no-number-rows.dcm': { code: 'PIXEL_DATA_INVALID', reason: 'no Rows' },
  'pydicom__ambiguous_vr.dcm': { code: 'PIXEL_DATA_INVALID', reason: '2 bytes for 1024 x 1024 pixels' },
  'pydicom__badVR.dcm': { code: 'PIXEL_DATA_INVALID', reason: 'Number of Frames is no number' },
  'pydicom__meta_missing_tsyntax.dcm': { code: 'PIXEL_DATA_INVALID', reason: 'no Rows' },
  'pydicom__nested_priv_SQ.dcm': { code: 'PIXEL_DATA_INVALID', reason: 'no Rows' },
  'pydicom__emri_small_jpeg_2k_lossless_too_short.dcm': {
    code: 'DATA_SET_TRUNCATED',
    reason: 'the file ends inside the pixel data',
  },
  'pydicom__MR_truncated.dcm': { code: 'DATA_SET_TRUNCATED', reason: 'the file ends inside the pixel data' },
  'generated/gen_JPIP-referenced_no-pixels.dcm': {
    code: 'PIXEL_FORMAT_UNSUPPORTED',
    reason: 'the pixels are elsewhere',
  },
  'generated/mal_corrupt_jpeg_entropy_data.dcm': {
    code: 'PIXEL_DATA_INVALID',
    reason: 'the code stream is garbage',
  },
  'generated/mal_element_length_beyond_eof.dcm': {
    code: 'DATA_SET_TRUNCATED',
    reason: 'an element ends behind the file',
  },
  'generated/mal_native_data_declared_jpeg.dcm': {
    code: 'PIXEL_DATA_INVALID',
    reason: 'native pixel data under the JPEG syntax',
  },
  'generated/mal_nested_sequences_200.dcm': { code: 'DATA_SET_TOO_DEEP', reason: '200 nested sequences' },
  'generated/mal_pixel_data_shorter_than_rows_columns.dcm': {
    code: 'PIXEL_DATA_INVALID',
    reason: '1000 of 4096 bytes',
  },
  'generated/mal_text_file_named_dcm.dcm': { code: 'NOT_DICOM', reason: 'a text' },
  'generated/mal_truncated_inside_fragment.dcm': {
    code: 'DATA_SET_TRUNCATED',
    reason: 'the file ends inside a fragment',
  },
  'generated/mal_zero_bytes.dcm': { code: 'NOT_DICOM', reason: 'empty' },
  'pydicom__rtplan_truncated.dcm': { code: 'DATA_SET_TRUNCATED', reason: 'the file ends inside a sequence' },
};

const noFloats = 'DCMTK draws no float pixels; numpy is the oracle';
const eightBits = 'libjpeg-turbo decodes JPEG of 8 bits only';

/** Where an oracle differs or cannot read a file; an entry that is not needed fails the test. */
export const exceptions: readonly Exception[] = [
  {
    file: 'fo-dicom__GH340.dcm',
    step: 'drawn',
    oracle: 'DCMTK',
    reason:
      'dcmj2pnm wants a Photometric Interpretation, which ACR-NEMA did not know; with one added it agrees',
  },
  {
    file: 'cornerstone3D__CT0012.fragmented_no_bot_jpeg_baseline.51.dcm',
    step: 'stored',
    oracle: 'libjpeg-turbo',
    reason: eightBits,
  },
  { file: 'pydicom__JPEG-lossy.dcm', step: 'stored', oracle: 'libjpeg-turbo', reason: eightBits },
  {
    file: 'pydicom-data__JLSL_08_07_0_1F.dcm',
    step: 'stored',
    oracle: 'DCMTK',
    reason: 'DCMTK 3.6.7 refuses a JPEG-LS stream of 7 bits in cells of 8; GDCM decodes it',
  },
  {
    file: 'pydicom__SC_rgb_rle_32bit.dcm',
    step: 'stored',
    oracle: 'GDCM',
    max: 2 ** 32,
    reason: 'GDCM 3.0.21 misplaces RLE segments of 32-bit cells (PS3.5 G.2); DCMTK and pydicom agree with us',
  },
  {
    file: 'pydicom__SC_ybr_full_uncompressed.dcm',
    step: 'drawn',
    oracle: 'DCMTK',
    max: 2,
    reason:
      'DCMTK cuts each product of the YCbCr formula to a whole number; PS3.3 C.7.6.3.1.2 has no such step, numpy agrees with us',
  },
  {
    file: 'pydicom__gdcm-US-ALOKA-16.dcm',
    step: 'drawn',
    oracle: 'DCMTK',
    reason: 'DCMTK 3.6.7 does not know segmented palettes (PS3.3 C.7.9.2); pydicom does',
  },
  { file: 'pydicom__PM_float32_pixel.dcm', step: 'drawn', oracle: 'DCMTK', reason: noFloats },
  { file: 'generated/gen_double-float-pixel-data.dcm', step: 'drawn', oracle: 'DCMTK', reason: noFloats },
  {
    file: 'generated/gen_HTJ2K-lossless_16bit-signed_CT.dcm',
    step: 'stored',
    oracle: 'OpenJPH',
    reason: 'ojph_expand writes no signed samples; OpenJPEG decodes it',
  },
  {
    file: 'generated/gen_JXL-jpeg-recompression_RGB.dcm',
    step: 'stored',
    oracle: 'libjxl+libjpeg',
    max: 8,
    reason:
      'libjxl keeps fractions from the inverse transform to RGB, libjpeg rounds and clamps YCbCr between; both are allowed by ISO/IEC 10918-1',
  },
];
