import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstText, text } from '../../dicom/values.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { CellLayout, Cells } from '../samples.ts';
import { type ModalityTransform, toModality } from './modality.ts';
import { collectValues, type Distribution } from './value-distribution.ts';
import type { Window } from './voi.ts';

/**
 * What the values of an image are, as far as it matters for a window. `display`: made to be looked at; `counts`: none or
 * more of something, black is none; `dose`: the greatest value must not be hidden; `hounsfield`: of CT, none below air;
 * `measured`: anything else.
 */
export type ValueKind = 'display' | 'counts' | 'dose' | 'hounsfield' | 'measured';

/** Share of the values, without background, that may lie outside at either end. */
const outsideShare = 0.005;
/** Lowest value of the usual CT scale. Devices fill what is outside the circle with less, and not all call it padding. */
const lowestHounsfield = -1024;
/** A value that so many pixels have is background. */
const backgroundShare = 0.5;

/**
 * The window of an image that brings none: from the lowest to the highest level of the half of a per cent percentiles.
 * Background, a value that more than half of all pixels have, does not count, and always is within the window: where it is
 * the least or the greatest one it is that end, and a few darker and brighter values than the grey of a subtraction or the
 * zero of a map are not lost beside it. `counts` begin at 0, `dose` reaches from 0 to the greatest value, `hounsfield` begins no lower than air. One value alone is shown as the lowest
 * level. LINEAR_EXACT, so that center and width mean the same for fractions.
 */
export function windowOfValues(distribution: Distribution, kind: ValueKind): Window {
  const { values } = distribution;
  const least = values[0] ?? 0;
  const greatest = values.at(-1) ?? least;
  if (kind === 'dose') return exactWindow(Math.min(0, least), greatest);
  const { low, high } = percentiles(distribution);
  if (kind === 'counts' && high > 0) return exactWindow(0, high);
  if (low >= high) return exactWindow(least, greatest);
  const isClipped = kind === 'hounsfield' && low < lowestHounsfield && high > lowestHounsfield;
  return exactWindow(isClipped ? lowestHounsfield : low, high);
}

function exactWindow(low: number, high: number): Window {
  const width = high - low;
  if (!(width > 0)) return { center: low + 0.5, width: 1, voiFunction: 'LINEAR_EXACT' };
  if (!Number.isFinite(width))
    return { center: low / 2 + high / 2, width: Number.MAX_VALUE, voiFunction: 'LINEAR_EXACT' };
  return { center: low + width / 2, width, voiFunction: 'LINEAR_EXACT' };
}

function percentiles({ values, counts }: Distribution): { low: number; high: number } {
  const last = values.length - 1;
  if (last <= 0) return { low: values[0] ?? 0, high: values[0] ?? 0 };
  const total = sum(counts, 0, last);
  const background = counts.findIndex((count) => count > total * backgroundShare);
  const from = background === 0 ? 1 : 0;
  const to = background === last ? last - 1 : last;
  const outside = (total - (counts[background] ?? 0)) * outsideShare;
  let low = from;
  for (let left = outside; low < to && low !== background && (counts[low] as number) <= left; low++)
    left -= counts[low] as number;
  let high = to;
  for (let left = outside; high > from && high !== background && (counts[high] as number) <= left; high--)
    left -= counts[high] as number;
  return {
    low: values[background === 0 ? 0 : low] as number,
    high: values[background === last ? last : high] as number,
  };
}

function sum(counts: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i <= to; i++) total += counts[i] as number;
  return total;
}

const pet = ['1.2.840.10008.5.1.4.1.1.128', '1.2.840.10008.5.1.4.1.1.128.1', '1.2.840.10008.5.1.4.1.1.130'];
const nuclear = ['1.2.840.10008.5.1.4.1.1.20', '1.2.840.10008.5.1.4.1.1.5'];
const computedTomography = [
  '1.2.840.10008.5.1.4.1.1.2',
  '1.2.840.10008.5.1.4.1.1.2.1',
  '1.2.840.10008.5.1.4.1.1.2.2',
];
const dose = ['1.2.840.10008.5.1.4.1.1.481.2'];

/** By SOP Class, else by Modality. Unsigned values of 8 bits or less without a Modality LUT were made for a display. */
export function valueKind(dataSet: DataSet, layout: CellLayout, modality: ModalityTransform): ValueKind {
  const sopClass = firstText(dataSet, tags.SOPClassUID) ?? '';
  const device = firstText(dataSet, tags.Modality) ?? '';
  if (dose.includes(sopClass) || device === 'RTDOSE') return 'dose';
  if (pet.includes(sopClass) || nuclear.includes(sopClass) || device === 'PT' || device === 'NM')
    return 'counts';
  if (layout.bitsStored <= 8 && !layout.signed && modality.table === undefined) return 'display';
  const isHounsfield = computedTomography.includes(sopClass) && (modality.type ?? 'HU') === 'HU';
  return isHounsfield && !text(dataSet, tags.ImageType).includes('LOCALIZER') ? 'hounsfield' : 'measured';
}

/** Reads any frame, counted from 0, as cells. */
export type FrameCells = (frame: number) => { readonly cells: Cells; readonly layout: CellLayout };

/** Pixels looked at where frames cost only reading; and where they must be decoded. */
const nativePixels = 16 * 2 ** 20;
const encodedPixels = 2 * 2 ** 20;
/** Fewer frames than this may miss what the instance shows, however large they are. */
const leastFrames = 3;

/**
 * One window for all frames of an instance, so that a cine does not flicker and slices can be compared. Looks at evenly
 * spread frames whose number depends on the instance alone, not on the frames that are selected: all of them up to 16 Mi
 * pixels, 2 Mi where they must be decoded, and at least 3.
 */
export function automaticWindow(
  dataSet: DataSet,
  pixels: PixelDescription,
  modalityOf: (frame: number) => ModalityTransform,
  read: FrameCells,
): Window {
  const sampled = sampledFrames(pixels);
  const shared = sampled.every((frame) => modalityOf(frame) === modalityOf(0));
  const first = read(sampled[0] ?? 0);
  const kind = pixels.bitsStored === 1 ? 'display' : valueKind(dataSet, first.layout, modalityOf(0));
  if (kind === 'display' && pixels.sampleKind === 'integer') return wholeRange(first.layout, modalityOf(0));
  const collector = collectValues(pixels.padding, sampled.length, shared);
  for (const frame of sampled) {
    const { cells, layout } = frame === sampled[0] ? first : read(frame);
    collector.add(cells, layout, modalityOf(frame));
  }
  return windowOfValues(collector.distribution(), kind);
}

/** Indexes of the frames looked at: the middles of stretches of equal length. */
export function sampledFrames(pixels: PixelDescription): readonly number[] {
  const { rows, columns, numberOfFrames, element } = pixels;
  const budget = element.body.kind === 'fragments' ? encodedPixels : nativePixels;
  const count = Math.min(numberOfFrames, Math.max(leastFrames, Math.floor(budget / (rows * columns))));
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * numberOfFrames) / count));
}

/** All that can be stored: 8-bit pixels stay as they are. */
function wholeRange(layout: CellLayout, modality: ModalityTransform): Window {
  const size = 2 ** layout.bitsStored;
  const first = layout.signed ? -size / 2 : 0;
  const ends = [toModality(modality, first), toModality(modality, first + size - 1)];
  return exactWindow(Math.min(...ends), Math.max(...ends));
}
