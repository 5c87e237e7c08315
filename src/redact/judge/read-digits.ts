const digitsFor: Readonly<Record<string, string>> = {
  O: '0',
  o: '0',
  D: '0',
  Q: '0',
  I: '1',
  l: '1',
  i: '1',
  '|': '1',
  '!': '1',
  Z: '2',
  z: '2',
  S: '5',
  s: '5',
  B: '8',
  g: '9',
  q: '9',
  G: '6',
  b: '6',
  A: '4',
  T: '7',
};

/**
 * The text with letters read as the digits they look like, in words that are mostly digits: "2O12-O9-l3" is a date. Unit for
 * unit: an index into one is an index into the other.
 */
export function readAsDigits(text: string): string {
  return text.replace(/\S+/g, (word) => {
    const digits = word.match(/\d/g)?.length ?? 0;
    if (digits < 2 || !/[A-Za-z|!]/.test(word)) return word;
    const letters = word.match(/\p{L}|[|!]/gu) ?? [];
    if (letters.length > digits || letters.some((letter) => digitsFor[letter] === undefined)) return word;
    return [...word].map((letter) => digitsFor[letter] ?? letter).join('');
  });
}

const letterFor: Readonly<Record<string, string>> = {
  '|': 'l',
  '!': 'l',
  '(': 'c',
  '{': 'c',
  '[': 'l',
  ']': 'l',
  $: 's',
  '@': 'a',
  '\u20ac': 'e',
  '\u00a3': 'e',
  '\u00a2': 'c',
  '\u00a5': 'y',
};

/** The text with signs inside of words read as the letters they look like: "F!S(HER". Unit for unit. */
export function readAsLetters(text: string): string {
  return text.replace(
    /(?<=[\p{L}\d])[|!({[\]$@\u20ac\u00a3\u00a2\u00a5](?=[\p{L}\d|!({[])|[|$](?=\p{L}{2})/gu,
    (sign) => letterFor[sign] ?? sign,
  );
}

const letterForDigit: Readonly<Record<string, string>> = { '0': 'o', '1': 'l', '5': 's', '9': 'g' };

/** The text with digits between the letters of a label as the letters they look like: "A9e: 67". Unit for unit. */
export function withLabelLetters(text: string): string {
  return text.replace(/(?<![\p{L}\d])\p{L}+[0159]\p{L}+(?=\s?[:.#])/gu, (label) =>
    label.replace(/\d/g, (digit) => letterForDigit[digit] ?? digit),
  );
}
