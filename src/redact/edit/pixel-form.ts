import { SallyportError } from '../../core/errors.ts';
import type { DataElement, DataSet, ElementBody, FragmentsBody } from '../../dicom/data-set.ts';
import { numberElement, textElement, withElements } from '../../dicom/edit.ts';
import { tags } from '../../dicom/tags.ts';
import type { PixelDescription } from '../../render/pixel-description.ts';
import type { OpenedPixels } from './opened-pixels.ts';

/** What the Image Pixel Module says of stored values that lie plainly: interleaved, in the lowest bits of their cells. */
export interface PlainForm {
  readonly photometricInterpretation: string;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** As it is written; what RLE does with the planes is its own affair. */
  readonly planarConfiguration?: 0 | 1;
}

/**
 * The plain form of the pixels, by their first frame. Throws PIXEL_FORMAT_UNSUPPORTED for colours that have no form without
 * shared chrominance.
 */
export function plainFormOf({ pixels, cells }: OpenedPixels): PlainForm {
  const { samplesPerPixel, bitsAllocated, bitsStored, signed } = pixels;
  const wide = pixels.sampleKind === 'integer' && bitsAllocated > 16;
  return {
    photometricInterpretation: plainPhotometric(cells(0).photometricInterpretation),
    samplesPerPixel,
    // Two cells of 12 bits in three bytes were retired with ACR-NEMA.
    bitsAllocated: bitsAllocated === 12 ? 16 : (bitsAllocated as PlainForm['bitsAllocated']),
    // Cells of 32 bits are filled: whoever checks them for what hides in spare bits knows only those of 16.
    bitsStored: wide ? bitsAllocated : bitsStored,
    signed,
  };
}

/** How samples that lie plainly are called: chrominance is of every pixel, transformations are undone. */
export function plainPhotometric(photometricInterpretation: string): string {
  switch (photometricInterpretation) {
    case 'YBR_FULL_422':
      return 'YBR_FULL';
    case 'YBR_ICT':
    case 'YBR_RCT':
      return 'RGB';
    case 'YBR_PARTIAL_422':
    case 'YBR_PARTIAL_420':
      throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'photometric interpretation' });
    default:
      return photometricInterpretation;
  }
}

/** The description of pixels of a plain form, as whoever reads them will make it. */
export function plainDescription(pixels: PixelDescription, form: PlainForm): PixelDescription {
  const { photometricInterpretation, bitsAllocated, bitsStored } = form;
  return {
    ...pixels,
    photometricInterpretation,
    planarConfiguration: 0,
    bitsAllocated,
    bitsStored,
    highBit: bitsStored - 1,
  };
}

/** What tells where frames begin and how long they are, beside the Basic Offset Table: optional, and no longer true. */
const offsets: readonly (readonly [number, undefined])[] = [
  [0x7fe00001, undefined],
  [0x7fe00002, undefined],
  [0x7fe00003, undefined],
];

/** The data set with other fragments, described as before. */
export function withEncapsulated(dataSet: DataSet, pixels: DataElement, body: FragmentsBody): DataSet {
  return withElements(dataSet, new Map([...offsets, [pixels.tag, { ...pixels, body }]]));
}

/** The data set with the attributes of a plain form and this pixel data; `dataSet` is in the encoding it will have. */
export function withPlainForm(
  dataSet: DataSet,
  pixelTag: number,
  form: PlainForm,
  body: ElementBody,
): DataSet {
  const word = (tag: number, value: number): [number, DataElement] => [
    tag,
    numberElement(dataSet, tag, 'US', [value]),
  ];
  const isInteger = pixelTag === tags.PixelData;
  const changes = new Map<number, DataElement | undefined>([
    word(tags.SamplesPerPixel, form.samplesPerPixel),
    [
      tags.PhotometricInterpretation,
      textElement(dataSet, tags.PhotometricInterpretation, 'CS', form.photometricInterpretation),
    ],
    [tags.PlanarConfiguration, form.samplesPerPixel === 3 ? word(tags.PlanarConfiguration, 0)[1] : undefined],
    word(tags.BitsAllocated, form.bitsAllocated),
    ...offsets,
    [pixelTag, { tag: pixelTag, vr: pixelVr(pixelTag, form, body), body }],
  ]);
  // C.7.6.24, C.7.6.25: float pixels have no Bits Stored.
  if (isInteger) {
    changes.set(...word(tags.BitsStored, form.bitsStored));
    changes.set(...word(tags.HighBit, form.bitsStored - 1));
  }
  return withElements(dataSet, changes);
}

function pixelVr(tag: number, { bitsAllocated }: PlainForm, body: ElementBody): DataElement['vr'] {
  if (tag === tags.FloatPixelData) return 'OF';
  if (tag === tags.DoubleFloatPixelData) return 'OD';
  return body.kind === 'fragments' || bitsAllocated <= 8 ? 'OB' : 'OW';
}
