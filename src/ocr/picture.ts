/** 8-bit pixels to look for text in: rows from the top, interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB. */
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** A rectangle in pixels of a picture. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Clockwise turn that makes the text upright, degrees; 90: it reads from bottom to top. */
export type Turn = 0 | 90 | 180 | 270;

/** A word as it was read, and where it stands. */
export interface FoundWord extends Area {
  readonly text: string;
  /** 0 to 1: the least certain of its characters. */
  readonly confidence: number;
}

/** A line of text, or what looks like one. The area holds all of its ink. */
export interface FoundText extends Area {
  readonly turn: Turn;
  /** How sure the detector is that it is text, 0 to 1. */
  readonly score: number;
  /** As read; empty where it was not read or is not readable. */
  readonly text: string;
  /** 0 to 1, of the reading; 0 where it was not read. */
  readonly confidence: number;
  /** Parts of the line that are separated by blanks; empty where it was not read. */
  readonly words: readonly FoundWord[];
}
