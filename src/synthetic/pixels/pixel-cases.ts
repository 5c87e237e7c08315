import type { ErrorCode } from '../../core/errors.ts';
import { canMeet } from './case-rules.ts';
import { type GraphicExtra, graphicAttributes, graphicExtras } from './graphic-attributes.ts';
import { type GreyPipeline, greyAttributes, greyPipelines } from './grey-attributes.ts';
import { pairwise } from './pairwise.ts';
import { layoutAttributes, type PixelLayout, pixelLayouts } from './pixel-layouts.ts';
import {
  type CodecOptions,
  type PixelSpec,
  type PixelSyntax,
  pixelSpec,
  pixelSyntaxes,
} from './pixel-spec.ts';

/** One object to be made and what has to become of it. */
export interface PixelCase {
  readonly name: string;
  readonly spec: PixelSpec;
  readonly expected: 'drawn' | ErrorCode;
  readonly pipeline: GreyPipeline;
  readonly extra: GraphicExtra;
}

const syntaxes: readonly PixelSyntax[] = [
  'explicit',
  ...(Object.keys(pixelSyntaxes) as PixelSyntax[]).filter((name) => name !== 'explicit'),
];
/** Rows, columns, frames: even and odd sizes, so that frames begin at odd places, and a single pixel. */
const sizes: readonly (readonly [number, number, number])[] = [
  [12, 10, 1],
  [12, 10, 3],
  [9, 7, 1],
  [9, 7, 3],
  [1, 1, 1],
  [5, 40, 2],
];
const framings: readonly Pick<PixelSpec, 'fragments' | 'table'>[] = [
  { fragments: 'one', table: 'basic' },
  { fragments: 'one', table: 'none' },
  { fragments: 'one', table: 'extended' },
  { fragments: 'one', table: 'wrong' },
  { fragments: 'several', table: 'basic' },
  { fragments: 'several', table: 'none' },
  { fragments: 'several', table: 'wrong' },
];
/** Places of the stored bits in the cell. */
const places: readonly ['low' | 'middle' | 'top', PixelSpec['unusedBits']][] = [
  ['low', 'zero'],
  ['low', 'garbage'],
  ['top', 'zero'],
  ['top', 'garbage'],
  ['middle', 'garbage'],
];

function codecOptions(syntax: PixelSyntax, variant: number): CodecOptions {
  if (syntax === 'rle') return { minRun: [3, 2, 1000][variant % 3] ?? 3, noOperations: variant % 2 === 1 };
  if (syntax.startsWith('jpeg-lossless')) {
    return {
      selection: 1 + (variant % 7),
      pointTransform: [0, 0, 1, 0, 0, 2, 0, 0][variant] ?? 0,
      restarts: variant === 3 ? 2 : 0,
      separateScans: variant % 2 === 1,
    };
  }
  if (syntax === 'jpeg-baseline' || syntax === 'jpeg-extended') {
    const kinds: readonly CodecOptions[] = [
      {},
      { mark: 'jfif' },
      { mark: 'adobe-ycc' },
      { mark: 'adobe-rgb' },
      { ids: [0x52, 0x47, 0x42] },
      { restarts: 1, mark: 'jfif' },
      { sampling: [2, 1] },
      { sampling: [2, 2] },
    ];
    return kinds[variant] ?? {};
  }
  if (syntax.includes('2000')) return { progression: variant % 5 };
  return {};
}

const variants = 8;
const factors = [
  { name: 'syntax', values: syntaxes.length },
  { name: 'layout', values: pixelLayouts.length },
  { name: 'codec', values: variants },
  { name: 'sign', values: 2 },
  { name: 'place', values: places.length },
  { name: 'planar', values: 2 },
  { name: 'size', values: sizes.length },
  { name: 'framing', values: framings.length },
  { name: 'vr', values: 2 },
  { name: 'grey', values: greyPipelines.length },
  { name: 'extra', values: graphicExtras.length },
];

interface Plan {
  /** Without the attributes, which cost most of the time. */
  readonly spec: PixelSpec;
  readonly layout: PixelLayout;
  readonly pipeline: GreyPipeline;
  readonly extra: GraphicExtra;
}

/** What one index for each factor stands for. */
function planOf(choice: readonly number[]): Plan {
  const [s = 0, l = 0, codec = 0, sign = 0, p = 0, planar = 0, z = 0, f = 0, vr = 0, g = 0, x = 0] = choice;
  const syntax = syntaxes[s] ?? 'explicit';
  const layout: PixelLayout = pixelLayouts[l] ?? {
    name: '',
    photometric: 'MONOCHROME2',
    allocated: 8,
    stored: 8,
  };
  const [where, unusedBits] = places[p] ?? ['low', 'zero'];
  const [rows, columns, frames] = sizes[z] ?? [12, 10, 1];
  const pipeline = greyPipelines[g] ?? 'none';
  const extra = graphicExtras[x] ?? 'none';
  const spare = layout.allocated - layout.stored;
  const shift = where === 'low' ? 0 : where === 'top' ? spare : Math.floor(spare / 2);
  const options = codecOptions(syntax, codec);
  const bare = pixelSpec({
    name: choice.join('.'),
    rows,
    columns,
    frames,
    syntax,
    photometric: layout.photometric,
    sampleKind: layout.sampleKind ?? 'integer',
    bitsAllocated: layout.allocated,
    bitsStored: layout.stored,
    highBit: layout.stored - 1 + shift,
    signed: sign === 1,
    unusedBits,
    planar: planar === 1 ? 1 : 0,
    pixelVr: layout.allocated > 8 === (vr === 0) ? 'OW' : 'OB',
    ...(framings[f] ?? {}),
    codec: options,
  });
  // RGB without the component transformation is what the standard calls RGB in JPEG 2000.
  const plain = bare.photometric === 'RGB' || bare.photometric.startsWith('YBR_FULL');
  const spec = plain ? { ...bare, codec: { ...bare.codec, componentTransformation: false } } : bare;
  return { spec, layout, pipeline, extra };
}

function caseOf({ spec, layout, pipeline, extra }: Plan): PixelCase {
  const attributes = [
    ...layoutAttributes(layout, spec.signed),
    ...greyAttributes(pipeline, spec),
    ...graphicAttributes(extra, spec),
  ];
  const size = `${spec.rows}x${spec.columns}x${spec.frames}`;
  const name = [spec.syntax, layout.name, size, pipeline, extra, spec.name].join(', ');
  return { name, spec: { ...spec, name, attributes }, expected: 'drawn', pipeline, extra };
}

let made: readonly PixelCase[] | undefined;

/**
 * A few hundred objects in which every transfer syntax, sample layout, codec option, sign, place in the cell, planar
 * configuration, size, framing, VR, grey pipeline and graphic meets every other one it can meet. Always the same.
 */
export function pixelCases(): readonly PixelCase[] {
  made ??= pairwise(
    factors,
    (choice) => {
      const { spec, layout, pipeline, extra } = planOf(choice);
      return canMeet(spec, layout.name, pipeline, extra);
    },
    { seed: 'pixel cases', tries: 120 },
  ).map((choice) => caseOf(planOf(choice)));
  return made;
}
