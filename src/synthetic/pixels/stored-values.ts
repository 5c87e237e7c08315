import { seededRandom } from '../random.ts';
import { hasPairedChroma, type PixelSpec, samplesOf } from './pixel-spec.ts';

/** Syntaxes that need not give back what went in, with the largest difference as a part of the range. */
const lossy: Readonly<Partial<Record<PixelSpec['syntax'], number>>> = {
  'jpeg-baseline': 0.05,
  'jpeg-extended': 0.05,
  'jpeg-ls-near': 0.02,
  'jpeg-2000-lossy': 0.2,
  'htj2k-lossy': 0.2,
  'jpeg-xl-lossy': 0.25,
};

/** Largest difference a decoded sample may have from the stored one; 0 for what is lossless. */
export function toleranceOf(spec: PixelSpec): number {
  return Math.ceil((lossy[spec.syntax] ?? 0) * 2 ** spec.bitsStored);
}

/**
 * The stored values of one frame (counted from 0), as numbers: samples of a pixel together, or Y Y Cb Cr where chroma is
 * paired. Noise over the whole range with both extremes in it, or a smooth surface where the syntax is lossy; for
 * floats, values of both signs and fractions.
 */
export function storedValues(spec: PixelSpec, frame: number): Float64Array {
  const random = seededRandom(`${spec.name} ${frame}`);
  const count = hasPairedChroma(spec)
    ? spec.rows * Math.ceil(spec.columns / 2) * 4
    : spec.rows * spec.columns * samplesOf(spec);
  const values = new Float64Array(count);
  if (spec.sampleKind !== 'integer') {
    for (let i = 0; i < count; i++) {
      const value = (random() - 0.5) * 2000 * (i % 7);
      values[i] = spec.sampleKind === 'float' ? Math.fround(value) : value;
    }
    return values;
  }
  const range = 2 ** spec.bitsStored;
  const low = spec.signed ? -range / 2 : 0;
  const isSmooth = lossy[spec.syntax] !== undefined;
  for (let i = 0; i < count; i++) {
    values[i] = low + (isSmooth ? smooth(spec, i, frame, range) : Math.floor(random() * range));
  }
  if (!isSmooth && count > 3) {
    // Extremes, and a run for the coders that know runs.
    values[0] = low;
    values[1] = low + range - 1;
    values.fill(low + Math.floor(range / 3), Math.floor(count / 2), Math.floor((count * 3) / 4));
  }
  const cut = spec.syntax.startsWith('jpeg-lossless') ? (spec.codec.pointTransform ?? 0) : 0;
  if (cut === 0) return values;
  return values.map((value) => Math.floor((value - low) / 2 ** cut) * 2 ** cut + low);
}

function smooth(spec: PixelSpec, index: number, frame: number, range: number): number {
  const samples = samplesOf(spec);
  const pixel = Math.floor(index / samples);
  const x = (pixel % spec.columns) / spec.columns;
  const y = Math.floor(pixel / spec.columns) / spec.rows;
  const wave = Math.sin(2 * x + (index % samples)) * 0.3 + Math.cos(2 * y + frame) * 0.15 + 0.5;
  return Math.round(Math.min(1, Math.max(0, wave)) * (range - 1));
}
