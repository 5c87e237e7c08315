import type { FoundText } from '../picture.ts';

/** Below it what was read is a guess; letters that are hard to see are still read with more. */
const LEAST_CONFIDENCE = 0.3;
/** Of a single character: edges of bones and round shadows come out as one more often than as two. */
const LEAST_ALONE = 0.5;
/** Characters in a square of the line's height: fewer, and most of the area is something else. */
const LEAST_PER_SQUARE = 0.35;
const SURE_ALTHOUGH_FEW = 0.75;
const SURE_ALTHOUGH_EQUAL = 0.9;

/** What scales, grids, calipers and dashed lines are read as. */
const stroke = /[^\p{L}\p{Nd}]|[Il|一十丨二三亠川ー]/u;

/**
 * Whether a line that was read is text. False for most of what is none: edges of bones, rulers, tick marks, grids,
 * calipers. Tuned not to lose text: what is read badly (tiny, faint, in a script the recogniser does not know, under
 * anatomy) still counts as text.
 *
 * Measured: of 198 faint or tiny strings and such in other scripts, 12 were lost, all of them in noise about as strong as
 * they; of 160 windows of anatomy with edges 78 % were told from text, of rulers, dashed lines, calipers and curves 82 %.
 */
export function looksLikeText(found: FoundText): boolean {
  const characters = [...found.text].filter((character) => character.trim() !== '');
  const sideways = found.turn === 90 || found.turn === 270;
  const squares = sideways ? found.height / found.width : found.width / found.height;
  if (characters.length === 0 || found.confidence < LEAST_CONFIDENCE) return false;
  if (characters.every((character) => stroke.test(character)) && !isShort(characters)) return false;
  if (characters.length === 1 && found.confidence < LEAST_ALONE) return false;
  if (characters.length < squares * LEAST_PER_SQUARE && found.confidence < SURE_ALTHOUGH_FEW) return false;
  return !(
    characters.length >= 4 &&
    new Set(characters).size === 1 &&
    found.confidence < SURE_ALTHOUGH_EQUAL
  );
}

/** One or two strokes may be letters: "I", "Il". */
function isShort(characters: readonly string[]): boolean {
  return characters.length <= 2 && characters.some((character) => /[\p{L}\p{Nd}]/u.test(character));
}
