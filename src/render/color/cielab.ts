/**
 * sRGB, 0 to 255 each, of a CIELab color as DICOM stores it: three unsigned 16-bit numbers, L* from 0 to 100 and a*, b* from
 * -128 to 127, relative to the D50 white of the ICC profile connection space (PS3.3 C.10.7.1.1). Colors outside sRGB are
 * cut to it.
 */
export function storedCielabToRgb(stored: readonly [number, number, number]): [number, number, number] {
  const [lightness, a, b] = stored;
  return cielabToRgb((lightness * 100) / 65_535, (a * 255) / 65_535 - 128, (b * 255) / 65_535 - 128);
}

/** sRGB, 0 to 255 each, of L* 0 to 100, a* and b*, all relative to D50. */
export function cielabToRgb(lightness: number, a: number, b: number): [number, number, number] {
  const fy = (lightness + 16) / 116;
  // CIE 15: X, Y and Z relative to the D50 white point of ICC.1, 7.2.16.
  const x = 0.9642 * inverse(fy + a / 500);
  const y = inverse(fy);
  const z = 0.8249 * inverse(fy - b / 200);
  // XYZ relative to D50 to linear sRGB: the matrix of IEC 61966-2-1 behind a Bradford adaptation to its D65 white.
  return [
    encode(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
    encode(-0.9787684 * x + 1.9161415 * y + 0.033454 * z),
    encode(0.0719453 * x - 0.2289914 * y + 1.4052427 * z),
  ];
}

function inverse(f: number): number {
  return f > 6 / 29 ? f ** 3 : (108 / 841) * (f - 4 / 29);
}

/** The transfer function of IEC 61966-2-1. */
function encode(linear: number): number {
  const clamped = Math.min(1, Math.max(0, linear));
  const encoded = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(255 * encoded);
}
