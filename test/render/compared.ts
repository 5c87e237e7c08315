import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part10 } from '../../src/dicom/part10.ts';
import type { DecodedFrame } from '../../src/render/decode/decoders.ts';
import { describePixels, type PixelDescription } from '../../src/render/pixel-description.ts';
import { type DrawnFrame, decodeFrames, drawAll, renderAsIs } from '../../src/render/render.ts';
import { cellsOf, layoutOf } from '../../src/render/samples.ts';
import { type RenderSettings, standardRenderSettings } from '../../src/render/settings.ts';
import type { ComparedFile, ComparedFrame } from '../support/oracles.ts';

/** Nothing that the peers do not do: no enlarged pixels, no overlays, no shutters. */
const settings: RenderSettings = {
  ...standardRenderSettings,
  aspectRatio: 'stored',
  overlays: false,
  shutters: false,
};

/** What may be known of a file beforehand. */
export interface Known {
  /** Frame that is compared, counted from 1; more of them where left out. */
  readonly frame: number;
  /** Stored values of this frame that were encoded, and by how much an encoder may have changed them. */
  readonly made: Float64Array;
  readonly tolerance: number;
}

const fewPixels = 2 ** 16;

/** All frames, counted from 1, of a small instance; of others the first, the middle and the last. */
function chosenFrames({ rows, columns, numberOfFrames }: PixelDescription): Set<number> {
  const all = rows * columns * numberOfFrames <= fewPixels;
  return new Set(
    all
      ? Array.from({ length: numberOfFrames }, (_, index) => index + 1)
      : [1, Math.ceil(numberOfFrames / 2), numberOfFrames],
  );
}

/**
 * Decodes, draws and encodes a file and writes what came out into `folder`, ready for the oracles. Throws what rendering
 * throws.
 */
export async function prepareComparison(
  name: string,
  path: string,
  part10: Part10,
  folder: string,
  known?: Known,
): Promise<ComparedFile> {
  const { dataSet, transferSyntaxUid } = part10;
  const pixels = describePixels(dataSet, settings);
  const chosen = known === undefined ? chosenFrames(pixels) : new Set([known.frame]);
  // Videos become RGB outside: there are no stored values to compare.
  const video = /\.4\.10[0-8](\.1)?$/.test(transferSyntaxUid);
  const stored = new Map<number, { space: string; values: Float64Array<ArrayBuffer> }>();
  let next = 1;
  for (const one of video ? [] : decodeFrames(dataSet, transferSyntaxUid, pixels)) {
    const space = one.photometricInterpretation.replace(/YBR_(ICT|RCT)/, 'RGB');
    if (chosen.has(next)) stored.set(next, { space, values: storedValues(one, pixels) });
    next += 1;
  }
  const drawn: DrawnFrame[] = [];
  for await (const one of drawAll(dataSet, transferSyntaxUid, settings)) drawn.push(one);
  const frames: ComparedFrame[] = [];
  for await (const rendered of renderAsIs(dataSet, transferSyntaxUid, settings)) {
    const { frame } = rendered;
    const one = drawn.find((other) => other.frame === frame);
    const samples = stored.get(frame);
    if (!chosen.has(frame) || one === undefined) continue;
    const base = join(folder, `${frames.length}-${name.replaceAll(/[^A-Za-z0-9]/g, '-')}`);
    if (samples !== undefined) writeFileSync(`${base}.stored`, new Uint8Array(samples.values.buffer));
    writeFileSync(`${base}.drawn`, one.image.pixels);
    writeFileSync(`${base}.jpg`, rendered.data);
    if (known !== undefined) writeFileSync(`${base}.made`, new Uint8Array(known.made.slice().buffer));
    frames.push({
      frame,
      ...(known === undefined ? {} : { made: `${base}.made`, tolerance: known.tolerance }),
      stored: samples === undefined ? null : `${base}.stored`,
      space: samples?.space ?? 'RGB',
      drawn: `${base}.drawn`,
      jpeg: `${base}.jpg`,
      quality: settings.quality,
      width: one.image.width,
      height: one.image.height,
      channels: one.image.channels,
      transform: transformOf(one),
    });
  }
  return { name, path, syntax: transferSyntaxUid, numberOfFrames: pixels.numberOfFrames, frames };
}

function transformOf({ transform }: DrawnFrame): ComparedFrame['transform'] {
  const { rescaleSlope, rescaleIntercept, window, voiTable } = transform;
  return {
    rescaleSlope,
    rescaleIntercept,
    window: window ?? null,
    voiTable: window === undefined && voiTable !== undefined,
  };
}

/** Stored values as the renderer reads them out of decoded cells, interleaved. */
export function storedValues(frame: DecodedFrame, pixels: PixelDescription): Float64Array<ArrayBuffer> {
  const cells = cellsOf(frame, pixels);
  const out = new Float64Array(cells.length);
  if (cells instanceof Float32Array || cells instanceof Float64Array) {
    out.set(cells);
    return out;
  }
  const { shift, bitsStored, signed } = layoutOf(frame, pixels);
  const left = 32 - bitsStored - shift;
  const right = 32 - bitsStored;
  const apart = pixels.samplesPerPixel === 3 && frame.planarConfiguration === 1;
  const count = cells.length / 3;
  for (let i = 0; i < out.length; i++) {
    const cell = cells[apart ? (i % 3) * count + Math.floor(i / 3) : i] as number;
    out[i] = signed ? (cell << left) >> right : (cell << left) >>> right;
  }
  return out;
}
