import type { TextKind } from './identifiers.ts';

/** One text to burn, with everything that decides on its pixels. */
export interface Annotation {
  readonly text: string;
  readonly kind: TextKind;
  /** A name of `typefaceNames`, or a path of a TrueType file. */
  readonly font: string;
  /** Height of the capitals, pixels. */
  readonly capHeight: number;
  readonly thickness: number;
  /** Width of a ring around the letters in the opposite brightness, pixels; 0: none. */
  readonly outline: number;
  readonly smooth: boolean;
  readonly stacked: boolean;
  /** Clockwise; 270 reads from bottom to top. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** As shown: RGB, 0 to 255. Grey images take its brightness. */
  readonly color: readonly [number, number, number];
  /** `window`: seen through the window of the image; `hidden`: not, as far as the stored values allow. */
  readonly shown: 'window' | 'hidden';
  /** Of the ink in its first frame. */
  readonly left: number;
  readonly top: number;
  /** First frame, from 1, and in how many. */
  readonly frame: number;
  readonly frames: number;
  /** Pixels by which it moves from frame to frame. */
  readonly move: readonly [number, number];
}

export interface InkBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface TruthWord extends InkBox {
  readonly text: string;
  /** False for labels ("ID:") and for every word of a harmless text. */
  readonly identifying: boolean;
}

/** A text as it was burned. Boxes hold exactly the pixels whose stored value changed. */
export interface TruthText extends InkBox {
  readonly string: string;
  readonly kind: TextKind;
  readonly identifying: boolean;
  readonly frame: number;
  readonly frames: number;
  readonly words: readonly TruthWord[];
  readonly font: string;
  /** Height of the capitals, pixels. */
  readonly capHeight: number;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly stacked: boolean;
  readonly shown: 'window' | 'hidden';
  /** Mean difference of brightness between ink and what it covers, of 255, as shown. */
  readonly contrast: number;
  /** Standard deviation of the brightness that it covers, of 255, as shown. */
  readonly roughness: number;
  /** What it stands on: even, or with structure. */
  readonly background: 'flat' | 'anatomy';
}
