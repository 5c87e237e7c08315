import { SallyportError } from '../../core/errors.ts';
import type { DecodedFrame } from '../decode/decoders.ts';
import type { Palette } from '../grey/lookup-table.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { CellLayout, Cells } from '../samples.ts';

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
  switch (frame.photometricInterpretation) {
    case 'RGB':
    case 'YBR_ICT':
    case 'YBR_RCT':
      return interleave(narrow, rows * columns, frame.planarConfiguration);
    case 'YBR_FULL':
      return ybrToRgb(interleave(narrow, rows * columns, frame.planarConfiguration), fullRange);
    case 'YBR_FULL_422':
      return ybrToRgb(spreadChroma(narrow, rows, columns), fullRange);
    case 'YBR_PARTIAL_422':
      return ybrToRgb(spreadChroma(narrow, rows, columns), partialRange);
    default:
      throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'photometric interpretation' });
  }
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

interface YbrRange {
  readonly luminanceOffset: number;
  readonly luminanceScale: number;
  readonly chrominanceScale: number;
}
/** PS3.3 C.7.6.3.1.2: CCIR 601 with all values used, and with 219 and 224 levels from 16 on. */
const fullRange: YbrRange = { luminanceOffset: 0, luminanceScale: 1, chrominanceScale: 1 };
const partialRange: YbrRange = {
  luminanceOffset: 16,
  luminanceScale: 255 / 219,
  chrominanceScale: 255 / 224,
};

function ybrToRgb(ybr: Uint8Array, range: YbrRange): Uint8Array {
  const out = new Uint8ClampedArray(ybr.length);
  const { luminanceOffset, luminanceScale, chrominanceScale } = range;
  for (let i = 0; i + 2 < ybr.length; i += 3) {
    const y = ((ybr[i] as number) - luminanceOffset) * luminanceScale;
    const cb = ((ybr[i + 1] as number) - 128) * chrominanceScale;
    const cr = ((ybr[i + 2] as number) - 128) * chrominanceScale;
    out[i] = y + 1.402 * cr;
    out[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    out[i + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(out.buffer);
}

/** Interleaved RGB of a PALETTE COLOR frame: PS3.3 C.7.9. */
export function renderPalette(cells: Cells, layout: CellLayout, palette: Palette): Uint8Array {
  const mask = 2 ** layout.bitsStored - 1;
  const half = layout.signed ? 2 ** (layout.bitsStored - 1) : 0;
  const last = palette.red.length - 1;
  const lastGreen = palette.green.length - 1;
  const lastBlue = palette.blue.length - 1;
  const out = new Uint8Array(3 * cells.length);
  for (let i = 0, to = 0; i < cells.length; i++) {
    const bits = ((cells[i] as number) >>> layout.shift) & mask;
    const stored = half !== 0 && bits >= half ? bits - 2 * half : bits;
    const index = Math.max(0, stored - palette.firstMapped);
    out[to++] = palette.red[Math.min(index, last)] as number;
    out[to++] = palette.green[Math.min(index, lastGreen)] as number;
    out[to++] = palette.blue[Math.min(index, lastBlue)] as number;
  }
  return out;
}
