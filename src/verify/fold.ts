/** Letters that Unicode does not decompose, in small form. */
const undecomposed: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ł', 'l'],
  ['ı', 'i'],
]);
const undecomposedLetters = new RegExp(`[${[...undecomposed.keys()].join('')}]`, 'g');
const asciiOnly = /^[\0-\x7f]*$/;

export function isAsciiText(text: string): boolean {
  return asciiOnly.test(text);
}

/** Small letters without diacritics; full-width and other compatibility forms as the plain ones. */
export function plainLetters(text: string): string {
  if (isAsciiText(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(undecomposedLetters, (letter) => undecomposed.get(letter) ?? letter);
}

/** Umlauts and the like written with two letters: "müller" is "mueller" in many systems. */
export function transcribed(text: string): string {
  return plainLetters(
    text
      .normalize('NFC')
      .toLowerCase()
      .replace(/[äæ]/g, 'ae')
      .replace(/[öøœ]/g, 'oe')
      .replace(/ü/g, 'ue')
      .replace(/å/g, 'aa'),
  );
}

/** Letters and digits alone, of text that went through `plainLetters`. */
export function lettersAndDigits(plain: string): string {
  return plain.replace(/[^\p{L}\p{N}]+/gu, '');
}

/**
 * True where the characters lie next to each other in their code, up, down or the same ("1234567", "aaaa", "fedcba"):
 * gradients of pixels and Huffman tables look like that.
 */
export function isRamp(text: string): boolean {
  let small = 0;
  for (let index = 1; index < text.length; index += 1) {
    if (Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) <= 1) small += 1;
  }
  return small >= (text.length - 1) * 0.7;
}
