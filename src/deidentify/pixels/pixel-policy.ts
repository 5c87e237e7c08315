import type { PixelBox } from '../../core/redaction.ts';

/**
 * What is done about text in the pixels. `all`: every text found is blanked; `identifying`: what repeats an identifier,
 * looks like one, or is no known harmless annotation; `none`: nothing, the pixels leave as they are; `hold`: a person
 * decides.
 */
export const pixelModes = ['all', 'identifying', 'none', 'hold'] as const;
export type PixelMode = (typeof pixelModes)[number];

export const pixelFills = ['background', 'contrast'] as const;
export type PixelFill = (typeof pixelFills)[number];

/**
 * Form of redacted pixels in a data set that leaves: `same`: as received where that is uncompressed, lossless, or JPEG of 8
 * bits that can be edited block by block, else the lossless relative of the received form; `lossless`: as `same`, but
 * never JPEG with loss, so that boxes are blanked to the pixel.
 */
export const redactedEncodings = ['same', 'lossless', 'native', 'rle', 'jpegLs', 'jpeg2000'] as const;
export type RedactedEncoding = (typeof redactedEncodings)[number];

/** Comparisons of a device test. `matches`: the whole value fits the pattern (device-pattern.ts). */
export const deviceComparisons = [
  'equals',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'less',
  'greater',
] as const;
export type DeviceComparison = (typeof deviceComparisons)[number];

/** `present`: the attribute is there, also without a value; `absent`: it is not; `empty`: it is there without a value. */
export const devicePresences = ['present', 'absent', 'empty'] as const;
export type DevicePresence = (typeof devicePresences)[number];

/** A test of one attribute, or several joined. */
export type DeviceTest =
  | { readonly all: readonly DeviceTest[] }
  | { readonly any: readonly DeviceTest[] }
  | { readonly not: DeviceTest }
  | {
      /** Eight hexadecimal digits. */
      readonly tag: string;
      readonly is: DevicePresence;
    }
  | {
      /** Eight hexadecimal digits, or the AE title of the sender: unknown offline, where every test of it is false. */
      readonly tag: string | 'callingAeTitle';
      readonly is: DeviceComparison;
      /** One of them is enough. An attribute of several values is compared value by value, and as a whole. */
      readonly values: readonly string[];
      /** True: compared as a whole only, its values joined by backslashes. */
      readonly wholeValue?: true;
      /** Capital and small letters are alike unless this is true. */
      readonly caseSensitive?: true;
    };

/**
 * A rectangle of a device rule. A negative left or top counts from the right or the bottom edge; a width or height of 0
 * reaches to that edge.
 */
export interface DeviceRectangle extends PixelBox {
  /** First and last frame, from 1; all where left out. */
  readonly frames?: readonly [first: number, last: number];
}

export const deviceActions = ['blank', 'keep', 'treat', 'pass', 'hold'] as const;
export type DeviceAction = (typeof deviceActions)[number];

/** What is known of the images of a device: where it writes, or what becomes of them. */
export interface DeviceRule {
  readonly name: string;
  /** Where the knowledge comes from, for whoever reads the rule. */
  readonly provenance: string;
  readonly when: DeviceTest;
  /** `blank` the rectangles; `keep` nothing but the rectangles; `treat` as high risk; `pass` as low risk; `hold`. */
  readonly action: DeviceAction;
  /** Empty for `treat`, `pass` and `hold`. */
  readonly rectangles: readonly DeviceRectangle[];
}

/** What a profile says about pixels. Plain data. */
export interface PixelPolicy {
  readonly highRisk: PixelMode;
  readonly lowRisk: PixelMode;
  /** Blank what lies outside the Sequence of Ultrasound Regions (PS3.3 C.8.5.5), where there is one. */
  readonly ultrasoundRegions: boolean;
  /** Use the rules that come with the product. */
  readonly starterRules: boolean;
  /** Rules of the profile's author; they win over the starter rules, and of several that fit all hold. */
  readonly deviceRules: readonly DeviceRule[];
  readonly fill: PixelFill;
  /** Added to each side of a box, pixels. */
  readonly padding: number;
  /** Further harmless annotations for `identifying`, beside the built-in list. */
  readonly harmlessWords: readonly string[];
  readonly encoding: RedactedEncoding;
}

export const standardPixelPolicy: PixelPolicy = {
  highRisk: 'all',
  lowRisk: 'none',
  ultrasoundRegions: true,
  starterRules: true,
  deviceRules: [],
  fill: 'background',
  padding: 2,
  harmlessWords: [],
  encoding: 'same',
};
