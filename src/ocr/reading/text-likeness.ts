import type { FoundText } from '../picture.ts';

/**
 * Whether what was found is text, by what was read there: false only where a line was read and nothing came of it, as
 * with the edge of a bone, a ruler or a grid. A tiny or faint line, or one in a script the recogniser does not know,
 * still counts as text.
 */
export function looksLikeText(found: FoundText): boolean {
  return found.text !== '' && found.confidence >= 0.3;
}
