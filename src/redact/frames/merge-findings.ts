import type { FoundText } from '../../ocr/picture.ts';
import { shareInside } from './areas.ts';

/** So much of what a further view shows lies in what was found before: it is the same text. */
const sameShare = 0.8;

/** What was found in the picture as shown, and what else a further view of the same pixels gave. */
export function merged(shown: readonly FoundText[], further: readonly FoundText[]): readonly FoundText[] {
  const others = further.filter((text) => !shown.some((known) => shareInside(text, known) >= sameShare));
  return others.length === 0 ? shown : [...shown, ...others];
}
