import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { secondaryCapture } from '../../support/instances.ts';
import { findProgram } from '../../support/peers.ts';
import { decoded } from '../drawn.ts';

/** An image with stored values, before it is encoded. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly samples: 1 | 3;
  readonly bits: number;
  readonly signed: boolean;
  /** Interleaved; two's complement in 8 or 16 bits. */
  readonly values: Uint8Array | Uint16Array;
}

export type PictureOptions = Partial<Omit<Picture, 'values'>>;

/** Odd sizes, slopes, edges, noise, and both ends of the range: what separates a decoder from a wrong one. */
export function picture(options: PictureOptions = {}): Picture {
  const { columns = 37, rows = 29, samples = 1, bits = 8, signed = false } = options;
  const count = columns * rows * samples;
  const values = bits <= 8 ? new Uint8Array(count) : new Uint16Array(count);
  const range = 2 ** bits;
  let state = 7;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const pixel = Math.floor(i / samples);
    const column = pixel % columns;
    const row = Math.floor(pixel / columns);
    const slope = ((column * 3 + row * 5 + (i % samples) * 40) / 400) * range;
    const noise = ((state >>> 16) % 9) - 4;
    const unsigned = column === 5 ? 0 : column === 6 ? range - 1 : Math.floor(slope + noise);
    const value = ((unsigned % range) + range) % range;
    // Signed: the lower half of the range is below zero, written with sign extension over the cell.
    values[i] = signed ? value - range / 2 : value;
  }
  return { columns, rows, samples, bits, signed, values };
}

export interface EncodedOptions {
  readonly syntax?: string;
  readonly photometric?: string;
  readonly fragment?: Uint8Array;
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
}

/** The picture in a Part 10 file: native, or as the code stream given. */
export function part10Of(of: Picture, options: EncodedOptions = {}): Uint8Array {
  const { columns, rows, samples, bits, signed, values } = of;
  const allocated = options.bitsAllocated ?? (bits <= 8 ? 8 : 16);
  const stored = options.bitsStored ?? bits;
  const pixelData =
    options.fragment === undefined
      ? element(0x7fe00010, allocated === 8 ? 'OB' : 'OW', values)
      : element(0x7fe00010, 'OB', { fragments: [options.fragment] });
  return encodePart10({
    ...(options.syntax === undefined ? {} : { transferSyntaxUid: options.syntax }),
    elements: [
      element(0x00080016, 'UI', secondaryCapture),
      element(0x00080018, 'UI', '2.25.1'),
      element(0x00080060, 'CS', 'OT'),
      element(0x0020000d, 'UI', '2.25.2'),
      element(0x0020000e, 'UI', '2.25.3'),
      element(0x00280002, 'US', samples),
      element(0x00280004, 'CS', options.photometric ?? (samples === 1 ? 'MONOCHROME2' : 'RGB')),
      ...(samples === 1 ? [] : [element(0x00280006, 'US', 0)]),
      element(0x00280010, 'US', rows),
      element(0x00280011, 'US', columns),
      element(0x00280100, 'US', allocated),
      element(0x00280101, 'US', stored),
      element(0x00280102, 'US', stored - 1),
      element(0x00280103, 'US', signed ? 1 : 0),
      pixelData,
    ],
  });
}

/** Stored values as our decoder finds them: cut to the stored bits, so that padding above them does not count. */
export function storedValues(bytes: Uint8Array, bits: number): number[] {
  // A copy, because a Buffer may lie anywhere in its memory.
  const copy = new Uint8Array(bytes);
  const cells = bits <= 8 ? copy : new Uint16Array(copy.buffer, 0, copy.length >> 1);
  const mask = 2 ** bits - 1;
  return Array.from(cells, (cell) => cell & mask);
}

/** The stored values the picture was made of. */
export function valuesOf(of: Picture): number[] {
  return storedValues(new Uint8Array(of.values.buffer), of.bits);
}

export function decodeBytes(bytes: Uint8Array): Buffer {
  return decoded(readPart10(memorySource(bytes)));
}

export function decodeFile(path: string): Buffer {
  return decodeBytes(readFileSync(path));
}

/** Runs a program of a peer; its output on failure. */
export function runTool(name: string, ...args: readonly string[]): void {
  const { status, stderr, stdout } = spawnSync(findProgram(name) ?? name, args, { encoding: 'latin1' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
}

/** A binary PGM or PPM, big endian above 8 bits. */
export function pnmOf(of: Picture, path: string): void {
  const bytes = Buffer.from(new Uint8Array(of.values.buffer));
  if (of.bits > 8) bytes.swap16();
  const head = `P${of.samples === 1 ? 5 : 6}\n${of.columns} ${of.rows}\n${2 ** of.bits - 1}\n`;
  writeFileSync(path, Buffer.concat([Buffer.from(head), bytes]));
}

/** First fragment after the offset table of a Part 10 file with encapsulated pixel data. */
export function firstFragment(path: string): Buffer {
  const bytes = readFileSync(path);
  const pixelData = bytes.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
  const table = pixelData + 12;
  const fragment = table + 8 + bytes.readUInt32LE(table + 4);
  return bytes.subarray(fragment + 8, fragment + 8 + bytes.readUInt32LE(fragment + 4));
}

/** Largest difference of two lists of stored values. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] as number))), 0);
}
