import { ambiguousNames, annotationWords } from './annotation-words.ts';

/** Single letters that are written right before a number: window, level, centre, depth. */
const singles: ReadonlySet<string> = new Set(['w', 'l', 'c', 'd']);
/** Sides and views short enough to be in names, of which words run together may hold one. */
const shortParts: ReadonlySet<string> = new Set(
  'rt lt pa ap lat obl sag cor ax tra trv long map gen dr fr opt low med high'.split(' '),
);
const longest = 16;
const maxDigits = 8;
const number = /^\d{1,4}(?:[.,]\d{1,3})?/;

interface Parts {
  readonly numbers: number;
  readonly short: number;
  readonly long: number;
}

/**
 * Whether a word is annotations that were read without the blanks between them: "W400L40", "CHESTPA", "kVp120mA200",
 * "2DOpt". Of letters alone, at most one part may be a short one. `bare`: small letters, digits, points and colons.
 */
export function isRunTogether(bare: string): boolean {
  const text = bare.replace(/[:;=%\u00b0]/g, '');
  if (text.length < 4 || text.length > 40 || !/^[a-z0-9.,-]+$/.test(text)) return false;
  if (text.replace(/\D/g, '').length > maxDigits) return false;
  const parts = split(text, 0, false, new Map());
  if (parts === undefined || parts.numbers + parts.short + parts.long < 2) return false;
  if (parts.numbers > 0) return parts.long + parts.short > 0;
  return parts.long >= 1 && parts.short <= 1;
}

/** The best way to take a word apart from a place on; undefined where there is none. */
function split(
  text: string,
  at: number,
  afterNumber: boolean,
  known: Map<string, Parts | undefined>,
): Parts | undefined {
  if (at === text.length) return { numbers: 0, short: 0, long: 0 };
  const key = `${at} ${afterNumber}`;
  if (known.has(key)) return known.get(key);
  let best: Parts | undefined;
  const offer = (rest: Parts | undefined, more: Partial<Parts>): void => {
    if (rest === undefined) return;
    const { numbers = 0, short = 0, long = 0 } = more;
    const sum = { numbers: rest.numbers + numbers, short: rest.short + short, long: rest.long + long };
    if (best === undefined || sum.short < best.short) best = sum;
  };
  const sign = /^[-.,]/.test(text.slice(at)) ? 1 : 0;
  const [digits = ''] = afterNumber ? [] : (number.exec(text.slice(at + sign)) ?? []);
  if (digits !== '' && !/^\d/.test(text.slice(at + sign + digits.length)))
    offer(split(text, at + sign + digits.length, true, known), { numbers: 1 });
  for (let length = 1; length <= Math.min(longest, text.length - at); length += 1) {
    const part = text.slice(at, at + length);
    const rest = text.slice(at + length);
    if (!/^[a-z]/.test(part) && !/^[23]d$/.test(part)) continue;
    if (length === 1 && !(singles.has(part) && /^[-.]?\d/.test(rest))) continue;
    if (!annotationWords.has(part) || ambiguousNames.has(part)) continue;
    const isBesideNumber = afterNumber || /^[-.]?\d/.test(rest);
    if (length < 4 && !isBesideNumber && !shortParts.has(part)) continue;
    offer(split(text, at + length, false, known), length >= 4 || isBesideNumber ? { long: 1 } : { short: 1 });
  }
  known.set(key, best);
  return best;
}
