import { element, type WriterElement } from '../writer-element.ts';

export interface PaletteOptions {
  /** Entries of each table, at most 65,536. */
  readonly entries: number;
  readonly bits: 8 | 16;
  readonly firstMapped?: number;
  /** `packed`: 8-bit entries two to a word (C.7.6.3.1.6); `words`: one a word; `segmented`: C.7.9.2, 16 bits only. */
  readonly form: 'packed' | 'words' | 'segmented';
  readonly signed?: boolean;
}

const channels = ['red', 'green', 'blue'] as const;

/** The values of the three tables: a rise, a fall, and a triangle. */
export function paletteEntries({ entries, bits }: PaletteOptions): readonly Uint16Array[] {
  const top = 2 ** bits - 1;
  const last = Math.max(1, entries - 1);
  const value = (channel: number, index: number): number => {
    const part = index / last;
    return [part, 1 - part, part < 0.5 ? 2 * part : 2 - 2 * part][channel] ?? 0;
  };
  return channels.map((_, channel) =>
    Uint16Array.from({ length: entries }, (_, index) => Math.round(value(channel, index) * top)),
  );
}

/** Palette Color Lookup Table Module, PS3.3 C.7.9. */
export function paletteElements(options: PaletteOptions): WriterElement[] {
  const { entries, bits, firstMapped = 0, form, signed = false } = options;
  // C.7.6.3.1.5: the first value mapped has the sign of Pixel Representation; 0 stands for 65,536 entries.
  const descriptor = [entries % 65_536, firstMapped & 0xffff, bits];
  return paletteEntries(options).flatMap((table, channel) => [
    signed
      ? element(0x00281101 + channel, 'SS', Int16Array.from(descriptor))
      : element(0x00281101 + channel, 'US', Uint16Array.from(descriptor)),
    form === 'segmented'
      ? element(0x00281221 + channel, 'OW', segments(table, channel))
      : element(0x00281201 + channel, 'OW', form === 'packed' ? packed(table) : table),
  ]);
}

function packed(table: Uint16Array): Uint16Array {
  return Uint16Array.from(
    { length: Math.ceil(table.length / 2) },
    (_, index) => (table[2 * index] ?? 0) | ((table[2 * index + 1] ?? 0) << 8),
  );
}

/**
 * Red: one discrete value and a linear segment. Green: the same after a discrete segment of several. Blue: discrete
 * segments, and an indirect one that repeats the first, so that it does not follow the triangle; see `segmentedBlue`.
 */
function segments(table: Uint16Array, channel: number): Uint16Array {
  const { length } = table;
  const end = table[length - 1] ?? 0;
  if (channel === 0) return Uint16Array.of(0, 1, table[0] ?? 0, 1, length - 1, end);
  if (channel === 1) {
    return Uint16Array.of(0, 3, table[0] ?? 0, table[1] ?? 0, table[2] ?? 0, 1, length - 3, end);
  }
  const half = Math.floor(length / 2);
  const first = [...table.subarray(0, half)];
  const rest = [...table.subarray(0, length - 2 * half)];
  const tail = rest.length > 0 ? [0, rest.length, ...rest] : [];
  return Uint16Array.of(0, half, ...first, 2, 1, 0, 0, ...tail);
}

/** What the segmented blue table of `paletteElements` stands for: the first half twice. */
export function segmentedBlue(options: PaletteOptions): Uint16Array {
  const [, , blue = new Uint16Array()] = paletteEntries(options);
  const half = Math.floor(options.entries / 2);
  return blue.map((_, index) => blue[index % half] ?? 0);
}
