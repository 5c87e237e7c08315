import type { GraphicExtra } from './graphic-attributes.ts';
import type { GreyPipeline } from './grey-attributes.ts';
import { hasPairedChroma, nativeSyntaxes, type PixelSpec, samplesOf } from './pixel-spec.ts';

/** Whether the standard, or the field against it, and the encoders here let these meet; `layout` is the name of one. */
export function canMeet(
  spec: PixelSpec,
  layout: string,
  pipeline: GreyPipeline,
  extra: GraphicExtra,
): boolean {
  return (
    syntaxTakes(spec, layout) &&
    cellsCanBe(spec) &&
    framingCanBe(spec) &&
    pipelineFits(spec, layout, pipeline) &&
    extraFits(spec, extra)
  );
}

function syntaxTakes(spec: PixelSpec, layout: string): boolean {
  const { photometric, bitsAllocated, bitsStored, signed } = spec;
  const color = samplesOf(spec) === 3;
  const plain = spec.unusedBits === 'zero' && spec.highBit === bitsStored - 1;
  const transformed = photometric === 'YBR_RCT' || photometric === 'YBR_ICT';
  const paired = photometric === 'YBR_FULL_422' || photometric === 'YBR_PARTIAL_422';
  const small = spec.sampleKind === 'integer' && bitsAllocated <= 16 && bitsAllocated > 1 && bitsStored > 1;
  const nativeLike = !transformed && (spec.sampleKind === 'integer' || nativeSyntaxes.includes(spec.syntax));
  switch (spec.syntax) {
    case 'implicit':
    case 'explicit':
    case 'big-endian':
    case 'deflated':
    case 'encapsulated':
    case 'deflated-frame':
      return nativeLike;
    case 'rle':
      return spec.sampleKind === 'integer' && !transformed && !paired;
    case 'jpeg-baseline':
    case 'jpeg-extended': {
      if (!plain || signed || spec.planar === 1 || layout.startsWith('palette')) return false;
      if (spec.codec.sampling !== undefined && !photometric.startsWith('YBR_FULL')) return false;
      if (photometric === 'YBR_FULL_422' && spec.codec.sampling === undefined) return false;
      if (bitsStored === 8 && bitsAllocated === 8) return !transformed && photometric !== 'YBR_PARTIAL_422';
      return spec.syntax === 'jpeg-extended' && bitsStored === 12 && bitsAllocated === 16 && !color;
    }
    case 'jpeg-lossless':
    case 'jpeg-lossless-sv1': {
      const pointTransform = spec.codec.pointTransform ?? 0;
      if (pointTransform > 0 && (!plain || bitsStored < pointTransform + 2)) return false;
      return small && spec.planar === 0 && !transformed && !paired;
    }
    case 'jpeg-ls':
      return small && spec.planar === 0 && !transformed && !paired;
    case 'jpeg-ls-near':
      return small && plain && !signed && bitsStored >= 8 && spec.planar === 0 && !transformed && !paired;
    case 'jpeg-2000':
    case 'jpeg-2000-lossy':
    case 'htj2k':
    case 'htj2k-rpcl':
    case 'htj2k-lossy': {
      const isLossy = spec.syntax.endsWith('-lossy');
      if (!small || spec.planar === 1 || paired) return false;
      // Encoders of the package: color of 8 bits only, and no signed samples of 8 bits or fewer.
      if (color && (bitsAllocated > 8 || signed || !plain)) return false;
      if (signed && bitsAllocated === 8) return false;
      // Nor a single pixel.
      if (spec.syntax.startsWith('jpeg-2000') && spec.rows === 1 && spec.columns === 1) return false;
      if (isLossy && (!plain || signed || bitsStored < 8 || layout.startsWith('palette'))) return false;
      if (photometric === 'YBR_ICT' && !isLossy) return false;
      if (photometric === 'YBR_RCT' && isLossy) return false;
      return true;
    }
    case 'jpeg-xl':
      return small && plain && !signed && spec.planar === 0 && !transformed && !photometric.startsWith('YBR');
    case 'jpeg-xl-lossy':
      return (
        small &&
        plain &&
        !signed &&
        bitsStored === 8 &&
        spec.planar === 0 &&
        !photometric.startsWith('YBR') &&
        !layout.startsWith('palette')
      );
  }
}

/** What PS3.5 8.1.1 and 8.2 leave possible for cells and VR. */
function cellsCanBe(spec: PixelSpec): boolean {
  const { bitsAllocated, bitsStored, highBit } = spec;
  if (highBit >= bitsAllocated || highBit < bitsStored - 1) return false;
  if (spec.unusedBits === 'garbage' && bitsStored === bitsAllocated) return false;
  if (spec.signed && (bitsAllocated === 1 || spec.sampleKind !== 'integer')) return false;
  if (bitsAllocated > 8 && spec.pixelVr === 'OB') return false;
  if (spec.syntax === 'implicit' && spec.pixelVr === 'OB') return false;
  if (!nativeSyntaxes.includes(spec.syntax) && spec.pixelVr === 'OW' && bitsAllocated <= 8) return false;
  // Columns of paired chroma come in twos.
  if (spec.photometric.endsWith('_422') && spec.columns % 2 === 1) return false;
  if (samplesOf(spec) === 1 || hasPairedChroma(spec)) return spec.planar === 0;
  return true;
}

const marked: readonly string[] = ['jpeg', 'htj2k'];

function framingCanBe(spec: PixelSpec): boolean {
  if (nativeSyntaxes.includes(spec.syntax)) return spec.fragments === 'one' && spec.table === 'basic';
  if (spec.fragments === 'one') return true;
  // A.4.2: a frame of RLE is one fragment. An extended table wants one fragment a frame too.
  if (spec.syntax === 'rle' || spec.table === 'extended') return false;
  const tells = marked.some((family) => spec.syntax.startsWith(family));
  return spec.frames === 1 || spec.table === 'basic' || tells;
}

function pipelineFits(spec: PixelSpec, layout: string, pipeline: GreyPipeline): boolean {
  if (pipeline === 'none') return true;
  if (!spec.photometric.startsWith('MONOCHROME') || spec.bitsStored === 1) return false;
  if (layout.includes('supplemental')) return false;
  if (pipeline.startsWith('padding')) return spec.sampleKind === 'integer' && spec.bitsAllocated <= 16;
  if (pipeline.includes('table')) return spec.sampleKind === 'integer' && spec.bitsStored >= 5;
  return true;
}

function extraFits(spec: PixelSpec, extra: GraphicExtra): boolean {
  if (extra === 'icc') return !spec.photometric.startsWith('MONOCHROME');
  if (extra !== 'overlay-in-cells') return true;
  return (
    spec.unusedBits === 'garbage' &&
    samplesOf(spec) === 1 &&
    spec.bitsAllocated <= 16 &&
    spec.highBit + 1 < spec.bitsAllocated
  );
}
