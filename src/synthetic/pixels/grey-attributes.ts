import { element, type WriterElement } from '../writer-element.ts';
import type { PixelSpec } from './pixel-spec.ts';

/** Ways in which grey values become what is shown: PS3.3 C.11.1, C.11.2, C.7.6.16.2.9, C.7.6.16.2.10. */
export const greyPipelines = [
  'none',
  'rescale',
  'rescale-negative',
  'modality-table',
  'window',
  'windows',
  'window-exact',
  'window-sigmoid',
  'window-narrow',
  'voi-table',
  'voi-table-8',
  'inverse',
  'padding',
  'padding-range',
  'rescale-window',
  'per-frame',
  'shared',
] as const;
export type GreyPipeline = (typeof greyPipelines)[number];

/** The attributes of one such way, with numbers that lie within the stored values of the specification. */
export function greyAttributes(pipeline: GreyPipeline, spec: PixelSpec): WriterElement[] {
  const range = spec.sampleKind === 'integer' ? 2 ** spec.bitsStored : 4000;
  const low = spec.signed || spec.sampleKind !== 'integer' ? -range / 2 : 0;
  const center = low + Math.floor(range / 2);
  const width = Math.max(2, Math.floor(range / 2));
  switch (pipeline) {
    case 'none':
      return [];
    case 'rescale':
      return rescale(-1024, 2);
    case 'rescale-negative':
      return rescale(100, -0.5);
    case 'modality-table':
      return [lookupTable(0x00283000, spec, 12)];
    case 'window':
      return window([center], [width]);
    case 'windows':
      return window([center, center + 1], [width, Math.max(2, width / 2)], ['WIDE', 'NARROW']);
    case 'window-exact':
      return [...window([center], [width]), element(0x00281056, 'CS', 'LINEAR_EXACT')];
    case 'window-sigmoid':
      return [...window([center], [width]), element(0x00281056, 'CS', 'SIGMOID')];
    case 'window-narrow':
      return window([center], [1]);
    case 'voi-table':
      return [lookupTable(0x00283010, spec, 12)];
    case 'voi-table-8':
      return [lookupTable(0x00283010, spec, 8)];
    case 'inverse':
      return [element(0x20500020, 'CS', 'INVERSE')];
    case 'padding':
      return [padding(0x00280120, low, spec)];
    case 'padding-range':
      return [padding(0x00280120, low, spec), padding(0x00280121, low + Math.floor(range / 8), spec)];
    case 'rescale-window':
      return [...rescale(-1024, 2), ...window([center * 2 - 1024], [width * 2])];
    case 'per-frame':
      return [
        element(0x52009229, 'SQ', { items: [groups(1, 0, center, width)] }),
        element(0x52009230, 'SQ', {
          items: Array.from({ length: spec.frames }, (_, frame) =>
            groups(frame + 1, -10 * frame, center + frame, Math.max(2, width - frame)),
          ),
        }),
      ];
    case 'shared':
      return [element(0x52009229, 'SQ', { items: [groups(2, -5, center * 2 - 5, width * 2)] })];
  }
}

function rescale(intercept: number, slope: number): WriterElement[] {
  return [
    element(0x00281052, 'DS', String(intercept)),
    element(0x00281053, 'DS', String(slope)),
    element(0x00281054, 'LO', 'US'),
  ];
}

function window(
  centers: readonly number[],
  widths: readonly number[],
  explanations: readonly string[] = [],
): WriterElement[] {
  return [
    element(0x00281050, 'DS', centers.map(decimal)),
    element(0x00281051, 'DS', widths.map(decimal)),
    ...(explanations.length > 0 ? [element(0x00281055, 'LO', [...explanations])] : []),
  ];
}

/** Pixel Value Transformation and Frame VOI LUT macros. */
function groups(slope: number, intercept: number, center: number, width: number): WriterElement[] {
  return [
    element(0x00289132, 'SQ', { items: [window([center], [width])] }),
    element(0x00289145, 'SQ', { items: [rescale(intercept, slope)] }),
  ];
}

/** A Modality LUT (0028,3000) or VOI LUT Sequence (0028,3010) over part of the range: a curve, not a line. */
function lookupTable(tag: number, spec: PixelSpec, bits: 8 | 12): WriterElement {
  const entries = Math.min(256, 2 ** Math.min(16, spec.bitsStored));
  const first = spec.signed ? -Math.floor(entries / 2) : 0;
  const top = 2 ** bits - 1;
  const data = Uint16Array.from({ length: entries }, (_, index) =>
    Math.round(top * Math.sqrt(index / Math.max(1, entries - 1))),
  );
  const packed = Uint16Array.from(
    { length: Math.ceil(entries / 2) },
    (_, index) => (data[2 * index] ?? 0) | ((data[2 * index + 1] ?? 0) << 8),
  );
  const descriptor = [entries, first, bits];
  return element(tag, 'SQ', {
    items: [
      [
        spec.signed
          ? element(0x00283002, 'SS', Int16Array.from(descriptor))
          : element(0x00283002, 'US', Uint16Array.from(descriptor)),
        ...(tag === 0x00283000 ? [element(0x00283004, 'LO', 'US')] : []),
        element(0x00283006, 'OW', bits === 8 ? packed : data),
      ],
    ],
  });
}

function padding(tag: number, value: number, spec: PixelSpec): WriterElement {
  return spec.signed ? element(tag, 'SS', value) : element(tag, 'US', value);
}

/** DS holds at most 16 characters (PS3.5 6.2). */
function decimal(value: number): string {
  return String(Number(value.toPrecision(9)));
}
