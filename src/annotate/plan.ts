import type { EightBitImage } from '../render/output/sharp.ts';
import { seededRandom } from '../synthetic/random.ts';
import type { Annotation, InkBox } from './annotation.ts';
import { ready } from './burn.ts';
import { canDraw, type TypefaceName, typeface, typefaceNames } from './fonts/typefaces.ts';
import {
  type BurnedIdentity,
  burnedIdentity,
  type Language,
  languages,
  pick,
  type TextKind,
  textKinds,
  textOf,
} from './identifiers.ts';
import { brightness } from './stored-ink.ts';

export interface RandomPlan {
  readonly seed: string;
  /** How many texts are wanted; fewer where they find no room. */
  readonly count: number;
  /** Height of capitals, pixels. */
  readonly minHeight: number;
  readonly maxHeight: number;
  /** Shares of texts, 0 to 1. */
  readonly rotated: number;
  readonly stacked: number;
  readonly kinds: readonly TextKind[];
  readonly languages: readonly Language[];
  /** Least difference of brightness to what is below, of 255. */
  readonly minContrast: number;
}

export const standardRandomPlan: Omit<RandomPlan, 'seed' | 'count'> = {
  minHeight: 8,
  maxHeight: 48,
  rotated: 0.2,
  stacked: 0.03,
  kinds: [...textKinds, 'name', 'id', 'date'],
  languages,
  minContrast: 35,
};

const placesTried = 40;
/** Texts keep apart by so much of their height, so that each is a line of its own. */
const marginShare = 0.6;
const gray = (level: number): [number, number, number] => [level, level, level];

export interface Planned {
  readonly who: BurnedIdentity;
  readonly annotations: readonly Annotation[];
}

/**
 * Texts of an identity at random places of an image, apart from each other, each of a contrast with what lies below it
 * that people can read. `image` is the first frame as it is shown; `frames` how many there are. Depends on nothing but
 * the arguments.
 */
export function planRandomly(image: EightBitImage, frames: number, plan: RandomPlan): Planned {
  const random = seededRandom(`plan ${plan.seed}`);
  const language = pick(random, plan.languages);
  const who = burnedIdentity(plan.seed, language);
  const taken: InkBox[] = [];
  const annotations: Annotation[] = [];
  for (let tried = 0; tried < 4 * plan.count && annotations.length < plan.count; tried++) {
    const made = planOne(image, frames, plan, who, random, taken);
    if (made === undefined) continue;
    annotations.push(made.annotation);
    taken.push(made.box);
  }
  return { who, annotations };
}

function planOne(
  image: EightBitImage,
  frames: number,
  plan: RandomPlan,
  who: BurnedIdentity,
  random: () => number,
  taken: readonly InkBox[],
): { annotation: Annotation; box: InkBox } | undefined {
  const kind = pick(random, plan.kinds);
  const text = textOf(kind, who, random);
  const font = fontFor(text, random);
  const highest = Math.min(plan.maxHeight, image.height / 6);
  if (font === undefined || highest < plan.minHeight) return undefined;
  // As many of 8 to 14 pixels as of 14 to 24 and of 24 to 48: small letters are the difficult ones, and the common ones.
  const wanted = plan.minHeight * (highest / plan.minHeight) ** random();
  const capHeight = font === 'pixel' ? 7 * Math.max(1, Math.round(wanted / 7)) : Math.round(wanted);
  const turned = random();
  const stacked = turned < plan.stacked && text.length <= 12;
  const rotation =
    stacked || turned > plan.stacked + plan.rotated ? 0 : pick(random, [90, 270, 270] as const);
  const moves = frames > 1 && random() < 0.2;
  const some = frames > 1 && random() < 0.3;
  const frame = some ? 1 + Math.floor(random() * frames) : 1;
  const shape: Omit<Annotation, 'color' | 'left' | 'top'> = {
    text,
    kind,
    font,
    capHeight,
    thickness: font !== 'pixel' && capHeight >= 14 && random() < 0.15 ? 1 : 0,
    outline: random() < 0.12 ? 1 : 0,
    smooth: capHeight < 10 || random() < 0.75,
    stacked,
    rotation,
    shown: 'window',
    frame,
    frames: frames - frame + 1,
    move: moves ? [Math.floor(random() * 3) - 1, Math.floor(random() * 3) - 1] : [0, 0],
  };
  const { ink } = ready({ ...shape, color: [0, 0, 0], left: 0, top: 0 });
  if (ink.width >= image.width - 2 || ink.height >= image.height - 2 || ink.words.length === 0)
    return undefined;
  const margin = Math.ceil(marginShare * capHeight) + 2;
  const inCorner = random() < 0.4;
  for (let tried = 0; tried < placesTried; tried++) {
    const at = (free: number): number =>
      Math.round(free * (inCorner ? pick(random, [0.01, 0.5, 0.99]) : random()));
    const box = {
      left: at(image.width - ink.width),
      top: at(image.height - ink.height),
      width: ink.width,
      height: ink.height,
    };
    if (taken.some((other) => touches(box, other, margin))) continue;
    const color = colorOn(image, box, plan.minContrast, shape.outline > 0, random);
    if (color === undefined) continue;
    return { annotation: { ...shape, color, left: box.left, top: box.top }, box };
  }
  return undefined;
}

