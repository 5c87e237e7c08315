import type { PixelDescription } from '../pixel-description.ts';
import type { CodeStream } from './code-stream.ts';

/**
 * What the decoded samples of a code stream are. PS3.5 8.2.1, 8.2.4 and 8.2.15: characteristics that the stream tells
 * explicitly are used, also against the data elements; else these decide. Chrominance is never subsampled any more.
 */
export function decodedPhotometric(stream: CodeStream, pixels: PixelDescription): string {
  const described = pixels.photometricInterpretation;
  if (pixels.samplesPerPixel !== 3) return described;
  switch (stream.kind) {
    case 'jpeg':
      if (stream.color !== undefined) return stream.color === 'RGB' ? 'RGB' : 'YBR_FULL';
      return described === 'RGB' ? 'RGB' : 'YBR_FULL';
    case 'jpeg-2000':
    case 'htj2k':
      // With the transformation the decoder gives RGB; YBR_RCT or YBR_ICT without it were RGB already.
      if (stream.color === 'RGB') return 'RGB';
      return described.startsWith('YBR_FULL') ? 'YBR_FULL' : 'RGB';
    case 'jpeg-xl':
      // The decoder undoes XYB and YCbCr. A recompressed JPEG counts as YCbCr there unless it is marked as RGB.
      return 'RGB';
    default:
      return described.startsWith('YBR_FULL') ? 'YBR_FULL' : described;
  }
}
