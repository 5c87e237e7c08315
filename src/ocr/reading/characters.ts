import { readFileSync } from 'node:fs';
import { SallyportError } from '../../core/errors.ts';

/**
 * The character of each class of the recogniser: class 0 is "no character here", then those of the file, one a line,
 * and a blank at the end.
 *
 * @throws SallyportError TEXT_SEARCH_UNAVAILABLE when the file cannot be read.
 */
export function readCharacters(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'characters', cause: error });
  }
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return ['', ...lines, ' '];
}
