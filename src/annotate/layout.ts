import type { EightBitImage } from '../render/output/sharp.ts';
import type { Annotation } from './annotation.ts';
import { ready } from './burn.ts';
import type { KindOfText } from './identifiers.ts';

/** A length in pixels, or in per cent of the height of the image. */
export interface Length {
  readonly value: number;
  readonly unit: 'px' | '%';
}

/** Lines of text in a block, given by hand. */
export interface TextLayout
  extends Omit<Annotation, 'text' | 'kind' | 'capHeight' | 'color' | 'left' | 'top' | 'frames'> {
  readonly lines: readonly KindOfText[];
  /** Where the block stands in what room there is, per cent: 0 at the left or upper edge, 100 at the other. */
  readonly leftPercent: number;
  readonly topPercent: number;
  readonly size: Length;
  /** Undefined: white or black, whichever stands out more from what lies below. */
  readonly color: Annotation['color'] | undefined;
  /** Undefined: to the last. */
  readonly frames: number | undefined;
}

/**
 * The texts of a layout for an image, one line below the other, or side by side where they are turned; they keep their
 * share of any image, whatever its resolution, where the size is in per cent.
 */
export function layOut(image: EightBitImage, numberOfFrames: number, layout: TextLayout): Annotation[] {
  const { lines, leftPercent, topPercent, size, color, frames, ...style } = layout;
  const capHeight = Math.max(
    1,
    Math.round(size.unit === 'px' ? size.value : (size.value * image.height) / 100),
  );
  const left = frames ?? numberOfFrames - layout.frame + 1;
  const placed = lines.map((line) => {
    const annotation: Annotation = {
      ...style,
      ...line,
      capHeight,
      frames: Math.max(0, left),
      color: [255, 255, 255],
      left: 0,
      top: 0,
    };
    return { annotation, ink: ready(annotation).ink };
  });
  const sideways = layout.stacked || layout.rotation === 90 || layout.rotation === 270;
  const gap = Math.ceil(capHeight * 0.7);
  const extents = placed.map(({ ink }) => (sideways ? ink.width : ink.height));
  const block = {
    width: sideways
      ? sum(extents) + gap * (placed.length - 1)
      : Math.max(...placed.map(({ ink }) => ink.width)),
    height: sideways
      ? Math.max(...placed.map(({ ink }) => ink.height))
      : sum(extents) + gap * (placed.length - 1),
  };
  const start = {
    left: Math.round((Math.max(0, image.width - block.width) * leftPercent) / 100),
    top: Math.round((Math.max(0, image.height - block.height) * topPercent) / 100),
  };
  const chosen = color ?? standingOut(image, { ...start, ...block });
  let at = 0;
  return placed.map(({ annotation }, index) => {
    const offset = at;
    at += (extents[index] ?? 0) + gap;
    return {
      ...annotation,
      color: chosen,
      left: start.left + (sideways ? offset : 0),
      top: start.top + (sideways ? 0 : offset),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function standingOut(
  { width, height, channels, pixels }: EightBitImage,
  box: { left: number; top: number; width: number; height: number },
): Annotation['color'] {
  let [total, count] = [0, 0];
  for (let row = box.top; row < Math.min(height, box.top + box.height); row++) {
    for (let column = box.left; column < Math.min(width, box.left + box.width); column++) {
      // The green of colours is most of their brightness.
      total += pixels[channels * (row * width + column) + (channels === 3 ? 1 : 0)] as number;
      count += 1;
    }
  }
  return total < 128 * count ? [255, 255, 255] : [0, 0, 0];
}
