/** Letters are five pixels wide in cells of six; capitals are seven pixels high. */
export const pixelFontSize = { width: 5, advance: 6, capHeight: 7 } as const;

/** Rows of a letter from the first on, five bits each, the leftmost pixel highest. `top`: row of the first one. */
export interface PixelGlyph {
  readonly top: number;
  readonly rows: readonly number[];
}

/**
 * Letters as consoles of devices draw them: no shades, every pixel on or off. One digit of base 32 a row, seven rows from
 * the top of the capitals to the base line; in the order of ASCII from the blank on.
 */
const ascii =
  '0000000 4444404 aaa0000 aavavaa 4fke5u4 op248j3 cik8lid 4480000 2488842 8422248 04lel40 044v440 0000c48 000v000 00000cc 01248g0 ' +
  'ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ehhehhe ehhf12c 0cc0cc0 0cc0c48 248g842 00v0v00 8421248 eh12404 ' +
  'eh1dlle ehhhvhh uhhuhhu ehggghe sihhhis vgguggv vgguggg ehgnhhf hhhvhhh e44444e 72222ic hikokih ggggggv hrllhhh hhpljhh ehhhhhe ' +
  'uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhha4 hhhllla hha4ahh hhha444 v1248gv e88888e 0g84210 e22222e 4ah0000 000000v ' +
  '8420000 00e1fhf gguhhhu 00egghe 11fhhhf 00ehvge 698s888 0fhhf1e gguhhhh 40c444e 20622ic ggikoki c44444e 00qllhh 00mphhh 00ehhhe ' +
  '00uhugg 00fhf11 00mpggg 00ege1u 88s8896 00hhhjd 00hhha4 00hhlla 00ha4ah 00hhf1e 00v248v 2448442 4444444 8442448 008l200';

/** Letters that are no base letter with a mark. */
const further: Readonly<Record<string, string>> = {
  ß: 'ciikihm',
  Ł: '88aco8f',
  ł: 'c46c44e',
  Ø: 'dilll9m',
  ø: '00djlpm',
  ı: '00c444e',
  ȷ: '00622ic',
};

/** Marks above: two rows, one row of paper below them. */
const above: Readonly<Record<string, string>> = {
  '\u0300': '84',
  '\u0301': '24',
  '\u0302': '4a',
  '\u0303': 'di',
  '\u0304': '0e',
  '\u0306': 'he',
  '\u0307': '04',
  '\u0308': '0a',
  '\u030a': '4a',
  '\u030b': '9i',
  '\u030c': 'a4',
};
/** Marks below: two rows under the base line. */
const below: Readonly<Record<string, string>> = { '\u0327': '48', '\u0328': '43' };

const letters = new Map<string, readonly number[]>([
  ...ascii
    .split(' ')
    .map((digits, index): [string, number[]] => [String.fromCharCode(32 + index), rowsOf(digits)]),
  ...Object.entries(further).map(([letter, digits]): [string, number[]] => [letter, rowsOf(digits)]),
]);

function rowsOf(digits: string): number[] {
  return [...digits].map((digit) => Number.parseInt(digit, 32));
}

/** The glyph of one character, also of a letter with a mark; undefined where this font has none. */
export function pixelGlyph(character: string): PixelGlyph | undefined {
  const own = letters.get(character);
  if (own !== undefined) return { top: 0, rows: own };
  const [base = '', mark = '', ...more] = character.normalize('NFD');
  const hasUpper = above[mark] !== undefined;
  const dotless = base === 'i' ? 'ı' : 'ȷ';
  const rows = letters.get(hasUpper && (base === 'i' || base === 'j') ? dotless : base);
  if (rows === undefined || more.length > 0) return undefined;
  const upper = above[mark];
  if (upper !== undefined) {
    const first = rows.findIndex((row) => row !== 0);
    return { top: first - 3, rows: [...rowsOf(upper), 0, ...rows.slice(first)] };
  }
  const lower = below[mark];
  return lower === undefined ? undefined : { top: 0, rows: [...rows, ...rowsOf(lower)] };
}
