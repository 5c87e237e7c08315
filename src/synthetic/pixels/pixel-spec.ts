import type { WriterElement } from '../writer-element.ts';

/** Short names of the transfer syntaxes that can be made here, and their UIDs. */
export const pixelSyntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  'big-endian': '1.2.840.10008.1.2.2',
  deflated: '1.2.840.10008.1.2.1.99',
  encapsulated: '1.2.840.10008.1.2.1.98',
  'deflated-frame': '1.2.840.10008.1.2.8.1',
  rle: '1.2.840.10008.1.2.5',
  'jpeg-baseline': '1.2.840.10008.1.2.4.50',
  'jpeg-extended': '1.2.840.10008.1.2.4.51',
  'jpeg-lossless': '1.2.840.10008.1.2.4.57',
  'jpeg-lossless-sv1': '1.2.840.10008.1.2.4.70',
  'jpeg-ls': '1.2.840.10008.1.2.4.80',
  'jpeg-ls-near': '1.2.840.10008.1.2.4.81',
  'jpeg-2000': '1.2.840.10008.1.2.4.90',
  'jpeg-2000-lossy': '1.2.840.10008.1.2.4.91',
  htj2k: '1.2.840.10008.1.2.4.201',
  'htj2k-rpcl': '1.2.840.10008.1.2.4.202',
  'htj2k-lossy': '1.2.840.10008.1.2.4.203',
  'jpeg-xl': '1.2.840.10008.1.2.4.110',
  'jpeg-xl-lossy': '1.2.840.10008.1.2.4.112',
} as const;
export type PixelSyntax = keyof typeof pixelSyntaxes;

/** The four in which pixel data are one value and not fragments. */
export const nativeSyntaxes: readonly PixelSyntax[] = ['implicit', 'explicit', 'big-endian', 'deflated'];

/** How the encoder of a frame is told to work; what an encoder does not know it passes over. */
export interface CodecOptions {
  /** Lossless JPEG: predictor 1 to 7. */
  readonly selection?: number;
  /** Lossless JPEG: low bits that are lost, and so are zero in what is expected. */
  readonly pointTransform?: number;
  /** JPEG: lines (lossless) or units (DCT) between restart markers. */
  readonly restarts?: number;
  /** Lossless JPEG of three components: one scan each. */
  readonly separateScans?: boolean;
  /** DCT JPEG: what in the stream says the colour space, and the component identifiers. */
  readonly mark?: 'jfif' | 'adobe-rgb' | 'adobe-ycc' | 'none';
  readonly ids?: readonly [number, number, number];
  /** DCT JPEG: sampling factors of the luminance. */
  readonly sampling?: readonly [number, number];
  readonly quantisation?: number;
  /** JPEG 2000: LRCP, RLCP, RPCL, PCRL, CPRL as 0 to 4. */
  readonly progression?: number;
  readonly componentTransformation?: boolean;
  /** RLE: shortest run that is replicated; control bytes without effect before each. */
  readonly minRun?: number;
  readonly noOperations?: boolean;
}

/** Everything that decides on the Pixel Data element and the attributes that describe it. */
export interface PixelSpec {
  /** Also the seed: two specifications of one name and content give the same bytes. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly syntax: PixelSyntax;
  /** Photometric Interpretation as written; decides on the number of samples. */
  readonly photometric: string;
  readonly sampleKind: 'integer' | 'float' | 'double';
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Bits of a cell outside of the stored ones. */
  readonly unusedBits: 'zero' | 'garbage';
  readonly planar: 0 | 1;
  readonly pixelVr: 'OB' | 'OW';
  readonly fragments: 'one' | 'several';
  readonly table: 'none' | 'basic' | 'extended' | 'wrong';
  readonly codec: CodecOptions;
  /** Further elements; one with the tag of an element made here takes its place. */
  readonly attributes: readonly WriterElement[];
  /** Elements made here that are left out. */
  readonly without: readonly number[];
  /** Secondary Capture, or the Multi-frame Secondary Capture that fits, where left out. */
  readonly sopClassUid: string | undefined;
}

/** A whole specification from what is special about it: one frame of 8-bit grey, explicit little endian, in between. */
export function pixelSpec(special: Partial<Omit<PixelSpec, 'name'>> & { readonly name: string }): PixelSpec {
  const bitsAllocated = special.bitsAllocated ?? 8;
  const bitsStored = special.bitsStored ?? bitsAllocated;
  return {
    rows: 12,
    columns: 10,
    frames: 1,
    syntax: 'explicit',
    photometric: 'MONOCHROME2',
    sampleKind: 'integer',
    highBit: bitsStored - 1,
    signed: false,
    unusedBits: 'zero',
    planar: 0,
    pixelVr: bitsAllocated > 8 ? 'OW' : 'OB',
    fragments: 'one',
    table: 'basic',
    codec: {},
    attributes: [],
    without: [],
    sopClassUid: undefined,
    ...special,
    bitsAllocated,
    bitsStored,
  };
}

export function samplesOf({ photometric }: Pick<PixelSpec, 'photometric'>): 1 | 3 {
  return photometric.startsWith('MONOCHROME') || photometric === 'PALETTE COLOR' ? 1 : 3;
}

/** Native samples of two pixels lie as Y Y Cb Cr (PS3.3 C.7.6.3.1.2); code streams have their own subsampling. */
export function hasPairedChroma({ photometric, syntax }: Pick<PixelSpec, 'photometric' | 'syntax'>): boolean {
  const paired = photometric === 'YBR_FULL_422' || photometric === 'YBR_PARTIAL_422';
  return paired && [...nativeSyntaxes, 'encapsulated', 'deflated-frame'].includes(syntax);
}
