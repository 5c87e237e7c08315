import type { Stripper } from './fragments.ts';
import { jpegStripper } from './jpeg-segments.ts';
import { jpeg2000Stripper } from './jpeg2000-segments.ts';
import { jpegXlStripper } from './jpegxl-boxes.ts';

const jpeg = /^1\.2\.840\.10008\.1\.2\.4\.(5[0-9]|6[0-6]|70|80|81)$/;
const jpeg2000 = /^1\.2\.840\.10008\.1\.2\.4\.(9[0-3]|20[1-3])$/;
const jpegXl = /^1\.2\.840\.10008\.1\.2\.4\.11[0-2]$/;

/** How to find metadata inside the frames of a transfer syntax; undefined where its frames have no room for any. */
export function stripperOf(transferSyntaxUid: string): Stripper | undefined {
  if (jpeg.test(transferSyntaxUid)) return jpegStripper;
  if (jpeg2000.test(transferSyntaxUid)) return jpeg2000Stripper;
  if (jpegXl.test(transferSyntaxUid)) return jpegXlStripper;
  return undefined;
}
