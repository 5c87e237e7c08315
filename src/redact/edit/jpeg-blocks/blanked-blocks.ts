import type { PixelBox } from '../../../core/redaction.ts';
import { falseColors } from './false-colors.ts';
import type { JpegComponent, SequentialJpeg } from './sequential-jpeg.ts';

/** A DC coefficient that no block has: the block stays. */
export const keptBlock = 0x7fff;
/** T.81 F.1.2.1.1: differences of DC coefficients of 8 bits have no more bits. */
const mostDcCoefficient = 1023;
/** Decoders cut off what lies outside of their range; from some distance on, some go wrong. */
const mostOvershoot = 4000;

/** What becomes of the blocks of one component; index: row times stride plus column. */
export interface BlankedBlocks {
  /** Quantized DC coefficient of a blanked block, all others of which are zero; `keptBlock` for others. */
  readonly dc: Int16Array;
  /** Sample that a blanked block is decoded to; -1 for others. */
  readonly level: Int16Array;
  /** Index of the box that fills a blanked block; of others 0. */
  readonly box: Int32Array;
}

/** A box and its fill, one sample for each component. */
export interface FilledBox {
  readonly box: PixelBox;
  readonly fill: readonly number[];
}

/**
 * The blocks that hold anything of these boxes, component by component; of several boxes the last one fills. `before` are the
 * decoded samples, interleaved: where blocks of subsampled chrominance reach beyond the blocks of luminance, and what is
 * there has another colour than the fill, the luminance goes too, since flow in grey would be taken for tissue. Of a component
 * with fewer samples than the image has pixels, the samples beside a box count as its own: encoders and decoders mix
 * neighbours of such (T.81 leaves the filters open). Where a box reaches the last block of the image, blocks that only fill
 * up the last units are blanked too, since encoders repeat there what stands at the edge.
 */
export function blankedBlocks(
  jpeg: SequentialJpeg,
  boxes: readonly FilledBox[],
  before: Uint8Array,
): BlankedBlocks[] {
  const blanked = jpeg.components.map(({ stride, storedDown }) => {
    const count = stride * storedDown;
    return {
      dc: new Int16Array(count).fill(keptBlock),
      level: new Int16Array(count).fill(-1),
      box: new Int32Array(count),
    };
  });
  const blank = (index: number, box: PixelBox, filled: number): void => {
    const component = jpeg.components[index];
    const blocks = blanked[index];
    if (component === undefined || blocks === undefined) return;
    const coefficient = dcCoefficient(boxes[filled]?.fill[index] ?? 0, component.dcStep);
    blankBox(jpeg, component, box, (from, to) => {
      blocks.dc.fill(coefficient, from, to);
      blocks.level.fill(decodedLevel(coefficient, component.dcStep), from, to);
      blocks.box.fill(filled, from, to);
    });
  };
  for (const [filled, { box }] of boxes.entries())
    for (const index of jpeg.components.keys()) blank(index, box, filled);
  for (const { components, block, filled } of falseColors(jpeg, blanked, before))
    for (const index of components) blank(index, block, filled);
  return blanked;
}

/** How many samples beside its own a pixel may be decoded from: none where every pixel has one. */
export function reach(factor: number, mostFactor: number): number {
  return factor === mostFactor ? 0 : 1;
}

function blankBox(
  { mostHorizontal, mostVertical }: SequentialJpeg,
  component: JpegComponent,
  { left, top, width, height }: PixelBox,
  blank: (from: number, to: number) => void,
): void {
  const { horizontal, vertical, blocksAcross, blocksDown, stride, storedDown } = component;
  const across = blockRange(left, left + width, horizontal, mostHorizontal);
  const down = blockRange(top, top + height, vertical, mostVertical);
  const right = across.last >= blocksAcross - 1 ? stride : across.last + 1;
  const bottom = down.last >= blocksDown - 1 ? storedDown : down.last + 1;
  for (let row = down.first; row < bottom; row += 1) blank(row * stride + across.first, row * stride + right);
}

/** The blocks of the pixels [from, to) in one direction. */
function blockRange(
  from: number,
  to: number,
  factor: number,
  mostFactor: number,
): { readonly first: number; readonly last: number } {
  const beside = reach(factor, mostFactor);
  const first = Math.floor((from * factor) / mostFactor) - beside;
  const last = Math.ceil((to * factor) / mostFactor) - 1 + beside;
  return { first: Math.max(0, first) >> 3, last: last >> 3 };
}

/** The quantized DC coefficient whose block is decoded nearest to a sample of 8 bits. */
function dcCoefficient(sample: number, step: number): number {
  const wanted = 8 * (sample - 128);
  const middle = Math.round(wanted / step);
  let best = 0;
  for (const candidate of [middle, middle - 1, middle + 1]) {
    const possible = Math.abs(candidate) <= mostDcCoefficient && Math.abs(candidate * step) <= mostOvershoot;
    if (possible && distance(candidate, step, sample) < distance(best, step, sample)) best = candidate;
  }
  return best;
}

function distance(coefficient: number, step: number, sample: number): number {
  return Math.abs(decodedLevel(coefficient, step) - sample);
}

/** T.81 A.3.3, A.3.1: the sample of a block that has a DC coefficient alone. */
function decodedLevel(coefficient: number, step: number): number {
  return Math.max(0, Math.min(255, ((coefficient * step + 4) >> 3) + 128));
}
