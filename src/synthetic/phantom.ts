import { seededRandom } from './random.ts';

/** What the head of the phantom is made of. */
export type Material = 'air' | 'scalp' | 'bone' | 'grey' | 'white' | 'fluid' | 'blood' | 'oedema';

/** One ellipsoid of material inside another; lengths in mm, patient directions (x left, y posterior, z head), turned about z. */
interface Ellipsoid {
  readonly material: Material;
  readonly inside: Material;
  readonly center: readonly [number, number, number];
  readonly radius: readonly [number, number, number];
  readonly turnDegrees: number;
}

/** A head after the idea of Shepp and Logan, in real size: skull, brain, ventricles, a bleed and an old infarct. */
const head: readonly Ellipsoid[] = [
  { material: 'scalp', inside: 'air', center: [0, 0, 0], radius: [78, 98, 105], turnDegrees: 0 },
  { material: 'bone', inside: 'scalp', center: [0, 0, 0], radius: [73, 92, 100], turnDegrees: 0 },
  { material: 'grey', inside: 'bone', center: [0, 0, 0], radius: [67, 85, 94], turnDegrees: 0 },
  { material: 'white', inside: 'grey', center: [-29, 2, 2], radius: [25, 64, 66], turnDegrees: -4 },
  { material: 'white', inside: 'grey', center: [29, 2, 2], radius: [25, 64, 66], turnDegrees: 4 },
  { material: 'fluid', inside: 'white', center: [-15, -4, 10], radius: [8, 30, 26], turnDegrees: -13 },
  { material: 'fluid', inside: 'white', center: [15, -4, 10], radius: [8, 30, 26], turnDegrees: 13 },
  { material: 'fluid', inside: 'grey', center: [0, 6, -6], radius: [2.5, 11, 12], turnDegrees: 0 },
  { material: 'blood', inside: 'white', center: [38, -34, 16], radius: [11, 8, 14], turnDegrees: 25 },
  { material: 'oedema', inside: 'white', center: [-38, 40, 12], radius: [13, 19, 20], turnDegrees: 20 },
  { material: 'bone', inside: 'grey', center: [0, 30, 2], radius: [2.5, 2.5, 4], turnDegrees: 0 },
];

export interface SliceOptions {
  readonly rows: number;
  readonly columns: number;
  readonly fieldOfViewMm: number;
  readonly zMm: number;
  /** Stored value of each material. */
  readonly values: Readonly<Record<Material, number>>;
  /** Half width of the noise, in stored values. */
  readonly noise: number;
  readonly seed: string;
}

/** A transverse slice through the head: rows x columns stored values, never below zero. */
export function phantomSlice(options: SliceOptions): Uint16Array {
  const { rows, columns, fieldOfViewMm, zMm } = options;
  const pixels = new Float32Array(rows * columns).fill(options.values.air);
  const step = { x: fieldOfViewMm / columns, y: fieldOfViewMm / rows };
  for (const one of head) {
    const dz = (zMm - one.center[2]) / one.radius[2];
    if (dz * dz >= 1) continue;
    const shrink = Math.sqrt(1 - dz * dz);
    paintEllipse(pixels, options, step, one, shrink);
  }
  return withNoise(pixels, options.noise, options.seed);
}

function paintEllipse(
  pixels: Float32Array,
  size: {
    readonly rows: number;
    readonly columns: number;
    readonly values: Readonly<Record<Material, number>>;
  },
  step: { readonly x: number; readonly y: number },
  one: Ellipsoid,
  shrink: number,
): void {
  const cosine = Math.cos((one.turnDegrees * Math.PI) / 180);
  const sine = Math.sin((one.turnDegrees * Math.PI) / 180);
  const a = one.radius[0] * shrink;
  const b = one.radius[1] * shrink;
  const value = size.values[one.material];
  for (let row = 0; row < size.rows; row += 1) {
    const y = (row + 0.5 - size.rows / 2) * step.y - one.center[1];
    if (Math.abs(y) > Math.max(a, b)) continue;
    for (let column = 0; column < size.columns; column += 1) {
      const x = (column + 0.5 - size.columns / 2) * step.x - one.center[0];
      const u = (x * cosine + y * sine) / a;
      const v = (y * cosine - x * sine) / b;
      if (u * u + v * v < 1) pixels[row * size.columns + column] = value;
    }
  }
}

export interface ProjectionOptions {
  readonly rows: number;
  readonly columns: number;
  readonly fieldOfViewMm: number;
  /** Attenuation of each material per mm. */
  readonly attenuation: Readonly<Record<Material, number>>;
  /** Stored value of an attenuation sum of 1. */
  readonly scale: number;
  readonly noise: number;
  readonly seed: string;
}

/** A frontal projection of the head (rays along y): the sum of attenuation, times `scale`. */
export function phantomProjection(options: ProjectionOptions): Uint16Array {
  const { rows, columns, fieldOfViewMm, attenuation } = options;
  const pixels = new Float32Array(rows * columns);
  const step = { x: fieldOfViewMm / columns, z: fieldOfViewMm / rows };
  for (const one of head) {
    const gain = (attenuation[one.material] - attenuation[one.inside]) * options.scale;
    for (let row = 0; row < rows; row += 1) {
      const w = ((rows / 2 - row - 0.5) * step.z - one.center[2]) / one.radius[2];
      if (w * w >= 1) continue;
      for (let column = 0; column < columns; column += 1) {
        const u = ((column + 0.5 - columns / 2) * step.x - one.center[0]) / one.radius[0];
        const inner = 1 - u * u - w * w;
        if (inner <= 0) continue;
        const index = row * columns + column;
        // Chord of the ray; the small turn about z is left out of a projection.
        pixels[index] = (pixels[index] ?? 0) + 2 * one.radius[1] * Math.sqrt(inner) * gain;
      }
    }
  }
  return withNoise(pixels, options.noise, options.seed);
}

function withNoise(pixels: Float32Array, noise: number, seed: string): Uint16Array {
  const random = seededRandom(seed);
  const stored = new Uint16Array(pixels.length);
  for (let index = 0; index < pixels.length; index += 1) {
    const value = (pixels[index] ?? 0) + (random() + random() - 1) * noise;
    stored[index] = Math.max(value, 0);
  }
  return stored;
}
