/** One tag of a synthetic ICC profile. */
type Tag = readonly [signature: string, data: Buffer];

export interface ProfileOptions {
  /** XYZ of red, green and blue relative to D50; those of sRGB when left out. */
  readonly primaries?: readonly (readonly [number, number, number])[];
  /** Exponent of the tone curves; sRGB's own is near 2.2. */
  readonly gamma?: number;
  readonly deviceClass?: string;
  readonly colorSpace?: string;
  readonly connectionSpace?: string;
}

/** Primaries of sRGB, adapted to D50 as ICC.1 asks. */
export const standardPrimaries = [
  [0.43607, 0.22249, 0.01392],
  [0.38515, 0.71687, 0.09708],
  [0.14307, 0.06061, 0.7141],
] as const;
/** Primaries of Adobe RGB (1998): a wider green. */
export const widePrimaries = [
  [0.60974, 0.31111, 0.01947],
  [0.20528, 0.62567, 0.06087],
  [0.14919, 0.06322, 0.74457],
] as const;

const fixed = (value: number): number => Math.round(value * 65_536);

function xyz(values: readonly number[]): Buffer {
  const out = Buffer.alloc(20);
  out.write('XYZ ', 0, 'latin1');
  for (const [i, value] of values.entries()) out.writeInt32BE(fixed(value), 8 + 4 * i);
  return out;
}

function curve(gamma: number): Buffer {
  const out = Buffer.alloc(16);
  out.write('curv', 0, 'latin1');
  out.writeUInt32BE(1, 8);
  out.writeUInt16BE(Math.round(gamma * 256), 12);
  return out;
}

function text(type: string, value: string): Buffer {
  return Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), Buffer.from(`${value}\0`, 'latin1')]);
}

function description(value: string): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(value.length + 1);
  const rest = Buffer.alloc(4 + 4 + 2 + 1 + 67);
  return Buffer.concat([Buffer.from('desc\0\0\0\0'), count, Buffer.from(`${value}\0`), rest]);
}

/** A lut8 from device to Lab PCS that turns every colour of a 2x2x2 grid into the given Lab bytes. */
function lookUpToLab(corners: readonly (readonly [number, number, number])[]): Buffer {
  const head = Buffer.alloc(48);
  head.write('mft1', 0, 'latin1');
  head[8] = 3; // inputs
  head[9] = 3; // outputs
  head[10] = 2; // grid points
  for (const i of [0, 4, 8]) head.writeInt32BE(fixed(1), 12 + 4 * i);
  const linear = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  return Buffer.concat([head, linear, linear, linear, Buffer.from(corners.flat()), linear, linear, linear]);
}

function assemble(options: ProfileOptions, tags: readonly Tag[]): Buffer {
  const tableBytes = 4 + 12 * tags.length;
  const padded = tags.map(([, data]) => Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]));
  const head = Buffer.alloc(128 + tableBytes);
  head.writeUInt32BE(head.length + padded.reduce((sum, { length }) => sum + length, 0), 0);
  head.writeUInt32BE(0x02400000, 8);
  head.write(options.deviceClass ?? 'mntr', 12, 'latin1');
  head.write(options.colorSpace ?? 'RGB ', 16, 'latin1');
  head.write(options.connectionSpace ?? 'XYZ ', 20, 'latin1');
  head.writeUInt16BE(2026, 24);
  head.writeUInt16BE(1, 26);
  head.writeUInt16BE(1, 28);
  head.write('acsp', 36, 'latin1');
  for (const [i, value] of [0.9642, 1, 0.8249].entries()) head.writeInt32BE(fixed(value), 68 + 4 * i);
  head.writeUInt32BE(tags.length, 128);
  let at = head.length;
  for (const [i, [signature, data]] of tags.entries()) {
    head.write(signature, 132 + 12 * i, 'latin1');
    head.writeUInt32BE(at, 136 + 12 * i);
    head.writeUInt32BE(data.length, 140 + 12 * i);
    at += padded[i]?.length ?? 0;
  }
  return Buffer.concat([head, ...padded]);
}

const common: readonly Tag[] = [
  ['desc', description('synthetic')],
  ['cprt', text('text', 'none')],
  ['wtpt', xyz([0.9642, 1, 0.8249])],
];

/** A profile of three primaries and one exponent. */
export function matrixProfile(options: ProfileOptions = {}): Buffer {
  const [red, green, blue] = options.primaries ?? standardPrimaries;
  const tone = curve(options.gamma ?? 2.2);
  return assemble(options, [
    ...common,
    ['rXYZ', xyz(red ?? [])],
    ['gXYZ', xyz(green ?? [])],
    ['bXYZ', xyz(blue ?? [])],
    ['rTRC', tone],
    ['gTRC', tone],
    ['bTRC', tone],
  ]);
}

/** A profile of a scanner by a table to CIELab, as whole slide scanners have: here all colours are muted. */
export function tableProfile(): Buffer {
  // L* in 0 to 255, a* and b* with 128 for none; from black, blue, green, cyan, red, magenta, yellow to white.
  const corners = [
    [0, 128, 128],
    [80, 160, 70],
    [200, 70, 190],
    [220, 90, 110],
    [130, 190, 180],
    [150, 200, 90],
    [240, 120, 210],
    [255, 128, 128],
  ] as const;
  const options = { deviceClass: 'scnr', connectionSpace: 'Lab ' };
  return assemble(options, [...common, ['A2B0', lookUpToLab(corners)]]);
}
