import { element, type WriterElement } from '../writer-element.ts';
import { exchangedPrimaries, matrixProfile } from './icc-profile.ts';
import type { PixelSpec } from './pixel-spec.ts';

/** What may lie over an image or change its shape and colour, one at a time. */
export const graphicExtras = [
  'none',
  'overlay',
  'overlay-frames',
  'overlay-roi',
  'overlay-in-cells',
  'shutter-rectangular',
  'shutter-circular',
  'shutter-polygonal',
  'shutter-bitmap',
  'shutter-all',
  'aspect-wide',
  'aspect-tall',
  'spacing',
  'icc',
] as const;
export type GraphicExtra = (typeof graphicExtras)[number];

/** Overlay Plane (C.9.2), Display Shutter (C.7.6.11), Bitmap Display Shutter (C.7.6.15), aspect ratio, ICC profile. */
export function graphicAttributes(extra: GraphicExtra, spec: PixelSpec): WriterElement[] {
  const { rows, columns } = spec;
  const shutter = (shape: string | string[], ...more: WriterElement[]): WriterElement[] => [
    element(0x00181600, 'CS', shape),
    ...more,
    element(0x00181622, 'US', 0x2000),
  ];
  const rectangle = [
    element(0x00181602, 'IS', 2),
    element(0x00181604, 'IS', Math.max(2, columns - 1)),
    element(0x00181606, 'IS', 2),
    element(0x00181608, 'IS', Math.max(2, rows - 1)),
  ];
  const circle = [
    element(0x00181610, 'IS', [Math.ceil(rows / 2), Math.ceil(columns / 2)]),
    element(0x00181612, 'IS', Math.max(1, Math.floor(Math.min(rows, columns) / 2) - 1)),
  ];
  const polygon = [element(0x00181620, 'IS', [1, Math.ceil(columns / 2), rows, 1, rows, columns])];
  switch (extra) {
    case 'none':
      return [];
    case 'overlay':
      return overlayElements(0x6000, spec, { type: 'G', frames: 1, origin: [2, 2] });
    case 'overlay-frames':
      return overlayElements(0x6002, spec, { type: 'G', frames: spec.frames, origin: [1, 1] });
    case 'overlay-roi':
      return overlayElements(0x601e, spec, { type: 'R', frames: 1, origin: [0, -1] });
    case 'overlay-in-cells':
      return overlayElements(0x6000, spec, { type: 'G', frames: 1, origin: [1, 1], inCells: true });
    case 'shutter-rectangular':
      return shutter('RECTANGULAR', ...rectangle);
    case 'shutter-circular':
      return shutter('CIRCULAR', ...circle);
    case 'shutter-polygonal':
      return shutter('POLYGONAL', ...polygon);
    case 'shutter-bitmap':
      return [
        ...shutter('BITMAP', element(0x00181623, 'US', 0x6000)),
        ...overlayElements(0x6000, spec, { type: 'G', frames: 1, origin: [1, 1] }),
      ];
    case 'shutter-all':
      return shutter(['RECTANGULAR', 'CIRCULAR', 'POLYGONAL'], ...rectangle, ...circle, ...polygon);
    case 'aspect-wide':
      return [element(0x00280034, 'IS', [1, 2])];
    case 'aspect-tall':
      return [element(0x00280034, 'IS', [3, 2])];
    case 'spacing':
      return [element(0x00280030, 'DS', ['0.5', '0.25'])];
    case 'icc':
      return [element(0x00282000, 'OB', matrixProfile(exchangedPrimaries))];
  }
}

interface OverlayOptions {
  readonly type: 'G' | 'R';
  readonly frames: number;
  readonly origin: readonly [number, number];
  /** In the bit above the stored ones (retired in the standard, common in the field) instead of Overlay Data. */
  readonly inCells?: boolean;
}

/** A checkerboard of two by two pixels as overlay plane. */
function overlayElements(group: number, spec: PixelSpec, options: OverlayOptions): WriterElement[] {
  const { rows, columns } = spec;
  const at = (number: number): number => group * 65_536 + number;
  const bits = rows * columns * options.frames;
  const data = new Uint8Array(Math.ceil(bits / 16) * 2);
  for (let i = 0; i < bits; i++) {
    const row = Math.floor(i / columns) % rows;
    if ((((i % columns) >> 1) + (row >> 1)) % 2 === 0) data[i >> 3] = (data[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return [
    element(at(0x10), 'US', rows),
    element(at(0x11), 'US', columns),
    ...(options.frames > 1 ? [element(at(0x15), 'IS', options.frames), element(at(0x51), 'US', 1)] : []),
    element(at(0x40), 'CS', options.type),
    element(at(0x50), 'SS', [...options.origin]),
    element(at(0x100), 'US', options.inCells === true ? spec.bitsAllocated : 1),
    element(at(0x102), 'US', options.inCells === true ? spec.highBit + 1 : 0),
    ...(options.inCells === true ? [] : [element(at(0x3000), 'OW', new Uint16Array(data.buffer))]),
  ];
}
