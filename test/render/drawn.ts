import { readFileSync } from 'node:fs';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { describePixels } from '../../src/render/pixel-description.ts';
import { type DrawnFrame, decodeFrames, drawFrames } from '../../src/render/render.ts';
import { standardRenderSettings } from '../../src/render/settings.ts';

export const limits = standardRenderSettings;

export function open(path: string): Part10 {
  return readPart10(memorySource(readFileSync(path)));
}

export function draw(part10: Pick<Part10, 'dataSet' | 'transferSyntaxUid'>): DrawnFrame[] {
  return [...drawFrames(part10.dataSet, part10.transferSyntaxUid, limits)];
}

/** All frames as decoded, one after the other: what other tools call the raw pixel data. */
export function decoded(part10: Pick<Part10, 'dataSet' | 'transferSyntaxUid'>): Buffer {
  const { dataSet, transferSyntaxUid } = part10;
  const pixels = describePixels(dataSet, limits);
  const frames = [...decodeFrames(dataSet, transferSyntaxUid, pixels)].map(({ bytes }) => Buffer.from(bytes));
  return Buffer.concat(frames);
}

/** A binary PGM or PPM of 8 bits. */
export function readPnm(path: string): { width: number; height: number; channels: 1 | 3; pixels: Buffer } {
  const bytes = readFileSync(path);
  const match = /^P([56])\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+255\s/.exec(
    bytes.subarray(0, 400).toString('latin1'),
  );
  if (match === null) throw new Error('not a binary PNM of 8 bits');
  const channels = match[1] === '5' ? 1 : 3;
  return {
    width: Number(match[2]),
    height: Number(match[3]),
    channels,
    pixels: bytes.subarray(match[0].length),
  };
}

/** Largest difference of two images and the number of samples that differ by more than one. */
export function difference(a: Uint8Array, b: Uint8Array): { max: number; beyondOne: number } {
  if (a.length !== b.length)
    return { max: Number.POSITIVE_INFINITY, beyondOne: Math.abs(a.length - b.length) };
  let max = 0;
  let beyondOne = 0;
  for (let i = 0; i < a.length; i++) {
    const apart = Math.abs((a[i] as number) - (b[i] as number));
    if (apart > max) max = apart;
    if (apart > 1) beyondOne += 1;
  }
  return { max, beyondOne };
}
