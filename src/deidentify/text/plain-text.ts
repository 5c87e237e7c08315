const known = new Map<string, string>();
const maxKnown = 8192;

/**
 * The text in small letters without diacritics, unit for unit: an index into one is an index into the other. For
 * patterns, which would otherwise have to know every spelling of a letter.
 */
export function plainText(text: string): string {
  let ascii = true;
  for (let index = 0; index < text.length && ascii; index += 1) ascii = text.charCodeAt(index) < 0x80;
  if (ascii) return text.toLowerCase();
  let plain = '';
  for (const character of text) {
    let found = known.get(character);
    if (found === undefined) {
      found = computed(character);
      if (known.size < maxKnown) known.set(character, found);
    }
    plain += found;
  }
  return plain;
}

function computed(character: string): string {
  const bare = character
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  if (bare.length === character.length) return bare;
  const small = character.toLowerCase();
  return small.length === character.length ? small : character;
}
