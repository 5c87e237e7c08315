/** Chromaticities and white of a matrix profile as XYZ of the profile connection space (D50), and the tone curve. */
export interface MatrixProfile {
  readonly red: readonly [number, number, number];
  readonly green: readonly [number, number, number];
  readonly blue: readonly [number, number, number];
  /** Exponent of the tone curves. */
  readonly gamma: number;
  readonly description: string;
}

/** Primaries of sRGB adapted to D50, with a plain gamma near its curve. */
export const nearSrgb: MatrixProfile = {
  red: [0.4361, 0.2225, 0.0139],
  green: [0.3851, 0.7169, 0.0971],
  blue: [0.1431, 0.0606, 0.7141],
  gamma: 2.2,
  description: 'near sRGB',
};

/** Red and green exchanged and another gamma: who ignores the profile shows plainly wrong colours. */
export const exchangedPrimaries: MatrixProfile = {
  ...nearSrgb,
  red: nearSrgb.green,
  green: nearSrgb.red,
  gamma: 1.8,
  description: 'red and green exchanged',
};

/**
 * A minimal three-component matrix profile (ICC.1:2001-04, version 2.1, display class): header, tag table, description,
 * copyright, white point, three colorants and one curve for all channels.
 */
export function matrixProfile(profile: MatrixProfile): Uint8Array {
  const curve = typed('curv', [...u32(1), ...u16(Math.round(profile.gamma * 256)), 0, 0]);
  const tags: readonly (readonly [string, number[]])[] = [
    ['desc', description(profile.description)],
    ['cprt', typed('text', [...ascii('none'), 0])],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(profile.red)],
    ['gXYZ', xyz(profile.green)],
    ['bXYZ', xyz(profile.blue)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const table: number[] = [...u32(tags.length)];
  const data: number[] = [];
  const start = 128 + 4 + 12 * tags.length;
  for (const [name, body] of tags) {
    table.push(...ascii(name), ...u32(start + data.length), ...u32(body.length));
    data.push(...body, ...Array.from({ length: (4 - (body.length % 4)) % 4 }, () => 0));
  }
  return Uint8Array.from([...header(start + data.length), ...table, ...data]);
}

function header(size: number): number[] {
  const bytes = [
    ...u32(size),
    ...ascii('    '),
    ...u32(0x02100000),
    ...ascii('mntrRGB XYZ '),
    ...[2026, 1, 1, 0, 0, 0].flatMap(u16),
    ...ascii('acsp'),
    ...Array.from({ length: 28 }, () => 0),
    ...[0.9642, 1, 0.8249].flatMap(s15Fixed16),
  ];
  return [...bytes, ...Array.from({ length: 128 - bytes.length }, () => 0)];
}

function description(text: string): number[] {
  const body = [...u32(text.length + 1), ...ascii(text), 0];
  // Unicode and ScriptCode parts, both empty.
  return typed('desc', [...body, ...Array.from({ length: 8 + 3 + 67 }, () => 0)]);
}

const xyz = (value: readonly number[]): number[] => typed('XYZ ', value.flatMap(s15Fixed16));
const typed = (type: string, body: number[]): number[] => [...ascii(type), 0, 0, 0, 0, ...body];
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(Math.floor(value / 65_536)), ...u16(value % 65_536)];
const s15Fixed16 = (value: number): number[] => u32(Math.round(value * 65_536));
