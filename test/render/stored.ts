import type { Part10 } from '../../src/dicom/part10.ts';
import type { DecodedFrame } from '../../src/render/decode/decoders.ts';
import { describePixels, type PixelDescription } from '../../src/render/pixel-description.ts';
import { decodeFrames } from '../../src/render/render.ts';
import { cellsOf, layoutOf } from '../../src/render/samples.ts';
import { limits } from './drawn.ts';

/** The stored values of every frame as numbers, the samples of a pixel together; paired chroma as it lies. */
export function storedOf(part10: Pick<Part10, 'dataSet' | 'transferSyntaxUid'>): Float64Array[] {
  const { dataSet, transferSyntaxUid } = part10;
  const pixels = describePixels(dataSet, limits);
  return [...decodeFrames(dataSet, transferSyntaxUid, pixels)].map((frame) => storedIn(frame, pixels));
}

function storedIn(frame: DecodedFrame, pixels: PixelDescription): Float64Array {
  const cells = cellsOf(frame, pixels);
  const { shift, bitsStored, signed } = layoutOf(frame, pixels);
  const values = new Float64Array(cells.length);
  const range = 2 ** bitsStored;
  for (let i = 0; i < values.length; i++) {
    const cell = cells[i] as number;
    // 32 bits are too many for shifts without sign, so by arithmetic.
    const bits = pixels.sampleKind === 'integer' ? Math.floor(cell / 2 ** shift) % range : cell;
    values[i] = signed && pixels.sampleKind === 'integer' && bits >= range / 2 ? bits - range : bits;
  }
  if (pixels.samplesPerPixel === 1 || frame.planarConfiguration === 0) return values;
  const plane = values.length / 3;
  return values.map((_, i) => values[(i % 3) * plane + Math.floor(i / 3)] as number);
}
