import type { WriterElement } from '../writer-element.ts';
import { element } from '../writer-element.ts';
import { type PaletteOptions, paletteElements } from './palettes.ts';
import type { PixelSpec } from './pixel-spec.ts';

/** One kind of samples: what the Image Pixel Module says of them, without sign and place in the cell. */
export interface PixelLayout {
  readonly name: string;
  readonly photometric: string;
  readonly allocated: number;
  readonly stored: number;
  readonly sampleKind?: PixelSpec['sampleKind'];
  readonly palette?: Omit<PaletteOptions, 'signed'>;
  /** Grey values that also have colours, PS3.3 C.7.6.19: the palette begins where the grey ends. */
  readonly supplemental?: boolean;
}

const grey = 'MONOCHROME2';

export const pixelLayouts: readonly PixelLayout[] = [
  { name: 'grey 8', photometric: grey, allocated: 8, stored: 8 },
  { name: 'grey 16', photometric: grey, allocated: 16, stored: 16 },
  { name: 'grey 12 in 16', photometric: grey, allocated: 16, stored: 12 },
  { name: 'grey 8 in 16', photometric: grey, allocated: 16, stored: 8 },
  { name: 'grey 5 in 8', photometric: grey, allocated: 8, stored: 5 },
  { name: 'grey 2 in 8', photometric: grey, allocated: 8, stored: 2 },
  { name: 'grey 1 in 8', photometric: grey, allocated: 8, stored: 1 },
  { name: 'grey 1', photometric: grey, allocated: 1, stored: 1 },
  { name: 'grey 32', photometric: grey, allocated: 32, stored: 32 },
  { name: 'grey 20 in 32', photometric: grey, allocated: 32, stored: 20 },
  { name: 'inverted 8', photometric: 'MONOCHROME1', allocated: 8, stored: 8 },
  { name: 'inverted 10 in 16', photometric: 'MONOCHROME1', allocated: 16, stored: 10 },
  { name: 'inverted 1', photometric: 'MONOCHROME1', allocated: 1, stored: 1 },
  { name: 'float', photometric: grey, allocated: 32, stored: 32, sampleKind: 'float' },
  { name: 'double', photometric: grey, allocated: 64, stored: 64, sampleKind: 'double' },
  {
    name: 'palette 8 of bytes',
    photometric: 'PALETTE COLOR',
    allocated: 8,
    stored: 8,
    palette: { entries: 256, bits: 8, form: 'packed' },
  },
  {
    name: 'palette 8 of words',
    photometric: 'PALETTE COLOR',
    allocated: 8,
    stored: 8,
    palette: { entries: 200, bits: 16, form: 'words', firstMapped: 10 },
  },
  {
    name: 'palette 16',
    photometric: 'PALETTE COLOR',
    allocated: 16,
    stored: 16,
    palette: { entries: 65_536, bits: 16, form: 'words' },
  },
  {
    name: 'palette 12 segmented',
    photometric: 'PALETTE COLOR',
    allocated: 16,
    stored: 12,
    palette: { entries: 4096, bits: 16, form: 'segmented' },
  },
  {
    name: 'grey 12 with supplemental palette',
    photometric: grey,
    allocated: 16,
    stored: 12,
    palette: { entries: 256, bits: 16, form: 'words', firstMapped: 3840 },
    supplemental: true,
  },
  { name: 'RGB 8', photometric: 'RGB', allocated: 8, stored: 8 },
  { name: 'RGB 16', photometric: 'RGB', allocated: 16, stored: 16 },
  { name: 'RGB 12 in 16', photometric: 'RGB', allocated: 16, stored: 12 },
  { name: 'RGB 32', photometric: 'RGB', allocated: 32, stored: 32 },
  { name: 'YBR_FULL 8', photometric: 'YBR_FULL', allocated: 8, stored: 8 },
  { name: 'YBR_FULL_422', photometric: 'YBR_FULL_422', allocated: 8, stored: 8 },
  { name: 'YBR_PARTIAL_422', photometric: 'YBR_PARTIAL_422', allocated: 8, stored: 8 },
  { name: 'YBR_RCT', photometric: 'YBR_RCT', allocated: 8, stored: 8 },
  { name: 'YBR_ICT', photometric: 'YBR_ICT', allocated: 8, stored: 8 },
];

/** The palette's elements, and for a supplemental one what says that there is colour beside grey. */
export function layoutAttributes(layout: PixelLayout, signed: boolean): WriterElement[] {
  if (layout.palette === undefined) return [];
  return [
    ...paletteElements({ ...layout.palette, signed }),
    ...(layout.supplemental === true ? [element(0x00089205, 'CS', 'COLOR')] : []),
  ];
}
