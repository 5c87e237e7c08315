import { compacted } from '../../deidentify/text/fold.ts';
import type { FoundText } from '../../ocr/picture.ts';
import type { JudgeContext } from './judge-context.ts';
import { judgedRows } from './judge-texts.ts';

/** A line that remains where all text was to go: so sure, and so long, that it is no anatomy. */
const minLineConfidence = 0.8;
const minLineScore = 0.5;
const minLineCharacters = 4;

/**
 * Whether texts found after redaction still name somebody: an identifier of the object that can be read, or a date, a number
 * or an address that is one for certain. Strange words and what cannot be read do not count, since remains of blanked places
 * and anatomy look like that. In mode `all` any line of several characters that is read with confidence counts as well:
 * none was to remain.
 */
export function identifyingIn(
  texts: readonly FoundText[],
  context: JudgeContext,
  mode: 'all' | 'identifying',
): boolean {
  if (mode === 'all' && texts.some(isLine)) return true;
  return judgedRows(texts, context).some(({ verdicts }) =>
    verdicts.some((verdict) => verdict?.sure === true),
  );
}

function isLine({ text, confidence, score }: FoundText): boolean {
  return (
    confidence >= minLineConfidence && score >= minLineScore && compacted(text).length >= minLineCharacters
  );
}
