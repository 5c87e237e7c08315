import { embedsOverlay } from '../../deidentify/pixels/clean.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { numberElement, textElement, withElements } from '../../dicom/edit.ts';
import { tags } from '../../dicom/tags.ts';
import { transferSyntax } from '../../dicom/uids.ts';
import { element, firstText, has, text } from '../../dicom/values.ts';
import type { OpenedPixels } from './opened-pixels.ts';

const derivation = 'Burned-in text blanked';
const maxShortText = 1024;
/** Enhanced CT, MR, PET, XA and XRF: IODs whose acquisition is conditional on Image Type and that know MIXED (C.8.16.1.1). */
const enhanced = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(?:2\.1|4\.1|4\.3|12\.1\.1|12\.2\.1|130)$/;
/** Least and largest values of the pixels, and the icon: they may be those of what was blanked. */
const stale = [0x00280106, 0x00280107, 0x00280110, 0x00280111, tags.IconImageSequence] as const;
/** The process of a transfer syntax that can lose information: PS3.3 C.7.6.1.1.5.2. */
const lossyMethods: readonly (readonly [RegExp, string])[] = [
  [/\.4\.5[0135]$/, 'ISO_10918_1'],
  [/\.4\.81$/, 'ISO_14495_1'],
  [/\.4\.91$/, 'ISO_15444_1'],
  [/\.4\.203$/, 'ISO_15444_15'],
  [/\.4\.11[12]$/, 'ISO_18181_1'],
];
/** Of these, only JPEG never keeps what it is given. */
const alwaysLossy = /\.4\.(?:5[0135]|111)$/;

/**
 * The header of pixels that were blanked: DERIVED (PS3.3 C.7.6.1.1.2) with a derivation; nothing that describes what was
 * blanked; and the history of lossy compression, also where it was never written down (C.7.6.1.1.5). Of enhanced images the
 * type is MIXED, and Frame Type stays: most of what is said of an acquisition may not be said of a frame that is DERIVED.
 */
export function withEditedHeader(dataSet: DataSet, opened: OpenedPixels): DataSet {
  const changes = new Map<number, DataElement | undefined>();
  const isEnhanced = enhanced.test(firstText(dataSet, tags.SOPClassUID) ?? '');
  const imageType = derivedType(dataSet, tags.ImageType, isEnhanced);
  if (imageType !== undefined) changes.set(tags.ImageType, imageType);
  const description = firstText(dataSet, tags.DerivationDescription);
  const described = description === undefined ? derivation : `${description}; ${derivation}`;
  if (described.length <= maxShortText && description?.endsWith(derivation) !== true) {
    changes.set(
      tags.DerivationDescription,
      textElement(dataSet, tags.DerivationDescription, 'ST', described),
    );
  }
  for (const tag of stale) if (has(dataSet, tag)) changes.set(tag, undefined);
  for (const [tag, changed] of lossyHistory(dataSet, opened)) changes.set(tag, changed);
  return withElements(dataSet, changes);
}

/** Value 1 DERIVED, or MIXED where other frames are still ORIGINAL; undefined where nothing has to change. */
function derivedType(dataSet: DataSet, tag: number, mixed: boolean): DataElement | undefined {
  const [first, ...others] = text(dataSet, tag);
  if (first === undefined || first === 'DERIVED' || first === 'MIXED') return undefined;
  return textElement(dataSet, tag, 'CS', [mixed ? 'MIXED' : 'DERIVED', ...others]);
}

function lossyHistory(
  dataSet: DataSet,
  { input, pixels }: OpenedPixels,
): readonly (readonly [number, DataElement])[] {
  const uid = input.transferSyntaxUid;
  const known = firstText(dataSet, tags.LossyImageCompression);
  const method = lossyMethods.find(([syntaxes]) => syntaxes.test(uid))?.[1];
  if (transferSyntax(uid)?.lossy !== true || method === undefined) return [];
  // What may be lossless is believed where the header says so.
  if (known !== undefined && known !== '01' && !alwaysLossy.test(uid)) return [];
  const changes: [number, DataElement][] = [];
  if (known !== '01')
    changes.push([tags.LossyImageCompression, textElement(dataSet, tags.LossyImageCompression, 'CS', '01')]);
  const { body } = pixels.element;
  if (has(dataSet, tags.LossyImageCompressionRatio) || body.kind !== 'fragments') return changes;
  const encoded = body.fragments.reduce((sum, { length }) => sum + length, 0);
  const { rows, columns, samplesPerPixel, bitsAllocated, numberOfFrames } = pixels;
  const native = (rows * columns * samplesPerPixel * bitsAllocated * numberOfFrames) / 8;
  const ratio = Math.max(1, native / Math.max(1, encoded)).toFixed(2);
  changes.push([
    tags.LossyImageCompressionRatio,
    numberElement(dataSet, tags.LossyImageCompressionRatio, 'DS', [Number(ratio)]),
  ]);
  if (!has(dataSet, tags.LossyImageCompressionMethod))
    changes.push([
      tags.LossyImageCompressionMethod,
      textElement(dataSet, tags.LossyImageCompressionMethod, 'CS', method),
    ]);
  return changes;
}

/**
 * The data set without overlay planes that were in bits of its pixels: those bits are no more. Others stay, for
 * de-identification to judge.
 */
export function withoutEmbeddedOverlays(dataSet: DataSet): DataSet {
  if (!embedsOverlay(dataSet)) return dataSet;
  const elements = dataSet.elements.filter(({ tag }) => {
    const group = tag >>> 16;
    if (group >>> 8 !== 0x60 || (group & 1) === 1) return true;
    return element(dataSet, ((tag & 0xffff0000) | 0x3000) >>> 0) !== undefined;
  });
  return { ...dataSet, elements };
}
