/**
 * Text as it is compared: letters and digits only, small, without diacritics, with widths, digits and alphabets that
 * stand for one another made one. Each character knows where it came from, so that what is found can be cut out.
 */
export interface Folded {
  /** Letters and digits, nothing between them. */
  readonly compact: string;
  /** Index in the text of the first UTF-16 unit behind each character of `compact`. */
  readonly from: readonly number[];
  /** Index in the text behind the last UTF-16 unit that belongs to each character, marks and invisible ones included. */
  readonly to: readonly number[];
  /** For each character whether a new word begins with it, and why. */
  readonly border: readonly Border[];
}

/** 0 inside a word; 1 where letters meet digits or small letters meet capitals; 2 behind something else. */
export type Border = 0 | 1 | 2;

/** Letters that Unicode does not decompose. */
const plainLetters: Readonly<Record<string, string>> = {
  '\u00df': 'ss',
  '\u00e6': 'ae',
  '\u00f0': 'd',
  '\u00f8': 'o',
  '\u00fe': 'th',
  '\u0111': 'd',
  '\u0127': 'h',
  '\u0131': 'i',
  '\u0142': 'l',
  '\u0153': 'oe',
  '\u0167': 't',
  '\u014b': 'n',
  '\u0138': 'k',
  '\u0259': 'e',
};

function pairs(letters: string, latin: string): Map<string, string> {
  const spelled = latin.split(' ');
  return new Map([...letters].map((letter, index) => [letter, spelled[index] ?? '']));
}

/** Cyrillic and Greek letters in one Latin spelling (near ISO 9 and ISO 843), so that either spelling finds the other. */
const otherAlphabets: ReadonlyMap<string, string> = new Map([
  ...pairs(
    '\u0430\u0431\u0432\u0433\u0434\u0435\u0436\u0437\u0438\u043a\u043b\u043c\u043d\u043e\u043f\u0440\u0441\u0442\u0443\u0444\u0445\u0446\u0447\u0448\u0449\u044a\u044b\u044c\u044d\u044e\u044f\u0454\u0456\u0458\u0459\u045a\u045b\u045f\u0452\u0455\u0491',
    'a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch  y  e yu ya e i j lj nj c dz dj s g',
  ),
  ...pairs(
    '\u03b1\u03b2\u03b3\u03b4\u03b5\u03b6\u03b7\u03b8\u03b9\u03ba\u03bb\u03bc\u03bd\u03be\u03bf\u03c0\u03c1\u03c3\u03c2\u03c4\u03c5\u03c6\u03c7\u03c8\u03c9',
    'a v g d e z i th i k l m n x o p r s s t u f ch ps o',
  ),
]);

const word = /[\p{L}\p{N}]/u;
/** Marks and characters nobody sees: they belong to the letter before them. */
const unseen = /[\p{M}\p{Cf}\p{Lm}\0]/u;
/** The prolonged sound mark and the iteration mark are letters of their own. */
const seenModifier = /[\u30fc\uff70\u3005\u309d\u309e\u30fd\u30fe]/;

/** Folded characters by character; those of one hospital's languages come again and again. Holds single letters only. */
const known = new Map<string, string>();
const maxKnown = 8192;

/** What one character is compared as; '' for a separator, undefined for what nobody sees. */
function foldCharacter(character: string): string | undefined {
  const remembered = known.get(character);
  if (remembered !== undefined) return remembered === '\0' ? undefined : remembered;
  const folded = computed(character);
  if (known.size < maxKnown) known.set(character, folded ?? '\0');
  return folded;
}

function computed(character: string): string | undefined {
  if (unseen.test(character) && !seenModifier.test(character)) return undefined;
  if (/\p{Nd}/u.test(character)) {
    const plain = character.normalize('NFKD');
    return /^[0-9]+$/.test(plain) ? plain : String(digitValue(character));
  }
  let result = '';
  for (const part of character.normalize('NFKD').toLowerCase().normalize('NFKD')) {
    if (/\p{M}/u.test(part)) continue;
    const code = part.charCodeAt(0);
    // Katakana and Hiragana say the same.
    const kana = code >= 0x30a1 && code <= 0x30f6 ? String.fromCharCode(code - 0x60) : part;
    const letter = plainLetters[kana] ?? otherAlphabets.get(kana) ?? kana;
    result += letter;
  }
  result = result.normalize('NFC');
  return [...result].filter((part) => word.test(part)).join('');
}

/** Decimal digits come in runs of ten (Unicode 4.6). */
function digitValue(character: string): number {
  let code = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - 1)) && code > 0) {
    code -= 1;
    value += 1;
  }
  return value;
}

/** The text as it is compared, with the way back. */
export function foldText(text: string): Folded {
  return isPlain(text) ? foldAscii(text) : foldUnicode(text);
}

function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x7f || code === 0) return false;
  }
  return true;
}

const letterClass = 1;
const digitClass = 2;

function foldAscii(text: string): Folded {
  const from: number[] = [];
  const to: number[] = [];
  const border: Border[] = [];
  const codes: number[] = [];
  let separated = true;
  let before = 0;
  let small = false;
  for (let index = 0; index < text.length; index += 1) {
    let code = text.charCodeAt(index);
    let kind = 0;
    let capital = false;
    if (code >= 0x61 && code <= 0x7a) kind = letterClass;
    else if (code >= 0x41 && code <= 0x5a) {
      kind = letterClass;
      capital = true;
      code |= 0x20;
    } else if (code >= 0x30 && code <= 0x39) kind = digitClass;
    if (kind === 0) {
      separated = true;
      continue;
    }
    border.push(separated ? 2 : kind !== before || (capital && small) ? 1 : 0);
    codes.push(code);
    from.push(index);
    to.push(index + 1);
    separated = false;
    before = kind;
    small = kind === letterClass && !capital;
  }
  return { compact: fromCodes(codes), from, to, border };
}

function fromCodes(codes: readonly number[]): string {
  if (codes.length <= 4096) return String.fromCharCode(...codes);
  let text = '';
  for (let index = 0; index < codes.length; index += 4096)
    text += String.fromCharCode(...codes.slice(index, index + 4096));
  return text;
}

function foldUnicode(text: string): Folded {
  const from: number[] = [];
  const to: number[] = [];
  const border: Border[] = [];
  let compact = '';
  let separated = true;
  let before = 0;
  let small = false;
  let index = 0;
  for (const character of text) {
    const end = index + character.length;
    const folded = foldCharacter(character);
    if (folded === undefined) {
      if (to.length > 0 && !separated) to[to.length - 1] = end;
    } else if (folded === '') separated = true;
    else {
      const kind = folded >= '0' && folded <= '9\uffff' && /^\d/.test(folded) ? digitClass : letterClass;
      const capital = character !== character.toLowerCase();
      for (let unit = 0; unit < folded.length; unit += 1) {
        const first = unit === 0;
        border.push(!first ? 0 : separated ? 2 : kind !== before || (capital && small) ? 1 : 0);
        from.push(index);
        to.push(end);
      }
      compact += folded;
      separated = false;
      before = kind;
      small = kind === letterClass && !capital;
    }
    index = end;
  }
  return { compact, from, to, border };
}

/** The text as it is compared, without the way back. */
export function compacted(text: string): string {
  return foldText(text).compact;
}
