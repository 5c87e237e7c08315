import { memorySource } from '../../src/dicom/byte-source.ts';
import type { Vr } from '../../src/dicom/data-set.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement, type WriterValue } from '../../src/synthetic/writer-element.ts';
import { secondaryCapture } from '../support/instances.ts';

export interface ImageOptions {
  /** Secondary Capture where left out. */
  readonly sopClass?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly samples?: number;
  readonly photometric?: string;
  readonly planar?: number;
  readonly allocated?: number;
  readonly stored?: number;
  readonly highBit?: number;
  readonly signed?: boolean;
  readonly frames?: number | string;
  readonly pixels: WriterValue;
  /** OW where left out. */
  readonly pixelVr?: Vr;
  readonly syntax?: string;
  readonly more?: readonly WriterElement[];
  /** Tags to leave out. */
  readonly without?: readonly number[];
}

/** A small image built and read again: what the renderer gets. */
export function image(options: ImageOptions): Part10 {
  return readPart10(memorySource(imageFile(options)));
}

/** The same as a Part 10 file. */
export function imageFile(options: ImageOptions): Uint8Array {
  const { samples = 1, allocated = 8 } = options;
  const stored = options.stored ?? allocated;
  const elements = [
    element(0x00080016, 'UI', options.sopClass ?? secondaryCapture),
    element(0x00080018, 'UI', '2.25.1'),
    element(0x00280002, 'US', samples),
    element(0x00280004, 'CS', options.photometric ?? (samples === 1 ? 'MONOCHROME2' : 'RGB')),
    ...(samples === 1 ? [] : [element(0x00280006, 'US', options.planar ?? 0)]),
    ...(options.frames === undefined ? [] : [element(0x00280008, 'IS', String(options.frames))]),
    element(0x00280010, 'US', options.rows ?? 1),
    element(0x00280011, 'US', options.columns ?? 4),
    element(0x00280100, 'US', allocated),
    element(0x00280101, 'US', stored),
    element(0x00280102, 'US', options.highBit ?? stored - 1),
    element(0x00280103, 'US', options.signed === true ? 1 : 0),
    ...(options.more ?? []),
    element(0x7fe00010, options.pixelVr ?? 'OW', options.pixels),
  ].filter(({ tag }) => options.without?.includes(tag) !== true);
  const syntax = options.syntax === undefined ? {} : { transferSyntaxUid: options.syntax };
  return encodePart10({ elements, ...syntax });
}

export const jpegBaseline = '1.2.840.10008.1.2.4.50';
export const rle = '1.2.840.10008.1.2.5';
export const bigEndian = '1.2.840.10008.1.2.2';
export const encapsulatedUncompressed = '1.2.840.10008.1.2.1.98';
