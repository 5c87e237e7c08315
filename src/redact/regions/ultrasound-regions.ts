import type { PixelBox } from '../../core/redaction.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { has, items, numbers } from '../../dicom/values.ts';
import { clipped, complement, coveredPixels } from './rectangles.ts';

const sequenceOfUltrasoundRegions = 0x00186011;
/** Region Location Min X0, Min Y0, Max X1, Max Y1. */
const locationTags = [0x00186018, 0x0018601a, 0x0018601c, 0x0018601e] as const;

/** So far a region may reach over the edge: writers that count the last pixel from 1, or round. Pixels. */
const maxOverrun = 8;
/** Regions that leave less of the image describe something else. */
const minKeptShare = 0.02;
const maxRegions = 256;

export type UltrasoundRegions =
  /** Nothing is said, or the whole image is kept. */
  | { readonly kind: 'none' }
  /** What lies outside, without overlap, and what is kept. */
  | { readonly kind: 'outside'; readonly boxes: readonly PixelBox[]; readonly kept: readonly PixelBox[] }
  /** They cannot belong to this image; the word says why. */
  | { readonly kind: 'invalid'; readonly detail: 'region values' | 'region outside' | 'regions too small' };

/**
 * What lies outside the Sequence of Ultrasound Regions (PS3.3 C.8.5.5), which all frames share: as boxes of the image. Max
 * X1 and Max Y1 belong to the region. Every kind of region is kept: a spectrum is as much image as tissue is. Items of
 * zeros alone are placeholders. Regions that contradict the image are not guessed at: some machines write those of the
 * screen into images of half its size. What would be blanked could be the image then, and what is kept the name.
 */
export function outsideUltrasoundRegions(dataSet: DataSet, columns: number, rows: number): UltrasoundRegions {
  const regions = items(dataSet, sequenceOfUltrasoundRegions);
  if (regions.length > maxRegions) return { kind: 'invalid', detail: 'region values' };
  const kept: PixelBox[] = [];
  for (const region of regions) {
    const location = readLocation(region);
    if (location === 'placeholder') continue;
    if (location === undefined) return { kind: 'invalid', detail: 'region values' };
    const { left, top, width, height } = location;
    const inside = clipped(location, columns, rows);
    const overrun = Math.max(left + width - columns, top + height - rows);
    if (inside === undefined || overrun > maxOverrun) return { kind: 'invalid', detail: 'region outside' };
    kept.push(inside);
  }
  if (kept.length === 0) return { kind: 'none' };
  if (coveredPixels(kept, columns, rows) < minKeptShare * columns * rows)
    return { kind: 'invalid', detail: 'regions too small' };
  const boxes = complement(kept, columns, rows);
  return boxes.length === 0 ? { kind: 'none' } : { kind: 'outside', boxes, kept };
}

/** The place of a region; undefined where it is not said or contradicts itself. */
function readLocation(region: DataSet): PixelBox | 'placeholder' | undefined {
  if (locationTags.every((tag) => !has(region, tag))) return 'placeholder';
  const [left, top, right, bottom] = locationTags.map((tag) => {
    const values = numbers(region, tag);
    return values.length === 1 ? values[0] : undefined;
  });
  if (left === undefined || top === undefined || right === undefined || bottom === undefined)
    return undefined;
  const all = [left, top, right, bottom];
  if (all.every((value) => value === 0)) return 'placeholder';
  if (!all.every((value) => Number.isSafeInteger(value) && value >= 0)) return undefined;
  if (right < left || bottom < top) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
