import { encodePart10 } from '../dicom-writer.ts';
import { identityElements, syntheticIdentity } from '../identity.ts';
import { seededUid } from '../random.ts';
import { concatBytes } from '../value-encoder.ts';
import { element, type WriterElement, type WriterValue } from '../writer-element.ts';
import { arranged, cellBytes, cellSize, packBits } from './cells.ts';
import { encapsulate } from './encapsulate.ts';
import { encodeFrame } from './encode-frame.ts';
import { nativeSyntaxes, type PixelSpec, pixelSyntaxes, samplesOf } from './pixel-spec.ts';
import { storedValues, toleranceOf } from './stored-values.ts';

/** A file and what a decoder has to find in it. */
export interface PixelObject {
  readonly spec: PixelSpec;
  /** The whole Part 10 file. */
  readonly bytes: Uint8Array;
  /** Stored values of each frame: the samples of a pixel together, or as they lie (Y Y Cb Cr) where chroma is paired. */
  readonly stored: readonly Float64Array[];
  /** Largest difference allowed; 0 where the syntax is lossless. */
  readonly tolerance: number;
}

export const secondaryCaptureSopClasses = {
  singleFrame: '1.2.840.10008.5.1.4.1.1.7',
  singleBit: '1.2.840.10008.5.1.4.1.1.7.1',
  greyByte: '1.2.840.10008.5.1.4.1.1.7.2',
  greyWord: '1.2.840.10008.5.1.4.1.1.7.3',
  trueColor: '1.2.840.10008.5.1.4.1.1.7.4',
} as const;

/**
 * Makes the object of a specification: the same bytes every time. `stored` given: these values instead of made-up ones.
 * Throws an Error where the encoder of its syntax cannot encode such samples.
 */
export function makePixelObject(spec: PixelSpec, stored?: readonly Float64Array[]): PixelObject {
  const values = stored ?? Array.from({ length: spec.frames }, (_, frame) => storedValues(spec, frame));
  const native = nativeSyntaxes.includes(spec.syntax);
  const made = native
    ? { value: nativeValue(values, spec), tables: [] }
    : encapsulate(
        values.map((frame) => encodeFrame(frame, spec)),
        spec,
      );
  const own = [
    ...headElements(spec),
    ...imagePixelElements(spec),
    ...made.tables,
    pixelElement(made.value, spec),
  ];
  const given = new Set(spec.attributes.map(({ tag }) => tag));
  const elements = [
    ...own.filter(({ tag }) => !given.has(tag) && !spec.without.includes(tag)),
    ...spec.attributes,
  ];
  return {
    spec,
    bytes: encodePart10({ elements, transferSyntaxUid: pixelSyntaxes[spec.syntax] }),
    stored: values,
    tolerance: toleranceOf(spec),
  };
}

function headElements(spec: PixelSpec): WriterElement[] {
  const sopClassUid = spec.sopClassUid ?? secondaryCapture(spec);
  const multiFrame = spec.sopClassUid === undefined && sopClassUid !== secondaryCaptureSopClasses.singleFrame;
  return [
    ...identityElements('pixels', syntheticIdentity('pixels'), {
      modality: 'OT',
      seriesNumber: 1,
      seriesDescription: 'Synthetic pixels',
      protocolName: 'None',
      bodyPart: 'HEAD',
    }),
    element(0x00080008, 'CS', ['DERIVED', 'SECONDARY']),
    element(0x00080016, 'UI', sopClassUid),
    element(0x00080018, 'UI', seededUid('pixels', spec.name)),
    element(0x00080064, 'CS', 'SYN'),
    element(0x00200013, 'IS', 1),
    element(0x00200020, 'CS', null),
    element(0x00280301, 'CS', 'NO'),
    ...(multiFrame ? multiFrameElements(spec) : []),
  ];
}

/** SC Multi-frame Image Module (PS3.3 C.8.6.3): grey ones of more than one bit say how they are to be shown. */
function multiFrameElements(spec: PixelSpec): WriterElement[] {
  const grey = samplesOf(spec) === 1 && spec.bitsAllocated > 1;
  return [
    element(0x00280009, 'AT', 0x00181065),
    element(
      0x00181065,
      'DS',
      Array.from({ length: spec.frames }, (_, index) => String(index === 0 ? 0 : 40)),
    ),
    ...(grey
      ? [
          element(0x00281052, 'DS', '0'),
          element(0x00281053, 'DS', '1'),
          element(0x00281054, 'LO', 'US'),
          element(0x20500020, 'CS', 'IDENTITY'),
        ]
      : []),
  ];
}

function secondaryCapture(spec: PixelSpec): string {
  if (spec.frames === 1) return secondaryCaptureSopClasses.singleFrame;
  if (samplesOf(spec) === 3) return secondaryCaptureSopClasses.trueColor;
  if (spec.bitsAllocated === 1) return secondaryCaptureSopClasses.singleBit;
  return spec.bitsAllocated === 8 ? secondaryCaptureSopClasses.greyByte : secondaryCaptureSopClasses.greyWord;
}

/** Image Pixel Module, PS3.3 C.7.6.3; those with float samples leave out what only integers have (C.7.6.24). */
function imagePixelElements(spec: PixelSpec): WriterElement[] {
  const integers =
    spec.sampleKind === 'integer'
      ? [
          element(0x00280101, 'US', spec.bitsStored),
          element(0x00280102, 'US', spec.highBit),
          element(0x00280103, 'US', spec.signed ? 1 : 0),
        ]
      : [];
  return [
    element(0x00280002, 'US', samplesOf(spec)),
    element(0x00280004, 'CS', spec.photometric),
    ...(samplesOf(spec) === 3 ? [element(0x00280006, 'US', spec.planar)] : []),
    ...(spec.frames > 1 || spec.sopClassUid !== undefined ? [element(0x00280008, 'IS', spec.frames)] : []),
    element(0x00280010, 'US', spec.rows),
    element(0x00280011, 'US', spec.columns),
    element(0x00280100, 'US', spec.bitsAllocated),
    ...integers,
    ...(toleranceOf(spec) > 0 || spec.codec.pointTransform ? [element(0x00282110, 'CS', '01')] : []),
  ];
}

function pixelElement(value: WriterValue, spec: PixelSpec): WriterElement {
  if (spec.sampleKind === 'float') return element(0x7fe00008, 'OF', value);
  if (spec.sampleKind === 'double') return element(0x7fe00009, 'OD', value);
  // PS3.5 A.1 and A.4: OW in implicit VR, OB for fragments.
  const fragments = typeof value === 'object' && value !== null && 'fragments' in value;
  return element(0x7fe00010, fragments ? 'OB' : spec.syntax === 'implicit' ? 'OW' : spec.pixelVr, value);
}

/** The value of native pixel data: an array of the units that the writer swaps in big endian. */
function nativeValue(values: readonly Float64Array[], spec: PixelSpec): WriterValue {
  const frames = values.map((frame) => arranged(cellBytes(frame, spec), spec, cellSize(spec)));
  const joined = spec.bitsAllocated === 1 ? packBits(concatBytes(frames)) : concatBytes(frames);
  if (spec.sampleKind === 'float') return new Float32Array(joined.buffer);
  if (spec.sampleKind === 'double') return new Float64Array(joined.buffer);
  if (spec.pixelVr === 'OB' && spec.syntax !== 'implicit') return joined;
  return new Uint16Array(
    joined.length % 2 === 0 ? joined.buffer : concatBytes([joined, new Uint8Array(1)]).buffer,
  );
}
