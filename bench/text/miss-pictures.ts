import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PixelBox } from '../../src/core/redaction.ts';
import { type EightBitImage, encodePng } from '../../src/render/output/sharp.ts';

/** A picture with frames around what was blanked (green) and what was missed (red), to be looked at. */
export async function writeMarked(
  folder: string,
  name: string,
  image: EightBitImage,
  blanked: readonly PixelBox[],
  missed: readonly PixelBox[],
): Promise<void> {
  const { width, height } = image;
  const rgb = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let sample = 0; sample < 3; sample++)
      rgb[3 * pixel + sample] = image.pixels[image.channels === 3 ? 3 * pixel + sample : pixel] as number;
  const frame = (box: PixelBox, grow: number, color: readonly number[]): void => {
    const [left, top] = [Math.floor(box.left) - grow, Math.floor(box.top) - grow];
    const [right, bottom] = [left + Math.ceil(box.width) + 2 * grow, top + Math.ceil(box.height) + 2 * grow];
    const dot = (x: number, y: number): void => {
      if (x >= 0 && y >= 0 && x < width && y < height) rgb.set(color, 3 * (y * width + x));
    };
    for (let x = left; x <= right; x++) for (const y of [top, bottom]) dot(x, y);
    for (let y = top; y <= bottom; y++) for (const x of [left, right]) dot(x, y);
  };
  for (const box of blanked) frame(box, 0, [0, 220, 0]);
  for (const box of missed) frame(box, 3, [255, 0, 0]);
  mkdirSync(folder, { recursive: true });
  const png = await encodePng({ width, height, channels: 3, samples: rgb });
  writeFileSync(join(folder, `${name.replace(/[^\w.-]/g, '_')}.png`), png);
}
