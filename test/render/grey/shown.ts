import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWindowChoice } from '../../../src/core/render-choices.ts';
import { type DrawnFrame, drawFrames } from '../../../src/render/render.ts';
import { type DrawSettings, standardRenderSettings } from '../../../src/render/settings.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { peerProgram } from '../../support/peers.ts';
import { type ImageOptions, image, imageFile } from '../image.ts';

/** All frames of an image as drawn. */
export function shown(options: ImageOptions, settings: Partial<DrawSettings> = {}): DrawnFrame[] {
  const { dataSet, transferSyntaxUid } = image(options);
  return [...drawFrames(dataSet, transferSyntaxUid, { ...standardRenderSettings, ...settings })];
}

/** Samples of each frame. */
export function levelsOf(options: ImageOptions, settings: Partial<DrawSettings> = {}): number[][] {
  return shown(options, settings).map(({ image: { pixels } }) => [...pixels]);
}

/** Samples of the first frame, with a window choice as written in the configuration. */
export function levels(options: ImageOptions, choice = '1'): number[] {
  const window = parseWindowChoice(choice);
  if (window === undefined) throw new Error(`no window choice: ${choice}`);
  return levelsOf(options, { window })[0] ?? [];
}

export function words(...values: number[]): Int16Array {
  return Int16Array.from(values);
}

export function windowElements(center: string, width: string, voiFunction?: string): WriterElement[] {
  return [
    element(0x00281050, 'DS', center),
    element(0x00281051, 'DS', width),
    ...(voiFunction === undefined ? [] : [element(0x00281056, 'CS', voiFunction)]),
  ];
}

export function rescaleElements(slope: string, intercept: string): WriterElement[] {
  return [element(0x00281052, 'DS', intercept), element(0x00281053, 'DS', slope)];
}

/** One item of a LUT sequence. */
export function lutItem(
  descriptor: readonly [number, number, number],
  data: Uint8Array | Uint16Array,
  explanation?: string,
): WriterElement[] {
  return [
    element(0x00283002, 'US', descriptor),
    ...(explanation === undefined ? [] : [element(0x00283003, 'LO', explanation)]),
    element(0x00283006, 'OW', data),
  ];
}

export function sequence(tag: number, ...items: (readonly WriterElement[])[]): WriterElement {
  return element(tag, 'SQ', { items });
}

/** The image as DCMTK draws it: 8-bit samples of the first frame. */
export function byDcmtk(folder: string, options: ImageOptions, ...args: readonly string[]): Uint8Array {
  const file = join(folder, 'image.dcm');
  const drawn = join(folder, 'drawn.pgm');
  writeFileSync(file, imageFile(options));
  const { status, stderr } = spawnSync(peerProgram('dcmj2pnm'), ['-O', '+op', ...args, file, drawn]);
  if (status !== 0) throw new Error(`dcmj2pnm ended with ${status}: ${String(stderr).slice(0, 500)}`);
  const bytes = readFileSync(drawn);
  const [header = ''] =
    /^P5\s+(?:#[^\n]*\n)*\d+\s+\d+\s+255\s/.exec(bytes.subarray(0, 200).toString('latin1')) ?? [];
  if (header === '') throw new Error('not an 8-bit PGM');
  return bytes.subarray(header.length);
}

/** Largest difference between two images. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)));
  return most;
}
