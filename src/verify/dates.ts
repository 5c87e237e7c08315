const english = 'january february march april may june july august september october november december'.split(
  ' ',
);
const german = 'januar februar maerz april mai juni juli august september oktober november dezember'.split(
  ' ',
);
const french = 'janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre'.split(
  ' ',
);
const spanish =
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' ');
const italian =
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre'.split(' ');
const dutch = 'januari februari maart april mei juni juli augustus september oktober november december'.split(
  ' ',
);
const languages = [english, german, french, spanish, italian, dutch];

export interface PlainDate {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

/** Dates that mean "none" or are known to be put in the place of others. */
const placeholders: ReadonlySet<string> = new Set([
  '00010101',
  '19000101',
  '99991231',
  '18991230',
  '00000000',
]);

/** Whether a value of DA or DT is none of a person's. */
export function isPlaceholderDate(value: string): boolean {
  return placeholders.has(value.trim().slice(0, 8));
}

/** The date at the start of a DA or DT value (PS3.5 6.2), also with the separators of old files; undefined for a part of one. */
export function dateOf(value: string): PlainDate | undefined {
  const [, year = '', month = '', day = ''] = /^\s*(\d{4})[.\-/]?(\d\d)[.\-/]?(\d\d)/.exec(value) ?? [];
  return plausible(year, month, day);
}

function plausible(year: string, month: string, day: string): PlainDate | undefined {
  const sensible =
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= 31 &&
    Number(year) >= 1800;
  return sensible && Number(year) < 2200 && !placeholders.has(`${year}${month}${day}`)
    ? { year, month, day }
    : undefined;
}

/** Dates written in text: year first with or without separators, and day or month first. */
export function datesIn(text: string): PlainDate[] {
  const found: (PlainDate | undefined)[] = [];
  for (const [, year = '', month = '', day = ''] of text.matchAll(
    /(?<![\d.])((?:18|19|20|21)\d\d)[.\-/]?(\d\d)[.\-/]?(\d\d)(?!\d)/g,
  ))
    found.push(plausible(year, month, day));
  for (const [, first = '', second = '', year = ''] of text.matchAll(
    /(?<![\d.])(\d{1,2})[.\-/ ](\d{1,2})[.\-/ ]((?:18|19|20|21)\d\d)(?!\d)/g,
  )) {
    const [a, b] = [first.padStart(2, '0'), second.padStart(2, '0')];
    found.push(plausible(year, b, a), plausible(year, a, b));
  }
  return found.filter((date) => date !== undefined);
}

/** Spellings with separators, to be found with digits on neither side. */
export function separatedSpellings({ year, month, day }: PlainDate, withShortYear: boolean): Set<string> {
  const spellings = new Set<string>();
  const [m, d] = [String(Number(month)), String(Number(day))];
  const years = withShortYear ? [year, year.slice(2)] : [year];
  for (const y of years) {
    for (const [mm, dd] of [
      [month, day],
      [m, d],
    ] as const) {
      for (const gap of ['-', '.', '/', ' ', '_', ':', ', ', '. ', '\\']) {
        for (const parts of [
          [y, mm, dd],
          [dd, mm, y],
          [mm, dd, y],
        ])
          spellings.add(parts.join(gap));
      }
    }
  }
  return spellings;
}

/** Eight digits in the three orders. */
export function compactSpellings({ year, month, day }: PlainDate): Set<string> {
  return new Set([`${year}${month}${day}`, `${day}${month}${year}`, `${month}${day}${year}`]);
}

/** With the name of the month, letters and digits alone: "19jan2004", "january192004". */
export function namedSpellings({ year, month, day }: PlainDate): Set<string> {
  const spellings = new Set<string>();
  const index = Number(month) - 1;
  const names = new Set(
    languages.flatMap((months) => {
      const name = months[index] ?? '';
      return [name, name.slice(0, 3), name.slice(0, 4)];
    }),
  );
  if (index === 2) names.add('marz');
  for (const name of names) {
    for (const d of [day, String(Number(day))]) {
      spellings.add(`${d}${name}${year}`);
      spellings.add(`${name}${d}${year}`);
      spellings.add(`${year}${name}${d}`);
    }
  }
  const ordinal = `${Number(day)}${ordinalOf(Number(day))}`;
  const name = english[index] ?? '';
  for (const word of [name, name.slice(0, 3)]) {
    spellings.add(`${ordinal}${word}${year}`);
    spellings.add(`${ordinal}of${word}${year}`);
    spellings.add(`${word}${ordinal}${year}`);
  }
  return spellings;
}

function ordinalOf(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}
