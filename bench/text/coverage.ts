import type { TruthText } from '../../src/annotate/annotation.ts';
import type { PixelBox } from '../../src/core/redaction.ts';
import type { EightBitImage } from '../../src/render/output/sharp.ts';

/** Marks of the pixels that boxes cover, 1 where one does. */
export function marksOf(width: number, height: number, boxes: readonly PixelBox[], padding = 0): Uint8Array {
  const marks = new Uint8Array(width * height);
  for (const { left, top, width: w, height: h } of boxes) {
    const [from, to] = [
      Math.max(0, Math.floor(left) - padding),
      Math.min(width, Math.ceil(left + w) + padding),
    ];
    const last = Math.min(height, Math.ceil(top + h) + padding);
    for (let row = Math.max(0, Math.floor(top) - padding); row < last; row++)
      if (to > from) marks.fill(1, row * width + from, row * width + to);
  }
  return marks;
}

/** Pixels of a text: those that are shown otherwise than without it. */
export function inkOf(text: PixelBox, clean: EightBitImage, annotated: EightBitImage): number[] {
  const ink: number[] = [];
  for (let row = text.top; row < text.top + text.height; row++) {
    for (let column = text.left; column < text.left + text.width; column++) {
      const pixel = row * annotated.width + column;
      if (differs(pixel, clean, annotated)) ink.push(pixel);
    }
  }
  return ink;
}

/** Least height and width of what is seen of a text, of the height of its capitals and of what its characters need. */
const leastSeen = { height: 0.6, length: 0.35 } as const;

/**
 * Whether enough of a text is seen to tell anything: white letters on white, or what moves out of the picture, leave scraps of
 * one.
 */
export function isSeen({ string, capHeight, rotation, stacked, width, height }: TruthText): boolean {
  if (stacked) return true;
  const [length, thickness] = rotation === 90 || rotation === 270 ? [height, width] : [width, height];
  const characters = [...string].length;
  return thickness >= leastSeen.height * capHeight && length >= leastSeen.length * characters * capHeight;
}

export function differs(pixel: number, one: EightBitImage, other: EightBitImage): boolean {
  for (let at = pixel * one.channels; at < (pixel + 1) * one.channels; at++)
    if (one.pixels[at] !== other.pixels[at]) return true;
  return false;
}

/** Counts of covered and all, by any number of names. */
export class Tally {
  readonly #counts = new Map<string, { covered: number; all: number }>();

  add(name: string, covered: boolean): void {
    const count = this.#counts.get(name) ?? { covered: 0, all: 0 };
    count.covered += covered ? 1 : 0;
    count.all += 1;
    this.#counts.set(name, count);
  }

  get(name: string): { readonly covered: number; readonly all: number } {
    return this.#counts.get(name) ?? { covered: 0, all: 0 };
  }

  names(): string[] {
    return [...this.#counts.keys()].sort();
  }

  share(name: string): string {
    const { covered, all } = this.get(name);
    return all === 0 ? '–' : `${((100 * covered) / all).toFixed(1)} % (${covered}/${all})`;
  }
}

/** The groups a text counts in. */
export function groupsOf(text: TruthText, photometric: string): string[] {
  const size = [10, 14, 20, 30].find((limit) => text.capHeight < limit);
  const contrast = [50, 80, 140].find((limit) => text.contrast < limit);
  return [
    `size ${size === undefined ? '30 and more' : `below ${size}`}`,
    `contrast ${contrast === undefined ? '140 and more' : `below ${contrast}`}`,
    `direction ${text.stacked ? 'stacked' : text.rotation}`,
    `background ${text.background}`,
    `kind ${text.kind}`,
    `font ${text.font}`,
    `photometric ${photometric === '' ? 'none' : photometric}`,
  ];
}
