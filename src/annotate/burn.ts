import type { DataSet } from '../dicom/data-set.ts';
import type { FrameSamples } from '../redact/edit/frame-samples.ts';
import type { PixelDescription } from '../render/pixel-description.ts';
import type { Annotation, InkBox, TruthText } from './annotation.ts';
import { typeface } from './fonts/typefaces.ts';
import { isLabel } from './identifiers.ts';
import { brightness, type InkPixel, inkPixels, type Rgb, type ShownFrame } from './stored-ink.ts';
import { ringOf, type TextInk, textInk, type WordInk } from './text-ink.ts';

/** Above this spread of brightness a background counts as anatomy. */
const roughFrom = 12;

/** An annotation with its ink made. */
export interface ReadyAnnotation {
  readonly annotation: Annotation;
  readonly ink: TextInk;
}

export function ready(annotation: Annotation): ReadyAnnotation {
  return { annotation, ink: textInk(annotation.text, { ...annotation, face: typeface(annotation.font) }) };
}

/** Whether a text stands in a frame, from 1, and by how much it has moved there. */
function placeIn(
  { frame, frames, left, top, move }: Annotation,
  index: number,
): readonly [number, number] | undefined {
  const step = index - frame;
  return step < 0 || step >= frames ? undefined : [left + step * move[0], top + step * move[1]];
}

/**
 * Burns what stands in this frame into its samples; gives each text as it came out, for this frame alone. Texts that changed
 * no pixel (outside of the image, or invisible there) are left out.
 */
export function burnFrame(
  texts: readonly ReadyAnnotation[],
  dataSet: DataSet,
  pixels: PixelDescription,
  samples: FrameSamples,
  drawn: ShownFrame,
): TruthText[] {
  const here = texts.filter(({ annotation }) => placeIn(annotation, drawn.frame) !== undefined);
  if (here.length === 0) return [];
  const frame = { dataSet, pixels, samples, shown: drawn };
  const puts = { window: inkPixels(frame, false), hidden: inkPixels(frame, true) };
  return here.flatMap((text) => burnText(text, pixels, drawn, puts[text.annotation.shown]) ?? []);
}

function burnText(
  { annotation, ink }: ReadyAnnotation,
  pixels: PixelDescription,
  drawn: ShownFrame,
  put: InkPixel,
): TruthText | undefined {
  const [left, top] = placeIn(annotation, drawn.frame) ?? [0, 0];
  const seen = new Brightness(drawn);
  const words = ink.words.flatMap((word) => {
    const moved = { ...word, left: word.left + left, top: word.top + top };
    const box = new GrowingBox();
    const rings = annotation.outline > 0 ? [ringOf(moved, annotation.outline)] : [];
    for (const ring of rings) burnMask(ring, opposite(annotation.color), pixels, put, box, undefined);
    burnMask(moved, annotation.color, pixels, put, box, seen);
    const found = box.box();
    const identifying = annotation.kind !== 'harmless' && !isLabel(word.text);
    return found === undefined ? [] : [{ text: word.text, identifying, ...found }];
  });
  if (words.length === 0) return undefined;
  const whole = new GrowingBox();
  for (const word of words) whole.addBox(word);
  const box = whole.box();
  if (box === undefined) return undefined;
  const roughness = seen.deviation();
  return {
    string: annotation.text,
    kind: annotation.kind,
    identifying: annotation.kind !== 'harmless',
    frame: drawn.frame,
    frames: 1,
    ...box,
    words,
    font: annotation.font,
    capHeight: annotation.capHeight,
    rotation: annotation.rotation,
    stacked: annotation.stacked,
    shown: annotation.shown,
    contrast: annotation.shown === 'hidden' ? 0 : Math.round(seen.contrastWith(annotation.color)),
    roughness: Math.round(roughness),
    background: roughness >= roughFrom ? 'anatomy' : 'flat',
  };
}

function opposite(color: Rgb): Rgb {
  return brightness(color) >= 128 ? [0, 0, 0] : [255, 255, 255];
}

function burnMask(
  word: WordInk,
  color: Rgb,
  { rows, columns }: PixelDescription,
  put: InkPixel,
  box: GrowingBox,
  seen: Brightness | undefined,
): void {
  for (let y = 0; y < word.height; y++) {
    const row = word.top + y;
    if (row < 0 || row >= rows) continue;
    for (let x = 0; x < word.width; x++) {
      const column = word.left + x;
      const coverage = word.coverage[y * word.width + x] as number;
      if (coverage === 0 || column < 0 || column >= columns) continue;
      const pixel = row * columns + column;
      seen?.add(pixel, coverage / 255);
      if (put(row, column, color, coverage / 255)) box.add(column, row);
    }
  }
}

/** What is shown below the ink, weighted by the ink. */
class Brightness {
  readonly #drawn: ShownFrame;
  #weight = 0;
  #sum = 0;
  #squares = 0;
  readonly #values: [number, number][] = [];

  constructor(drawn: ShownFrame) {
    this.#drawn = drawn;
  }

  add(pixel: number, weight: number): void {
    const { channels, pixels } = this.#drawn.image;
    const at = (sample: number): number => pixels[channels * pixel + sample] as number;
    const value = channels === 1 ? at(0) : brightness([at(0), at(1), at(2)]);
    this.#weight += weight;
    this.#sum += weight * value;
    this.#squares += weight * value * value;
    this.#values.push([value, weight]);
  }

  contrastWith(color: Rgb): number {
    const own = brightness(color);
    const sum = this.#values.reduce((total, [value, weight]) => total + weight * Math.abs(own - value), 0);
    return this.#weight === 0 ? 0 : sum / this.#weight;
  }

  deviation(): number {
    if (this.#weight === 0) return 0;
    const mean = this.#sum / this.#weight;
    return Math.sqrt(Math.max(0, this.#squares / this.#weight - mean * mean));
  }
}

class GrowingBox {
  #left = Number.POSITIVE_INFINITY;
  #top = Number.POSITIVE_INFINITY;
  #right = -1;
  #bottom = -1;

  add(column: number, row: number): void {
    this.#left = Math.min(this.#left, column);
    this.#top = Math.min(this.#top, row);
    this.#right = Math.max(this.#right, column);
    this.#bottom = Math.max(this.#bottom, row);
  }

  addBox({ left, top, width, height }: InkBox): void {
    this.add(left, top);
    this.add(left + width - 1, top + height - 1);
  }

  box(): InkBox | undefined {
    if (this.#right < 0) return undefined;
    const width = this.#right - this.#left + 1;
    return { left: this.#left, top: this.#top, width, height: this.#bottom - this.#top + 1 };
  }
}

/** Texts of successive frames as one where they are the same in every way and stand still. */
export function joinFrames(texts: readonly TruthText[]): TruthText[] {
  const open = new Map<string, TruthText>();
  const order: string[] = [];
  const done: TruthText[] = [];
  for (const text of texts) {
    const key = JSON.stringify([text.string, text.left, text.top, text.width, text.height, text.words]);
    const before = open.get(key);
    if (before !== undefined && before.frame + before.frames === text.frame) {
      open.set(key, { ...before, frames: before.frames + 1 });
      continue;
    }
    if (before !== undefined) done.push(before);
    else order.push(key);
    open.set(key, text);
  }
  return [...done, ...order.flatMap((key) => open.get(key) ?? [])];
}
