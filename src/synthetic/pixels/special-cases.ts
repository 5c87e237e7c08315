import { element } from '../writer-element.ts';
import { modalityObjects } from './modality-objects.ts';
import type { PixelCase } from './pixel-cases.ts';
import { type PixelSpec, pixelSpec } from './pixel-spec.ts';

type Special = Parameters<typeof pixelSpec>[0];

function drawn(spec: PixelSpec): PixelCase {
  return { name: spec.name, spec, expected: 'drawn', pipeline: 'none', extra: 'none' };
}

function held(expected: PixelCase['expected'], special: Special): PixelCase {
  return { ...drawn(pixelSpec(special)), expected };
}

/** Three and more that meet, where two at a time do not show it. */
const combined: readonly Special[] = [
  ...[1, 2, 3, 4].map((frames) => ({
    name: `big endian OW of 8 bits, odd frames, ${frames}`,
    syntax: 'big-endian' as const,
    pixelVr: 'OW' as const,
    rows: 3,
    columns: 5,
    frames,
  })),
  ...[1, 2, 5].map((frames) => ({
    name: `big endian OW of 1 bit, odd frames, ${frames}`,
    syntax: 'big-endian' as const,
    pixelVr: 'OW' as const,
    bitsAllocated: 1,
    rows: 5,
    columns: 7,
    frames,
  })),
  ...([0, 1] as const).map((planar) => ({
    name: `big endian OW, RGB of 8 bits, odd frames, planar ${planar}`,
    syntax: 'big-endian' as const,
    pixelVr: 'OW' as const,
    photometric: 'RGB',
    planar,
    rows: 3,
    columns: 5,
    frames: 3,
  })),
  ...(['implicit', 'deflated', 'explicit', 'encapsulated'] as const).map((syntax) => ({
    name: `one pixel of 8 bits, ${syntax}`,
    syntax,
    rows: 1,
    columns: 1,
  })),
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((selection) =>
    [2, 3, 7, 8, 9, 12, 15, 16].map((bitsStored) => ({
      name: `lossless JPEG, selection value ${selection}, ${bitsStored} bits`,
      syntax: 'jpeg-lossless' as const,
      bitsAllocated: bitsStored > 8 ? 16 : 8,
      bitsStored,
      codec: { selection, restarts: selection % 2 === 0 ? 3 : 0, pointTransform: bitsStored > 12 ? 3 : 0 },
    })),
  ),
  ...([1, 3] as const).flatMap((samples) =>
    [8, 16, 32].map((bitsAllocated) => ({
      name: `RLE of ${(samples * bitsAllocated) / 8} segments`,
      syntax: 'rle' as const,
      photometric: samples === 1 ? 'MONOCHROME2' : 'RGB',
      bitsAllocated,
      rows: 20,
      columns: 300,
      frames: 2,
    })),
  ),
  { name: 'wide row', rows: 1, columns: 3001, bitsAllocated: 16 },
  { name: 'tall column', rows: 3001, columns: 1, syntax: 'rle', bitsAllocated: 16 },
];

const noPixels = [0x7fe00010];

/** What the standard or the field knows and nobody here draws, and what cannot be. */
const undrawable: readonly PixelCase[] = [
  held('NO_PIXEL_DATA', { name: 'without pixel data', without: noPixels }),
  held('PIXEL_FORMAT_UNSUPPORTED', {
    name: 'pixel data by reference',
    without: noPixels,
    attributes: [element(0x00287fe0, 'UR', 'https://example.invalid/frames')],
  }),
  held('PIXEL_FORMAT_UNSUPPORTED', {
    name: 'cells of 24 bits',
    attributes: [element(0x00280100, 'US', 24)],
  }),
  held('PIXEL_DATA_INVALID', {
    name: 'packed cells of 12 bits, more than there are',
    attributes: [element(0x00280100, 'US', 12)],
  }),
  held('PIXEL_FORMAT_UNSUPPORTED', {
    name: 'four samples',
    photometric: 'RGB',
    attributes: [element(0x00280002, 'US', 4), element(0x00280004, 'CS', 'CMYK')],
  }),
  held('PIXEL_FORMAT_UNSUPPORTED', { name: 'HSV', photometric: 'HSV' }),
  held('PIXEL_FORMAT_UNSUPPORTED', { name: 'native YBR_PARTIAL_420', photometric: 'YBR_PARTIAL_420' }),
  held('PIXEL_DATA_INVALID', {
    name: 'palette colour without palette',
    photometric: 'PALETTE COLOR',
  }),
  held('PIXEL_DATA_INVALID', { name: 'no rows', attributes: [element(0x00280010, 'US', 0)] }),
  held('PIXEL_DATA_INVALID', { name: 'more frames than data', attributes: [element(0x00280008, 'IS', 2)] }),
  held('PIXEL_DATA_INVALID', {
    name: 'frames that are no number',
    attributes: [element(0x00280008, 'IS', '1A')],
  }),
  held('PIXEL_DATA_INVALID', { name: 'zero frames', attributes: [element(0x00280008, 'IS', 0)] }),
  held('PIXEL_DATA_INVALID', {
    name: 'fewer bits allocated than stored',
    bitsStored: 8,
    attributes: [element(0x00280101, 'US', 9)],
  }),
  held('PIXEL_DATA_INVALID', {
    name: 'three samples of MONOCHROME2',
    attributes: [element(0x00280002, 'US', 3)],
  }),
  held('PIXEL_DATA_INVALID', {
    name: 'fragments that nothing groups',
    syntax: 'deflated-frame',
    frames: 3,
    fragments: 'several',
    table: 'none',
    rows: 30,
    columns: 30,
  }),
];

/** Named cases beside those made by pairs: three-way meetings, objects of modalities, and what has to be held. */
export function specialCases(): readonly PixelCase[] {
  return [
    ...combined.map((special) => drawn(pixelSpec(special))),
    ...modalityObjects().map(drawn),
    ...undrawable,
  ];
}
