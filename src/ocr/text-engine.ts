import type { Area, FoundText, Picture } from './picture.ts';

export interface TextSearch {
  /** Read what is found. Without it only areas are given, in less time. */
  readonly read: boolean;
  /**
   * Read every line once, and narrow: reading takes a quarter less time at least, and is enough where all that is found goes
   * and what it says only tells why.
   */
  readonly quickly?: boolean;
  /** Look only into these areas; the whole picture where left out. */
  readonly areas?: readonly Area[];
  /** Called now and then: long work is going on. */
  readonly onProgress?: () => void;
}

/** Finds and reads text in pictures. One search at a time. */
export interface TextEngine {
  find(picture: Picture, search: TextSearch): Promise<readonly FoundText[]>;
  close(): Promise<void>;
}

export interface TextEngineSettings {
  /** Processor threads of one search. */
  readonly threads: number;
}
