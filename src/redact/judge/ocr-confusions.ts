/**
 * What recognisers of text take for one another, by the look of capital and small letters alike, as the share of a whole
 * error that such a mistake counts. From the shapes; text is compared in small letters, so "B" for "8" stands as "b".
 */
const same = 0.12;
const near = 0.4;

/** Glyphs that differ by next to nothing at eight pixels of height. */
const alike: readonly string[] = [
  '0odq',
  '1lij|',
  '5s',
  '8b',
  '2z',
  '6g',
  '9gq',
  'uv',
  'ij',
  '1t',
  'ce',
  'o0c',
];
/** Glyphs that are taken for one another where the image is poor. */
const similar: readonly string[] = [
  'aoe',
  'as',
  'ceo',
  'efpr',
  'hnmb',
  'unm',
  'hk',
  'kx',
  'vyw',
  'tfl1ij7r',
  '17',
  'a4',
  '6b08',
  '3858',
  '356',
  '09',
  'cg',
  'dbo',
  'pd',
  'gy9',
  'mw',
  'nr',
  'z7',
  '3z',
  '3e',
  '4y',
  'hl',
];

const size = 128;
const costs = new Float32Array(size * size).fill(1);
for (let code = 0; code < size; code += 1) costs[code * size + code] = 0;
for (const [groups, cost] of [
  [similar, near],
  [alike, same],
] as const) {
  for (const group of groups)
    for (const one of group)
      for (const other of group)
        if (one !== other) costs[one.charCodeAt(0) * size + other.charCodeAt(0)] = cost;
}

/** Share of an error, 0 to 1, that reading one character for another counts. Codes of UTF-16 units in small letters. */
export function confusionCost(one: number, other: number): number {
  if (one === other) return 0;
  return one < size && other < size ? (costs[one * size + other] as number) : 1;
}

/** Two characters that are read as one, and the other way round. */
const pairs: ReadonlySet<string> = new Set(
  (
    'rn>m ri>n nn>m ni>m in>m iv>w vv>w uu>w vy>w cl>d ol>d c1>d o1>d ci>a ii>u il>u li>u 11>u li>h l1>h h>li lo>b 1o>b 13>b l3>b ' +
    'i3>b lj>u ij>y fi>h ic>k lc>k 1c>k ix>k fl>a lv>n iv>n in>n lt>k ti>n fi>n rt>n cc>oo oo>cc 1v>n iy>n nl>m in>m l2>r i2>r ' +
    'lf>h ll>n ll>u 11>n ll>h lu>w lv>w'
  )
    .split(' ')
    .flatMap((pair) => {
      const [two = '', one = ''] = pair.split('>');
      return two.length === 2 && one.length === 1 ? [two + one] : [];
    }),
);
const pairFirst = new Uint8Array(size * size);
for (const pair of pairs) pairFirst[pair.charCodeAt(0) * size + pair.charCodeAt(1)] = 1;

/** What reading two characters as one counts; 1 and more where they do not look like it. */
export const pairCost = 0.25;

/** Whether the two look like the one. */
export function looksLike(first: number, second: number, one: number): boolean {
  if (first >= size || second >= size || pairFirst[first * size + second] === 0) return false;
  return pairs.has(String.fromCharCode(first, second, one));
}

/** What a character that is missing, or one too many, counts: thin ones come and go with specks and edges. */
export function gapCost(code: number): number {
  // i j l t 1 r f
  return code === 0x69 || code === 0x6a || code === 0x6c || code === 0x31 ? 0.5 : 0.9;
}

const skeletons: ReadonlyMap<string, string> = new Map(
  [...'0odq', ...'1lij|', ...'5s', ...'8b', ...'2z', ...'6g9', ...'uv'].map((letter) => {
    const group = ['0odq', '1lij|', '5s', '8b', '2z', '6g9', 'uv'].find((letters) =>
      letters.includes(letter),
    );
    return [letter, group?.charAt(0) ?? letter];
  }),
);

/** The text with what looks all alike made one, for comparing whole words quickly. Small letters and digits in, the same out. */
export function skeleton(compact: string): string {
  let text = '';
  for (const letter of compact.replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd'))
    text += skeletons.get(letter) ?? letter;
  return text;
}
