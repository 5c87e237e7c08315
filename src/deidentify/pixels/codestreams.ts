import type { Stripper } from './fragments.ts';
import { jpegStripper } from './jpeg-segments.ts';
import { jpeg2000Stripper } from './jpeg2000-segments.ts';
import { jpegXlStripper } from './jpegxl-boxes.ts';
import { deflatedStripper, type RawFrame, uncompressedStripper } from './raw-frames.ts';
import { rleStripper } from './rle-segments.ts';

const jpeg = /^1\.2\.840\.10008\.1\.2\.4\.(5[0-9]|6[0-6]|70|80|81)$/;
const jpeg2000 = /^1\.2\.840\.10008\.1\.2\.4\.(9[0-3]|20[1-3])$/;
const jpegXl = /^1\.2\.840\.10008\.1\.2\.4\.11[0-2]$/;

const video = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/;

const rle = '1.2.840.10008.1.2.5';
const uncompressed = '1.2.840.10008.1.2.1.98';
const deflated = '1.2.840.10008.1.2.8.1';

/** What the header says of one frame, for syntaxes whose frames do not say it themselves. */
export interface FrameLayout extends RawFrame {
  /** Rows times columns. */
  readonly pixels: number;
}

/** MPEG-2, H.264 and HEVC: streams in containers whose metadata nobody here takes out. */
export function isVideo(transferSyntaxUid: string): boolean {
  return video.test(transferSyntaxUid);
}

/** How to find what is no pixels inside the frames of a transfer syntax; undefined where nobody here can. */
export function stripperOf(transferSyntaxUid: string, layout?: FrameLayout): Stripper | undefined {
  if (jpeg.test(transferSyntaxUid)) return jpegStripper;
  if (jpeg2000.test(transferSyntaxUid)) return jpeg2000Stripper;
  if (jpegXl.test(transferSyntaxUid)) return jpegXlStripper;
  if (layout === undefined) return undefined;
  // One-bit pixels lie eight to a byte of their segment.
  if (transferSyntaxUid === rle) return rleStripper(Math.min(layout.pixels, layout.bytes));
  if (transferSyntaxUid === uncompressed) return uncompressedStripper(layout);
  return transferSyntaxUid === deflated ? deflatedStripper(layout) : undefined;
}
