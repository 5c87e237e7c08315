import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type JpegOptions } from 'sharp';
import type { RedactionBox } from '../../../src/core/redaction.ts';
import type { Part10 } from '../../../src/dicom/part10.ts';
import { type EditOptions, editPixels } from '../../../src/redact/edit/edit-pixels.ts';
import { limits, readPnm } from '../../render/drawn.ts';
import { image, jpegBaseline } from '../../render/image.ts';
import { type Dice, dice } from '../../render/mutation-random.ts';
import { findProgram, peerProgram } from '../../support/peers.ts';
import { run } from '../../support/run.ts';
import { codeStreams } from './jpeg-areas.ts';

export interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly channels: 1 | 3;
  /** Interleaved. */
  readonly pixels: Buffer;
}

/** Gentle slopes with noise, and sharp strokes all over in the place of text. */
export function picture(columns: number, rows: number, channels: 1 | 3, seed: number): Picture {
  const roll = dice(seed);
  const [a, b, c] = [5 + roll.below(30), 5 + roll.below(30), roll.below(7)];
  const pixels = Buffer.alloc(columns * rows * channels);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const stroke = (column * 3 + row * 5 + c) % 23 < 4 && (row >> 3) % 3 === 1;
      for (let channel = 0; channel < channels; channel++) {
        const slope = 120 + 70 * Math.sin(column / a + channel) * Math.cos(row / b);
        const value = stroke ? (channel === c % 3 ? 10 : 240) : slope + 24 * roll.next();
        pixels[at++] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return { columns, rows, channels, pixels };
}

/** Writes a picture as PGM or PPM. */
export function pnmFile(folder: string, { columns, rows, channels, pixels }: Picture): string {
  const path = join(folder, 'picture.pnm');
  writeFileSync(
    path,
    [`P${channels === 1 ? 5 : 6}\n${columns} ${rows}\n255\n`, pixels]
      .map(Buffer.from)
      .reduce((x, y) => Buffer.concat([x, y])),
  );
  return path;
}

/** A stream of libjpeg-turbo's cjpeg. */
export async function byCjpeg(folder: string, from: Picture, ...options: string[]): Promise<Uint8Array> {
  const out = join(folder, 'picture.jpg');
  const program = findProgram('cjpeg') ?? 'cjpeg';
  const { exitCode, output } = await run(program, [...options, '-outfile', out, pnmFile(folder, from)]);
  if (exitCode !== 0) throw new Error(`cjpeg: ${output}`);
  return new Uint8Array(readFileSync(out));
}

/** What libjpeg-turbo's djpeg makes of a stream. */
export async function byDjpeg(folder: string, stream: Uint8Array, ...options: string[]): Promise<Buffer> {
  const from = join(folder, 'stream.jpg');
  const out = join(folder, 'stream.pnm');
  writeFileSync(from, stream);
  const { exitCode, output } = await run(peerProgram('djpeg'), [...options, '-outfile', out, from]);
  if (exitCode !== 0 || output !== '') throw new Error(`djpeg: ${output}`);
  return Buffer.from(readPnm(out).pixels);
}

/** A stream of sharp, that is of mozjpeg where asked for. */
export async function bySharp(
  { columns, rows, channels, pixels }: Picture,
  options: JpegOptions,
): Promise<Uint8Array> {
  const raw = { width: columns, height: rows, channels };
  const colors = channels === 1 ? 'b-w' : 'srgb';
  return new Uint8Array(await sharp(pixels, { raw }).toColourspace(colors).jpeg(options).toBuffer());
}

/** A stream of Pillow; `options` is what stands behind the format in the call of `save`. */
export async function byPillow(folder: string, from: Picture, options: string): Promise<Uint8Array> {
  const out = join(folder, 'pillow.jpg');
  const program = `import sys\nfrom PIL import Image\nImage.open(sys.argv[1]).save(sys.argv[2], 'JPEG', ${options})`;
  const { exitCode, output } = await run(peerProgram('pydicom'), [
    '-P',
    '-c',
    program,
    pnmFile(folder, from),
    out,
  ]);
  if (exitCode !== 0) throw new Error(`Pillow: ${output}`);
  return new Uint8Array(readFileSync(out));
}

/** An instance with these streams as its frames. */
export function jpegInstance(
  { columns, rows, channels }: Pick<Picture, 'columns' | 'rows' | 'channels'>,
  streams: readonly Uint8Array[],
  syntax = jpegBaseline,
): Part10 {
  return image({
    columns,
    rows,
    samples: channels,
    photometric: channels === 1 ? 'MONOCHROME2' : 'YBR_FULL_422',
    frames: streams.length,
    pixelVr: 'OB',
    pixels: { fragments: [...streams] },
    syntax,
  });
}

/** A box somewhere in the picture, often at its edges. */
export function randomBox(roll: Dice, { columns, rows }: Pick<Picture, 'columns' | 'rows'>) {
  const width = 1 + roll.below(Math.min(columns, 60));
  const height = 1 + roll.below(Math.min(rows, 30));
  const spare = { x: columns - width, y: rows - height };
  return {
    left: roll.chance(0.2) ? 0 : roll.chance(0.3) ? spare.x : roll.below(spare.x + 1),
    top: roll.chance(0.2) ? 0 : roll.chance(0.3) ? spare.y : roll.below(spare.y + 1),
    width,
    height,
    frame: 1,
    frames: 1,
    source: 'ocr' as const,
    reason: 'text' as const,
  };
}

export const standard: EditOptions = { fill: 'background', padding: 0, encoding: 'same', limits };

/** Edits an instance; its result, and the streams of its frames. */
export function edited(input: Part10, boxes: readonly RedactionBox[], options = standard) {
  const result = editPixels(input, boxes, options);
  if (result.kind !== 'edited') throw new Error(result.code);
  const compressed = result.input.dataSet.elements.some(({ body }) => body.kind === 'fragments');
  return { ...result, streams: compressed ? codeStreams(result.input) : [] };
}

/** A box in the first frame. */
export const boxAt = (left: number, top: number, width: number, height: number): RedactionBox => ({
  left,
  top,
  width,
  height,
  frame: 1,
  frames: 1,
  source: 'ocr',
  reason: 'text',
});
