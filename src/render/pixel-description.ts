import { SallyportError } from '../core/errors.ts';
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { tags } from '../dicom/tags.ts';
import {
  element as elementOf,
  firstNumber,
  firstText,
  has,
  numbers,
  valueLength,
  words,
} from '../dicom/values.ts';
import { selectedFrames } from './frame-selection.ts';
import type { DrawSettings } from './settings.ts';

/** Float and double Pixel Padding Value and Range Limit, PS3.3 C.7.6.24 and C.7.6.25. */
const floatPadding = { value: 0x00280122, limit: 0x00280124 };
const doubleFloatPadding = { value: 0x00280123, limit: 0x00280125 };
const pixelElements = [tags.PixelData, tags.FloatPixelData, tags.DoubleFloatPixelData] as const;
/** libjpeg's JPEG_MAX_DIMENSION. */
const maxJpegDimension = 65_500;

/** The Image Pixel module (PS3.3 C.7.6.3) and its float relatives (C.7.6.24, C.7.6.25), checked. */
export interface PixelDescription {
  readonly element: DataElement;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometricInterpretation: string;
  readonly planarConfiguration: 0 | 1;
  readonly sampleKind: 'integer' | 'float' | 'double';
  /** 1, 8, 12 (packed, of ACR-NEMA), 16, 32 or 64. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly numberOfFrames: number;
  /** Stored values from low to high stand for no measurement (PS3.3 C.7.5.1.1.2); undefined where none do. */
  readonly padding: { readonly low: number; readonly high: number } | undefined;
}

/** Bytes of one native frame; not whole where bits are packed across frames. */
export function frameBytes(pixels: PixelDescription): number {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = pixels;
  if (bitsAllocated === 1 || bitsAllocated === 12)
    return Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);
  if (isPairedChroma(photometricInterpretation))
    return rows * Math.ceil(columns / 2) * 4 * (bitsAllocated / 8);
  return rows * columns * samplesPerPixel * (bitsAllocated / 8);
}

/** Two luminance samples, then the two chrominance samples they share: PS3.3 C.7.6.3.1.2. */
export function isPairedChroma(photometricInterpretation: string): boolean {
  return photometricInterpretation === 'YBR_FULL_422' || photometricInterpretation === 'YBR_PARTIAL_422';
}

const monochrome = ['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR'];
const color = [
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
  'XYB',
];

/**
 * Reads and checks what describes the pixels. Throws NO_PIXEL_DATA where there are none, PIXEL_DATA_INVALID for values
 * that cannot be, PIXEL_LIMIT_EXCEEDED, and PIXEL_FORMAT_UNSUPPORTED for what the standard allows and nobody draws here.
 */
export function describePixels(
  dataSet: DataSet,
  limits: Pick<DrawSettings, 'maxPixelsPerFrame' | 'maxFrames' | 'frames'>,
): PixelDescription {
  const element =
    elementOf(dataSet, tags.PixelData) ??
    elementOf(dataSet, tags.FloatPixelData) ??
    elementOf(dataSet, tags.DoubleFloatPixelData);
  if (element === undefined) {
    // JPIP: the pixels are elsewhere, and nothing here fetches them.
    if (has(dataSet, tags.PixelDataProviderURL)) throw unsupported('pixel data by reference');
    throw new SallyportError('NO_PIXEL_DATA');
  }
  // PS3.3 C.7.6.3, C.7.6.24, C.7.6.25: only one of them. What is drawn of two is not what somebody else would draw.
  if (pixelElements.filter((tag) => elementOf(dataSet, tag) !== undefined).length > 1)
    throw invalid('several elements of pixel data');
  const rows = positive(dataSet, tags.Rows, 'rows');
  const columns = positive(dataSet, tags.Columns, 'columns');
  if (rows * columns > limits.maxPixelsPerFrame || Math.max(rows, columns) > maxJpegDimension) {
    throw new SallyportError('PIXEL_LIMIT_EXCEEDED', { detail: 'pixels per frame' });
  }
  const numberOfFrames = readNumberOfFrames(dataSet);
  if (selectedFrames(limits.frames, numberOfFrames).count > limits.maxFrames) {
    throw new SallyportError('PIXEL_LIMIT_EXCEEDED', { detail: 'number of frames' });
  }
  const { samplesPerPixel, photometricInterpretation } = readColor(dataSet);
  const samples = readSamples(dataSet, element);
  // C.7.6.24, C.7.6.25: float pixels have one sample and no palette.
  if (samples.sampleKind !== 'integer' && !photometricInterpretation.startsWith('MONOCHROME'))
    throw invalid('float pixels in color');
  // Frames that share a byte, and colour, were never packed.
  const packed = samples.bitsAllocated === 12;
  if (packed && (samplesPerPixel > 1 || (numberOfFrames > 1 && (rows * columns) % 2 === 1)))
    throw unsupported('bits allocated');
  const fullLength = rows * columns * 3 * (samples.bitsAllocated / 8) * numberOfFrames;
  return {
    element,
    rows,
    columns,
    numberOfFrames,
    samplesPerPixel,
    photometricInterpretation: notSubsampled(photometricInterpretation, element, fullLength),
    // With one sample per pixel the attribute means nothing, but devices send it.
    planarConfiguration: samplesPerPixel === 3 && word(dataSet, tags.PlanarConfiguration) === 1 ? 1 : 0,
    ...samples,
    padding: readPadding(dataSet, samples),
  };
}

function invalid(detail: string): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail });
}

