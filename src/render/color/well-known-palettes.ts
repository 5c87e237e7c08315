import { inflateRawSync } from 'node:zlib';
import type { Palette, PaletteTable } from './palette-table.ts';
import { expandSegments } from './segmented-palette.ts';

const length = 256;
const root = '1.2.840.10008.1.5.';

/**
 * Hot Iron, PET, Hot Metal Blue and PET 20 Step (PS3.6 B.1.1 to B.1.4): red, green and blue of each, 256 entries of 8 bits
 * as differences from the one before, deflated.
 */
const deflatedDifferences =
  'Y2AaWMDIMMLBwAY/81APPhbKAMX+ZyQhqdNEKY3THzMB6X8EwH9C8gOd/hkHuAD8+4cygC1VsxIvSJtcyQwFTAgGEwTBaXQVGALA' +
  'zAnJojBy2BX7jOi5nR4CjKgkA/FFDiPppRRcxV8o+Adj/AKC378gAExjqCCcqMgSYEHFKDYkIHMu4Io6BWSOAFGcDQxEGfYBib0A' +
  'lwRu8AEnx5+MFGpARf8/wGmwAU6TcXrmAS7OBQaiOP9xejmAqGgSwOl+AVxaAkiPf9wBi+L/A6RHLIr/AQ==';

/** Spring, Summer, Fall and Winter (B.1.5 to B.1.8) as segments of bytes (PS3.3 C.7.9.2): red, green, blue. */
const segments: Readonly<Record<number, readonly (readonly number[])[]>> = {
  5: [
    [0, 1, 255, 1, 255, 255],
    [0, 1, 0, 1, 255, 255],
    [0, 1, 255, 1, 255, 0],
  ],
  6: [
    [0, 1, 0, 1, 255, 0],
    [0, 1, 255, 1, 255, 128],
    [0, 1, 0, 1, 127, 0, 1, 128, 254],
  ],
  7: [
    [0, 1, 255, 1, 255, 255],
    [0, 1, 255, 1, 255, 0],
    [0, 1, 0, 1, 255, 0],
  ],
  8: [
    [0, 1, 0, 1, 127, 0, 1, 128, 127],
    [0, 1, 0, 1, 255, 255],
    [0, 1, 255, 1, 255, 128],
  ],
};

/** The standard colour palette with this SOP Instance UID (PS3.6 B.1); undefined where it is none. */
export function wellKnownPalette(uid: string): Palette | undefined {
  const number = uid.startsWith(root) ? Number(uid.slice(root.length)) : 0;
  const tables = number >= 1 && number <= 4 ? tabled(number - 1) : segmented(number);
  const [red, green, blue] = tables;
  return red === undefined || green === undefined || blue === undefined ? undefined : { red, green, blue };
}

function tabled(index: number): PaletteTable[] {
  const differences = inflateRawSync(Buffer.from(deflatedDifferences, 'base64'));
  return [0, 1, 2].map((color) => {
    const start = (3 * index + color) * length;
    let entry = 0;
    const entries = Uint8Array.from(differences.subarray(start, start + length), (step) => {
      entry = (entry + step) & 0xff;
      return entry;
    });
    return { firstMapped: 0, entries };
  });
}

function segmented(number: number): PaletteTable[] {
  return (segments[number] ?? []).flatMap((bytes) => {
    const entries = expandSegments(Uint8Array.from(bytes), true, 8, length);
    return entries === undefined ? [] : [{ firstMapped: 0, entries: Uint8Array.from(entries) }];
  });
}
