import { countDigits } from '../../deidentify/text/findings.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import { institutionWords, weakInstitutionWords } from './annotation-words.ts';
import type { WordKind } from './harmless.ts';
import type { Row } from './rows.ts';
import { isConfident, type Verdicts } from './verdicts.ts';

/** Lines that name an institution or a department. */
export function findInstitutions(row: Row, kinds: readonly WordKind[], verdicts: Verdicts): void {
  const lines = new Set(row.words.map(({ line }) => line));
  for (const line of lines) {
    const words = row.words.map((word, index) => ({ ...word, index })).filter((word) => word.line === line);
    const found = words.filter(({ text }) => isInstitution(text));
    if (found.length === 0) continue;
    const strong = found.some(({ text }) => !weakInstitutionWords.has(compacted(text)));
    const strange = words.some(({ index, text }) => kinds[index] === 'strange' && /\p{L}{2}/u.test(text));
    if (!strong && !strange && found.length < 2) continue;
    for (const { index, text } of words) {
      if (kinds[index] !== 'measure' || countDigits(text) > 2)
        verdicts.give(
          index,
          'contact',
          strong && isInstitution(text) && isConfident(row, index) && words.length > 1,
        );
    }
  }
}

function isInstitution(text: string): boolean {
  const word = compacted(text);
  return (
    institutionWords.has(word) ||
    /(?:klinik|klinikum|krankenhaus|spital|hospital|praxis|sjukhus|sykehus|ziekenhuis)(?:es|s|en|um)?$/.test(
      word,
    )
  );
}
