import type { Area, FoundText, Picture } from '../../../src/ocr/picture.ts';
import { peerProgram } from '../../support/peers.ts';
import { run } from '../../support/run.ts';

export type Color = readonly [number, number, number];

export interface LineDrawing {
  readonly text: string;
  /** Of the font, pixels. */
  readonly size: number;
  /** A file of DejaVu. */
  readonly font?: 'Sans' | 'Sans-Bold' | 'SansMono' | 'Serif';
  /** Without grey pixels at the edges. */
  readonly hard?: boolean;
  /** Clockwise turn that makes it upright. */
  readonly turn?: 0 | 90 | 180 | 270;
  /** Letters one below the other. */
  readonly stacked?: boolean;
  readonly ink?: Color;
  readonly ground?: Color;
  /** Standard deviation of noise over all of it. */
  readonly noise?: number;
}

export interface DrawnLine {
  readonly picture: Picture;
  /** Holds all ink. */
  readonly line: Area;
  /** Of each word, all ink. */
  readonly words: readonly Area[];
}

const program = `
import sys, json, base64
import numpy as np
from PIL import Image, ImageDraw, ImageFont
lines = []
def box(mask):
    ys, xs = np.where(mask > 60)
    return {'left': int(xs.min()), 'top': int(ys.min()), 'width': int(xs.max() + 1 - xs.min()), 'height': int(ys.max() + 1 - ys.min())}
for number, drawing in enumerate(json.loads(sys.argv[1])):
    path = '/usr/share/fonts/truetype/dejavu/DejaVu%s.ttf' % drawing.get('font', 'Sans')
    size, text = drawing['size'], drawing['text']
    font = ImageFont.truetype(path, size)
    def ink(pieces, canvas):
        image = Image.new('L', canvas, 0)
        draw = ImageDraw.Draw(image)
        draw.fontmode = '1' if drawing.get('hard') else 'L'
        for piece, at in pieces:
            draw.text(at, piece, fill=255, font=font)
        return np.array(image)
    words = []
    if drawing.get('stacked'):
        canvas = (size * 3, int(size * 1.2 * len(text)) + size * 2)
        places = [(letter, (size * 1.5 - font.getlength(letter) / 2, size + index * size * 1.2)) for index, letter in enumerate(text)]
        start = 0
        for word in text.split(' '):
            words.append(ink(places[start:start + len(word)], canvas))
            start += len(word) + 1
        mask = ink(places, canvas)
    else:
        canvas = (int(font.getlength(text)) + 4 * size, 4 * size)
        start = 0
        for word in text.split(' '):
            words.append(ink([(word, (2 * size + font.getlength(text[:start]), size + size // 2))], canvas))
            start += len(word) + 1
        mask = ink([(text, (2 * size, size + size // 2))], canvas)
    quarters = drawing.get('turn', 0) // 90
    mask = np.rot90(mask, quarters)
    words = [np.rot90(word, quarters) for word in words]
    share = mask[..., None] / 255.0
    pixels = np.array(drawing.get('ground', [0, 0, 0])) * (1 - share) + np.array(drawing.get('ink', [255, 255, 255])) * share
    if drawing.get('noise'):
        pixels = pixels + np.random.RandomState(number).normal(0, drawing['noise'], pixels.shape[:2])[..., None]
    pixels = np.clip(np.round(pixels), 0, 255).astype('uint8')
    lines.append({'width': mask.shape[1], 'height': mask.shape[0], 'line': box(mask), 'words': [box(word) for word in words],
                  'pixels': base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()})
print(json.dumps(lines))
`;

interface Printed {
  readonly width: number;
  readonly height: number;
  readonly line: Area;
  readonly words: readonly Area[];
  readonly pixels: string;
}

/** Each drawing as a picture of its own, in RGB, by Debian's Pillow and DejaVu. */
export async function drawnLines(drawings: readonly LineDrawing[]): Promise<DrawnLine[]> {
  const { exitCode, output } = await run(peerProgram('pydicom'), ['-c', program, JSON.stringify(drawings)]);
  if (exitCode !== 0) throw new Error(`python ended with ${exitCode}: ${output.slice(-2000)}`);
  const printed = JSON.parse(output) as readonly Printed[];
  return printed.map(({ width, height, line, words, pixels }) => ({
    picture: { width, height, channels: 3, pixels: new Uint8Array(Buffer.from(pixels, 'base64')) },
    line,
    words,
  }));
}

/** As the detector gives it: some room around the ink, not read, the turn a guess. */
export function found(area: Area, room = 3): FoundText {
  return {
    left: area.left - room,
    top: area.top - room,
    width: area.width + 2 * room,
    height: area.height + 2 * room,
    turn: area.height > 1.5 * area.width ? 90 : 0,
    score: 0.9,
    text: '',
    confidence: 0,
    words: [],
  };
}

/** Every other channel left out of a picture whose channels are equal. */
export function inGrey(picture: Picture): Picture {
  const pixels = Uint8Array.from(
    { length: picture.width * picture.height },
    (_, index) => picture.pixels[index * 3] ?? 0,
  );
  return { ...picture, channels: 1, pixels };
}

export function holds(outer: Area, inner: Area): boolean {
  return (
    outer.left <= inner.left &&
    outer.top <= inner.top &&
    outer.left + outer.width >= inner.left + inner.width &&
    outer.top + outer.height >= inner.top + inner.height
  );
}
