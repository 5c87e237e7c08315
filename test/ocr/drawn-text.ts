import type { Area, Picture } from '../../src/ocr/picture.ts';
import { peerProgram } from '../support/peers.ts';
import { run } from '../support/run.ts';

export interface Drawing {
  readonly text: string;
  /** Of the font, pixels. */
  readonly size: number;
  /** Without grey pixels at the edges. */
  readonly hard?: boolean;
  /** Clockwise, degrees. */
  readonly turn?: 0 | 90 | 270;
}

/** Ink of a text, cut to its box. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  /** 0 to 255. */
  readonly coverage: Uint8Array;
}

const program = `
import sys, json, base64
from PIL import Image, ImageDraw, ImageFont
inks = []
for drawing in json.loads(sys.argv[1]):
    font = ImageFont.truetype('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', drawing['size'])
    image = Image.new('L', (2000, 200), 0)
    draw = ImageDraw.Draw(image)
    draw.fontmode = '1' if drawing.get('hard') else 'L'
    draw.text((40, 40), drawing['text'], fill=255, font=font)
    image = image.crop(image.getbbox())
    if drawing.get('turn'):
        image = image.rotate(-drawing['turn'], expand=True)
    inks.append({'width': image.width, 'height': image.height, 'coverage': base64.b64encode(image.tobytes()).decode()})
print(json.dumps(inks))
`;

/** Draws with Debian's Pillow and DejaVu. */
export async function drawnText(drawings: readonly Drawing[]): Promise<Ink[]> {
  const { exitCode, output } = await run(peerProgram('pydicom'), ['-c', program, JSON.stringify(drawings)]);
  if (exitCode !== 0) throw new Error(`python ended with ${exitCode}: ${output.slice(-2000)}`);
  const inks = JSON.parse(output) as { width: number; height: number; coverage: string }[];
  return inks.map(({ coverage, ...size }) => ({
    ...size,
    coverage: new Uint8Array(Buffer.from(coverage, 'base64')),
  }));
}

/** Puts ink of one value into values in rows of `width`. */
export function put(
  values: { [index: number]: number },
  width: number,
  ink: Ink,
  at: { readonly left: number; readonly top: number },
  value: number,
): Area {
  for (let y = 0; y < ink.height; y++) {
    for (let x = 0; x < ink.width; x++) {
      const share = (ink.coverage[y * ink.width + x] as number) / 255;
      const to = (at.top + y) * width + at.left + x;
      values[to] = Math.round((values[to] as number) * (1 - share) + value * share);
    }
  }
  return { ...at, width: ink.width, height: ink.height };
}

export function greyPicture(width: number, height: number, levelAt: (index: number) => number): Picture {
  return {
    width,
    height,
    channels: 1,
    pixels: Uint8Array.from({ length: width * height }, (_, i) => levelAt(i)),
  };
}

/** The same numbers in every run, 0 to 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Share of an area that lies in one of the others, these one pixel wider on each side. */
export function covered(area: Area, others: readonly Area[]): number {
  let inside = 0;
  for (let y = area.top; y < area.top + area.height; y++) {
    for (let x = area.left; x < area.left + area.width; x++) {
      if (
        others.some(
          (other) =>
            x >= other.left - 1 &&
            x <= other.left + other.width &&
            y >= other.top - 1 &&
            y <= other.top + other.height,
        )
      )
        inside++;
    }
  }
  return inside / (area.width * area.height);
}
