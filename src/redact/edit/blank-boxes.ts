import type { PixelFill } from '../../deidentify/pixels/pixel-policy.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { brightnessOf } from './brightness.ts';
import { type Brightness, fillOf } from './fill-values.ts';
import type { BlankBox } from './frame-boxes.ts';
import type { FrameSamples } from './frame-samples.ts';

/**
 * Blanks boxes of one frame in place; what it writes depends on the frame and the boxes alone. `dataSet` gives the palette.
 * True where a stored value changed.
 */
export function blankBoxes(
  samples: FrameSamples,
  boxes: readonly BlankBox[],
  fill: PixelFill,
  dataSet: DataSet,
): boolean {
  if (boxes.length === 0) return false;
  return blankSamples(samples, boxes, fill, brightnessOf(samples, dataSet));
}

/** What each of these boxes would be filled with: one stored value for each component. */
export function fillsOf(
  samples: FrameSamples,
  boxes: readonly BlankBox[],
  fill: PixelFill,
  dataSet: DataSet,
): readonly (readonly number[])[] {
  const brightness = brightnessOf(samples, dataSet);
  return boxes.map((box) => fillOf(samples, box, boxes, fill, brightness));
}

/** As `blankBoxes`, for samples whose brightness is known. */
export function blankSamples(
  samples: FrameSamples,
  boxes: readonly BlankBox[],
  fill: PixelFill,
  brightness: Brightness,
): boolean {
  const wanted = samples.paired ? boxes.map((box) => inPairs(box, samples.columns)) : boxes;
  // All of them first: a blanked box must not be the surroundings of the next.
  const values = wanted.map((box) => fillOf(samples, box, wanted, fill, brightness));
  let changed = false;
  for (const [index, box] of wanted.entries()) {
    if (blank(samples, box, values[index] ?? [])) changed = true;
  }
  return changed;
}

function blank(samples: FrameSamples, box: BlankBox, values: readonly number[]): boolean {
  let changed = false;
  for (const [component, value] of values.entries()) {
    for (let row = box.top; row < box.top + box.height; row += 1) {
      for (let column = box.left; column < box.left + box.width; column += 1) {
        if (Object.is(samples.get(row, column, component), value)) continue;
        samples.set(row, column, component, value);
        changed = true;
      }
    }
  }
  return changed;
}

/** The box with whole pairs of pixels, so that no chrominance of it remains and none beside it changes. */
function inPairs(box: BlankBox, columns: number): BlankBox {
  const left = box.left - (box.left % 2);
  const right = Math.min(columns, box.left + box.width + ((box.left + box.width) % 2));
  return { ...box, left, width: right - left };
}
