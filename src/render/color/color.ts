import { SallyportError } from '../../core/errors.ts';
import type { DecodedFrame } from '../decode/decoders.ts';
import { isPairedChroma, type PixelDescription } from '../pixel-description.ts';
import type { CellLayout, Cells } from '../samples.ts';
import { ybrFullToRgb, ybrPartialToRgb } from './ybr.ts';

/**
 * Interleaved 8-bit RGB of one decoded frame with three samples per pixel. Samples of more than 8 bits keep their
 * highest ones. Throws PIXEL_FORMAT_UNSUPPORTED for YBR_PARTIAL_420, whose native layout the standard does not define.
 */
export function renderColor(
  frame: DecodedFrame,
  cells: Cells,
  layout: CellLayout,
  pixels: PixelDescription,
): Uint8Array {
  const { rows, columns } = pixels;
  const narrow = toEightBits(cells, layout);
  switch (withoutSubsampling(frame.photometricInterpretation, cells.length, rows, columns)) {
    case 'RGB':
    case 'YBR_ICT':
    case 'YBR_RCT':
      return interleave(narrow, rows * columns, frame.planarConfiguration);
    case 'YBR_FULL':
      return ybrFullToRgb(interleave(narrow, rows * columns, frame.planarConfiguration));
    case 'YBR_FULL_422':
      return ybrFullToRgb(spreadChroma(narrow, rows, columns));
    case 'YBR_PARTIAL':
      return ybrPartialToRgb(interleave(narrow, rows * columns, frame.planarConfiguration));
    case 'YBR_PARTIAL_422':
      return ybrPartialToRgb(spreadChroma(narrow, rows, columns));
    default:
      throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'photometric interpretation' });
  }
}

/** As with native pixels (see the description), the length tells whether the chrominance really is subsampled. */
function withoutSubsampling(photometric: string, cells: number, rows: number, columns: number): string {
  const paired = 4 * rows * Math.ceil(columns / 2);
  return isPairedChroma(photometric) && cells !== paired && cells >= 3 * rows * columns
    ? photometric.replace('_422', '')
    : photometric;
}

function toEightBits(cells: Cells, layout: CellLayout): Uint8Array {
  const mask = 2 ** layout.bitsStored - 1;
  // The upper half of the signed range is the lower half of the unsigned one, so this also centres signed samples.
  const flip = layout.signed ? 2 ** (layout.bitsStored - 1) : 0;
  if (cells instanceof Uint8Array && layout.bitsStored === 8 && flip === 0) return cells;
  const out = new Uint8Array(cells.length);
  const shift = layout.bitsStored - 8;
  for (let i = 0; i < out.length; i++) {
    const value = (((cells[i] as number) >>> layout.shift) & mask) ^ flip;
    out[i] = shift >= 0 ? value >>> shift : Math.round((value * 255) / mask);
  }
  return out;
}

function interleave(samples: Uint8Array, pixels: number, planarConfiguration: 0 | 1): Uint8Array {
  if (planarConfiguration === 0)
    return samples.length === 3 * pixels ? samples : samples.subarray(0, 3 * pixels);
  const out = new Uint8Array(3 * pixels);
  for (let i = 0, to = 0; i < pixels; i++) {
    out[to++] = samples[i] as number;
    out[to++] = samples[i + pixels] as number;
    out[to++] = samples[i + 2 * pixels] as number;
  }
  return out;
}

/** Two pixels in four samples, Y Y Cb Cr, to three samples each; the chrominance is repeated. */
function spreadChroma(samples: Uint8Array, rows: number, columns: number): Uint8Array {
  const out = new Uint8Array(3 * rows * columns);
  const rowSamples = 4 * Math.ceil(columns / 2);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const pair = row * rowSamples + 4 * (column >> 1);
      out[to++] = samples[pair + (column & 1)] as number;
      out[to++] = samples[pair + 2] as number;
      out[to++] = samples[pair + 3] as number;
    }
  }
  return out;
}
