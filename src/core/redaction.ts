/** What found or chose a region of pixels. */
export const redactionSources = ['ocr', 'ultrasound-region', 'rule', 'person'] as const;
export type RedactionSource = (typeof redactionSources)[number];

/** Why a region was blanked; never the text that stood there. */
export const redactionReasons = [
  /** Text of any kind, where all text is blanked. */
  'text',
  /** It repeats an identifier of the object. */
  'identifier',
  'date',
  /** Digits, or digits and letters, of the form of an identifier. */
  'number',
  /** A name behind a title or a label such as "Name:". */
  'name',
  /** A telephone number, an address, an electronic address. */
  'contact',
  /** Not in the list of harmless annotations. */
  'not-harmless',
  /** Text that was found but could not be read. */
  'unreadable',
  /** Outside the regions that hold the image. */
  'outside-regions',
  'device-rule',
  /** A person drew it. */
  'drawn',
] as const;
export type RedactionReason = (typeof redactionReasons)[number];

/** A rectangle in stored pixels: columns from the left, rows from the top, both from 0. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A region that was blanked, or is to be. Plain data without any text of the image. */
export interface RedactionBox extends PixelBox {
  /** First frame, from 1. */
  readonly frame: number;
  /** In so many successive frames. */
  readonly frames: number;
  readonly source: RedactionSource;
  readonly reason: RedactionReason;
  /** Name of the device rule, where one chose it. */
  readonly rule?: string;
}

/** A region that a person wants blanked. */
export interface DrawnBox extends PixelBox {
  /** First frame, from 1; null: all frames. */
  readonly frame: number | null;
  /** In so many successive frames; 1 where left out. */
  readonly frames?: number;
}
