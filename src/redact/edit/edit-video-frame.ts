import type { RedactionBox } from '../../core/redaction.ts';
import type { PixelFill } from '../../deidentify/pixels/pixel-policy.ts';
import type { EightBitImage } from '../../render/output/sharp.ts';
import { blankSamples } from './blank-boxes.ts';
import { colorBrightness, greyBrightness } from './brightness.ts';
import { clipped } from './frame-boxes.ts';
import type { FrameSamples } from './frame-samples.ts';

/**
 * Blanks boxes of one drawn frame of a video: those of `boxes` that hold for this frame, counted from 1, with `padding`
 * pixels more on each side, cut at the edges. Gives a copy, or the image itself where the frame has no box. What it writes
 * depends on the image and the boxes alone.
 */
export function editVideoFrame(
  image: EightBitImage,
  frame: number,
  boxes: readonly RedactionBox[],
  { fill, padding }: { readonly fill: PixelFill; readonly padding: number },
): EightBitImage {
  const { width, height } = image;
  const blank = boxes.flatMap((box) => {
    if (frame < box.frame || frame >= box.frame + box.frames) return [];
    const outside = box.reason === 'outside-regions';
    const inside = clipped(box, outside ? 0 : padding, height, width);
    return inside === undefined ? [] : [{ ...inside, outside }];
  });
  if (blank.length === 0) return image;
  const copy = { ...image, pixels: new Uint8Array(image.pixels) };
  const samples = samplesOf(copy);
  blankSamples(
    samples,
    blank,
    fill,
    samples.samplesPerPixel === 3 ? colorBrightness(samples) : greyBrightness(samples),
  );
  return copy;
}

function samplesOf({ width, height, channels, pixels }: EightBitImage): FrameSamples {
  return {
    rows: height,
    columns: width,
    samplesPerPixel: channels,
    photometricInterpretation: channels === 3 ? 'RGB' : 'MONOCHROME2',
    sampleKind: 'integer',
    bitsStored: 8,
    signed: false,
    padding: undefined,
    paired: false,
    get: (row, column, component) => pixels[(row * width + column) * channels + component] as number,
    set: (row, column, component, value) => {
      pixels[(row * width + column) * channels + component] = value;
    },
  };
}
