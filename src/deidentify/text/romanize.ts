/** Small letters of one alphabet with the spellings that passports, libraries and newspapers give them. */
type Alphabet = Readonly<Record<string, string>>;

/** English (BGN), scholarly without diacritics, German. Letters that are absent are spelled as everywhere (fold.ts). */
const cyrillic: readonly Alphabet[] = [
  { \u0439: 'y', \u0445: 'kh', \u044e: 'yu', \u044f: 'ya', \u0451: 'yo', \u044b: 'y', \u0435: 'e' },
  {
    \u0439: 'j',
    \u0436: 'z',
    \u0445: 'ch',
    \u0446: 'c',
    \u0447: 'c',
    \u0448: 's',
    \u0449: 'sc',
    \u044e: 'ju',
    \u044f: 'ja',
    \u0451: 'e',
  },
  {
    \u0432: 'w',
    \u0436: 'sch',
    \u0437: 's',
    \u0439: 'j',
    \u0445: 'ch',
    \u0446: 'z',
    \u0447: 'tsch',
    \u0448: 'sch',
    \u0449: 'schtsch',
    \u044e: 'ju',
    \u044f: 'ja',
    \u0451: 'jo',
  },
  { \u0439: 'i', \u0445: 'h', \u044e: 'iu', \u044f: 'ia', \u0451: 'e', \u0446: 'ts' },
];

const vowels = 'aiueo';
/** Rows of the fifty sounds, Hepburn; "-" where there is none. */
const kanaRows: readonly (readonly [string, string])[] = [
  ['\u3042\u3044\u3046\u3048\u304a', 'a i u e o'],
  ['\u304b\u304d\u304f\u3051\u3053', 'ka ki ku ke ko'],
  ['\u304c\u304e\u3050\u3052\u3054', 'ga gi gu ge go'],
  ['\u3055\u3057\u3059\u305b\u305d', 'sa shi su se so'],
  ['\u3056\u3058\u305a\u305c\u305e', 'za ji zu ze zo'],
  ['\u305f\u3061\u3064\u3066\u3068', 'ta chi tsu te to'],
  ['\u3060\u3062\u3065\u3067\u3069', 'da ji zu de do'],
  ['\u306a\u306b\u306c\u306d\u306e', 'na ni nu ne no'],
  ['\u306f\u3072\u3075\u3078\u307b', 'ha hi fu he ho'],
  ['\u3070\u3073\u3076\u3079\u307c', 'ba bi bu be bo'],
  ['\u3071\u3074\u3077\u307a\u307d', 'pa pi pu pe po'],
  ['\u307e\u307f\u3080\u3081\u3082', 'ma mi mu me mo'],
  ['\u3084\u3086\u3088', 'ya yu yo'],
  ['\u3083\u3085\u3087', '+ya +yu +yo'],
  ['\u3089\u308a\u308b\u308c\u308d', 'ra ri ru re ro'],
  ['\u308f\u3092\u3093', 'wa o n'],
];
const kana: ReadonlyMap<string, string> = new Map(
  kanaRows.flatMap(([letters, sounds]) => {
    const spelled = sounds.split(' ');
    return [...letters].map((letter, index): [string, string] => [letter, spelled[index] ?? '']);
  }),
);

/**
 * A name in small letters as it is spelled in Latin letters, where it is in Cyrillic or Kana: several usual ways, because
 * which one a technologist types is not known. Ideographs have no spelling of their own; the alphabetic group of the name
 * has it.
 */
export function romanizations(name: string): string[] {
  if (/[\u0400-\u04ff]/.test(name)) {
    return cyrillic.map((alphabet) =>
      [...name.replace(/[\u044a\u044c]/g, '')].map((letter) => alphabet[letter] ?? letter).join(''),
    );
  }
  if (/[\u0370-\u03ff]/.test(name)) {
    const bare = name.normalize('NFD').replace(/\p{M}/gu, '');
    const upsilon = bare
      .replaceAll('\u03bf\u03c5', 'ou')
      .replace(/([\u03b1\u03b5])\u03c5/g, '$1v')
      .replaceAll('\u03c5', 'y');
    const spoken = upsilon
      .replaceAll('\u03bc\u03c0', 'b')
      .replaceAll('\u03bd\u03c4', 'd')
      .replaceAll('\u03b3\u03ba', 'g')
      .replaceAll('\u03c7', 'h');
    return [upsilon, spoken];
  }
  if (!/[\u3040-\u30ff\uff66-\uff9f]/.test(name)) return [];
  const hepburn = romanizedKana(name);
  const short = hepburn.replace(/ou|oo/g, 'o').replaceAll('uu', 'u');
  const kunrei = hepburn
    .replaceAll('sh', 's')
    .replaceAll('tsu', 'tu')
    .replace(/ch(?=i)/g, 't')
    .replaceAll('fu', 'hu')
    .replaceAll('ji', 'zi');
  return [...new Set([hepburn, short, short.replace(/o(?=[^aiueo]|$)/g, 'oh'), kunrei])];
}

function romanizedKana(name: string): string {
  let text = '';
  let doubled = false;
  for (const character of name.normalize('NFKC')) {
    const code = character.charCodeAt(0);
    const hiragana = code >= 0x30a1 && code <= 0x30f6 ? String.fromCharCode(code - 0x60) : character;
    if (hiragana === '\u3063') {
      doubled = true;
      continue;
    }
    if (hiragana === '\u30fc') {
      const last = text.at(-1) ?? '';
      if (vowels.includes(last)) text += last;
      continue;
    }
    let sound = kana.get(hiragana) ?? hiragana;
    if (sound.startsWith('+')) {
      // A small ya, yu, yo takes the place of the i before it: kiya is kya, shiya is sha.
      const base = text.replace(/i$/, '');
      text = base;
      sound = /(?:sh|ch|j)$/.test(base) ? sound.slice(2) : sound.slice(1);
    }
    if (doubled) text += sound.charAt(0);
    doubled = false;
    text += sound;
  }
  return text;
}
