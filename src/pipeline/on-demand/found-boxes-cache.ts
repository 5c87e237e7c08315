import { statSync } from 'node:fs';
import type { RedactionBox } from '../../core/redaction.ts';
import type { PictureTask } from './tasks.ts';

/** Files whose boxes are kept. */
const maxFiles = 32;

/**
 * What a search found in the files looked at last, so that a person who leafs through the frames of one waits for one
 * search. By path, size and time of the file and all that a search depends on, in one run of the gateway.
 */
export class FoundBoxesCache {
  readonly #boxes = new Map<string, readonly RedactionBox[]>();

  /** Undefined where the file cannot be looked at. */
  keyOf({ input, profileName, callingAeTitle, releasedCodes }: PictureTask): string | undefined {
    try {
      const { size, mtimeMs, ino } = statSync(input);
      return JSON.stringify([input, size, mtimeMs, ino, profileName, callingAeTitle, releasedCodes]);
    } catch {
      return undefined;
    }
  }

  get(key: string): readonly RedactionBox[] | null {
    const found = this.#boxes.get(key);
    if (found === undefined) return null;
    // The one used last goes last.
    this.#boxes.delete(key);
    this.#boxes.set(key, found);
    return found;
  }

  set(key: string, boxes: readonly RedactionBox[]): void {
    // A picture from what is known finds nothing new.
    this.#boxes.delete(key);
    this.#boxes.set(key, boxes);
    const [oldest] = this.#boxes.keys();
    if (this.#boxes.size > maxFiles && oldest !== undefined) this.#boxes.delete(oldest);
  }
}