function unsupported(detail: string): SallyportError {
  return new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail });
}

function positive(dataSet: DataSet, tag: number, name: string): number {
  const value = word(dataSet, tag);
  if (value === undefined || value === 0) throw invalid(`${name} missing or zero`);
  return value;
}

function readNumberOfFrames(dataSet: DataSet): number {
  const [value = 1] = numbers(dataSet, tags.NumberOfFrames);
  if (!Number.isSafeInteger(value) || value < 1) throw invalid('number of frames');
  return value;
}

function readColor(
  dataSet: DataSet,
): Pick<PixelDescription, 'samplesPerPixel' | 'photometricInterpretation'> {
  const samplesPerPixel = word(dataSet, tags.SamplesPerPixel) ?? 1;
  const described = firstText(dataSet, tags.PhotometricInterpretation)?.toUpperCase();
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) {
    throw samplesPerPixel === 4 ? unsupported('four samples per pixel') : invalid('samples per pixel');
  }
  // ACR-NEMA knew grey only; DCMTK takes a missing value as MONOCHROME2 too.
  const photometricInterpretation = described ?? (samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB');
  const known = monochrome.includes(photometricInterpretation) || color.includes(photometricInterpretation);
  if (!known) throw unsupported('photometric interpretation');
  if (monochrome.includes(photometricInterpretation) !== (samplesPerPixel === 1)) {
    throw invalid('samples per pixel contradict the photometric interpretation');
  }
  return { samplesPerPixel, photometricInterpretation };
}

/**
 * Devices call uncompressed YBR_FULL pixels YBR_FULL_422: the length tells, as one is half as long again as the other.
 * YBR_PARTIAL is no term of the standard: here, YBR_PARTIAL_422 that is not subsampled.
 */
function notSubsampled(photometricInterpretation: string, element: DataElement, fullLength: number): string {
  const length = valueLength(element);
  const full = length === fullLength || length === fullLength + 1;
  return full && isPairedChroma(photometricInterpretation)
    ? photometricInterpretation.replace('_422', '')
    : photometricInterpretation;
}

type Samples = Pick<PixelDescription, 'sampleKind' | 'bitsAllocated' | 'bitsStored' | 'highBit' | 'signed'>;

function readSamples(dataSet: DataSet, element: DataElement): Samples {
  const bitsAllocated = word(dataSet, tags.BitsAllocated);
  if (element.tag !== tags.PixelData) {
    const double = element.tag === tags.DoubleFloatPixelData;
    const bits = double ? 64 : 32;
    if (bitsAllocated !== undefined && bitsAllocated !== bits) throw invalid('bits allocated');
    return {
      sampleKind: double ? 'double' : 'float',
      bitsAllocated: bits,
      bitsStored: bits,
      highBit: bits - 1,
      signed: true,
    };
  }
  if (bitsAllocated === undefined || bitsAllocated === 0 || bitsAllocated > 64)
    throw invalid('bits allocated');
  // ACR-NEMA packed two cells of 12 bits in three bytes; 24, 40 and more are allowed and nobody writes them.
  if (![1, 8, 12, 16, 32].includes(bitsAllocated)) throw unsupported('bits allocated');
  const bitsStored = word(dataSet, tags.BitsStored) ?? bitsAllocated;
  if (bitsStored === 0 || bitsStored > bitsAllocated) throw invalid('bits stored');
  const describedHighBit = word(dataSet, tags.HighBit) ?? bitsStored - 1;
  // A high bit below the stored bits or outside the cell cannot be: as with DCMTK, Bits Stored is believed.
  const highBit =
    describedHighBit < bitsStored - 1 || describedHighBit >= bitsAllocated
      ? bitsStored - 1
      : describedHighBit;
  return {
    sampleKind: 'integer',
    bitsAllocated,
    bitsStored,
    highBit,
    signed: word(dataSet, tags.PixelRepresentation) === 1 && bitsAllocated > 1,
  };
}

function readPadding(dataSet: DataSet, samples: Samples): PixelDescription['padding'] {
  if (samples.sampleKind !== 'integer') {
    const tag = samples.sampleKind === 'double' ? doubleFloatPadding : floatPadding;
    const value = firstNumber(dataSet, tag.value);
    const limit = firstNumber(dataSet, tag.limit) ?? value;
    if (value === undefined || limit === undefined) return undefined;
    return { low: Math.min(value, limit), high: Math.max(value, limit) };
  }
  const raw = word(dataSet, tags.PixelPaddingValue);
  if (raw === undefined || samples.bitsAllocated > 16) return undefined;
  const limit = word(dataSet, tags.PixelPaddingRangeLimit) ?? raw;
  const values = [raw, limit].map((bits) => storedPadding(bits, samples));
  if (values.some(Number.isNaN)) return undefined;
  return { low: Math.min(...values), high: Math.max(...values) };
}

/** Bits of a US or SS as a stored value; NaN where no stored value can equal it. */
function storedPadding(bits: number, samples: Samples): number {
  const range = 2 ** samples.bitsStored;
  if (!samples.signed) return bits < range ? bits : Number.NaN;
  // Written with 16 bits by the standard, cut to the stored width by some.
  if (bits < range) return bits < range / 2 ? bits : bits - range;
  return bits - 65_536 >= -range / 2 ? bits - 65_536 : Number.NaN;
}

/** First value of a US or SS attribute, its bits without sign. */
function word(dataSet: DataSet, tag: number): number | undefined {
  return words(dataSet, tag)[0];
}
