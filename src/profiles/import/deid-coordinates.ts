import type { DeviceRectangle } from '../../deidentify/pixels/pixel-policy.ts';
import { quoted } from '../faults.ts';
import { inImage } from './ctp-script.ts';
import { LineFault } from './deid-tests.ts';

/** A line of coordinates: what is blanked, or given back. */
export interface Coordinates {
  readonly line: number;
  readonly keeps: boolean;
  readonly area: DeviceRectangle | 'all' | 'ultrasoundRegions';
}

/** What the lines of one label make of a mask, from first to last. */
export interface MaskedLabel {
  /** No coordinates at all. */
  readonly isEmpty: boolean;
  /** What the mask is beside the rectangles. */
  readonly base: 'keep' | 'blank';
  /** Blanked where the base is kept, kept where it is blanked. */
  readonly rectangles: readonly DeviceRectangle[];
  /** Rectangles that give back what labels above may have blanked. */
  readonly kept: readonly DeviceRectangle[];
  /** The regions of the Sequence of Ultrasound Regions are kept, or given back. */
  readonly keepsRegions: boolean;
  readonly blanksRegions: boolean;
  /** Something is kept although this label has not blanked everything itself. */
  readonly givesBack: boolean;
}

/**
 * A line of coordinates, or undefined for one of tests. `coordinates` and `keepcoordinates` take left, top, right and bottom,
 * the latter two exclusive, or `all`, or `from:` and a sequence; with `ctp` in front left, top, width and height. Throws
 * LineFault.
 */
export function parseCoordinates(content: string, line: number): Coordinates | undefined {
  const found = /^(ctp)?(keep)?coordinates(?:\s+|$)(.*)$/i.exec(content);
  if (found === null) return undefined;
  const [, ctp, keep, text = ''] = found;
  const keeps = keep !== undefined;
  const value = (text.split('#')[0] ?? '').trim();
  if (/^all$/i.test(value)) return { line, keeps, area: 'all' };
  if (/^from:\s*SequenceOfUltrasoundRegions$/i.test(value)) return { line, keeps, area: 'ultrasoundRegions' };
  const parts = value.split(',').map((part) => part.trim());
  if (parts.length !== 4 || !parts.every((part) => /^-?\d{1,6}$/.test(part)))
    throw new LineFault(
      `${quoted(value)} are no coordinates: four numbers, all, or from:SequenceOfUltrasoundRegions`,
    );
  const [left = 0, top = 0, third = 0, fourth = 0] = parts.map(Number);
  if (left < 0 || top < 0) throw new LineFault('negative coordinates are not translated');
  const area =
    ctp === undefined ? inImage(left, top, third - left, fourth - top) : inImage(left, top, third, fourth);
  if (area === undefined) throw new LineFault(`${quoted(value)} covers nothing of an image`);
  return { line, keeps, area };
}

export function maskOf(coordinates: readonly Coordinates[]): MaskedLabel {
  let base: 'keep' | 'blank' = 'keep';
  let rectangles: DeviceRectangle[] = [];
  let kept: DeviceRectangle[] = [];
  let keepsRegions = false;
  let blanksRegions = false;
  let givesBack = false;
  for (const { keeps, area } of coordinates) {
    if (area === 'all') {
      base = keeps ? 'keep' : 'blank';
      rectangles = [];
      kept = keeps ? [{ left: 0, top: 0, width: 0, height: 0 }] : [];
      keepsRegions = false;
      givesBack = keeps;
    } else if (area === 'ultrasoundRegions') {
      if (keeps) {
        keepsRegions = true;
        if (base === 'keep') givesBack = true;
      } else blanksRegions = true;
    } else {
      if (keeps === (base === 'blank')) rectangles.push(area);
      else rectangles = rectangles.flatMap((one) => without(one, area));
      if (keeps && base === 'keep') {
        kept.push(area);
        givesBack = true;
      } else if (!keeps) kept = kept.flatMap((one) => without(one, area));
    }
  }
  return {
    isEmpty: coordinates.length === 0,
    base,
    rectangles,
    kept,
    keepsRegions,
    blanksRegions,
    givesBack,
  };
}

/** What a rectangle leaves of another one, as at most four. */
export function without(one: DeviceRectangle, other: DeviceRectangle): DeviceRectangle[] {
  // A size of 0 reaches to an edge that nobody knows here.
  if (one.width === 0 || one.height === 0) return [one];
  const right = one.left + one.width;
  const bottom = one.top + one.height;
  const left = Math.max(one.left, other.left);
  const top = Math.max(one.top, other.top);
  const innerRight = Math.min(right, other.left + other.width);
  const innerBottom = Math.min(bottom, other.top + other.height);
  if (innerRight <= left || innerBottom <= top) return [one];
  return [
    { left: one.left, top: one.top, width: one.width, height: top - one.top },
    { left: one.left, top: innerBottom, width: one.width, height: bottom - innerBottom },
    { left: one.left, top, width: left - one.left, height: innerBottom - top },
    { left: innerRight, top, width: right - innerRight, height: innerBottom - top },
  ].filter(({ width, height }) => width > 0 && height > 0);
}