function fontFor(text: string, random: () => number): TypefaceName | undefined {
  const able = typefaceNames.filter((name) => canDraw(typeface(name), text));
  return able.length === 0 ? undefined : pick(random, able);
}

function touches(a: InkBox, b: InkBox, margin: number): boolean {
  return (
    a.left < b.left + b.width + margin &&
    b.left < a.left + a.width + margin &&
    a.top < b.top + b.height + margin &&
    b.top < a.top + a.height + margin
  );
}

/** Of the ink, so much may be lost in what lies below: what people cannot read nobody can find. */
const lostShare = 0.1;

/**
 * A colour that stands out from what lies below by the wanted contrast, nearly everywhere. Undefined where there is none.
 */
function colorOn(
  image: EightBitImage,
  box: InkBox,
  minContrast: number,
  outlined: boolean,
  random: () => number,
): [number, number, number] | undefined {
  const { sorted, mean } = brightnessIn(image, box);
  const draw = random();
  const wanted = draw < 0.3 ? minContrast + 35 * random() : draw < 0.5 ? 80 + 60 * random() : 255;
  const spared = outlined ? 0.3 : lostShare;
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? mean;
  const [dark, bright] = [at(spared), at(1 - spared)];
  const preferred = random() < 0.7;
  const room = { up: 255 - bright, down: dark };
  const up = preferred ? room.up >= minContrast : room.down < minContrast;
  if ((up ? room.up : room.down) < minContrast) return undefined;
  const level = Math.round(up ? Math.min(255, bright + wanted) : Math.max(0, dark - wanted));
  if (image.channels === 1 || random() < 0.5 || !up) return gray(level);
  const hue = pick(random, [
    [1, 1, 0],
    [0, 1, 0],
    [0, 1, 1],
    [1, 0.6, 0],
    [1, 0.4, 0.4],
  ] as const);
  const color: [number, number, number] = [hue[0] * level, hue[1] * level, hue[2] * level];
  return brightness(color) - bright >= minContrast ? color : gray(level);
}

/** What lies in a box, of every second row and column. */
function brightnessIn(
  { width, channels, pixels }: EightBitImage,
  box: InkBox,
): { readonly sorted: Float64Array; readonly mean: number } {
  const values: number[] = [];
  for (let row = box.top; row < box.top + box.height; row += 2) {
    for (let column = box.left; column < box.left + box.width; column += 2) {
      const at = (sample: number): number => pixels[channels * (row * width + column) + sample] as number;
      values.push(channels === 1 ? at(0) : brightness([at(0), at(1), at(2)]));
    }
  }
  const sum = values.reduce((total, value) => total + value, 0);
  return { sorted: Float64Array.from(values).sort(), mean: sum / values.length };
}
