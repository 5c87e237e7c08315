import type { Span } from './term-search.ts';

/** A date in a text. */
export interface FoundDate extends Span {
  /** Digits it may mean: YYYYMMDD, or YYMMDD where the year has two digits; several where day and month are not told apart. */
  readonly readings: readonly string[];
}

/** Names of the months, from January on, in small letters without diacritics: English, German, French, Spanish,
 * Portuguese, Italian, Dutch, Scandinavian languages, Polish, Czech, Finnish, Turkish, Hungarian, Russian, Greek. */
const monthNames: readonly string[] = [
  'january januar januari janvier enero janeiro gennaio jan janv jaen ene gen stycznia styczen ledna leden tammikuu tammikuuta ocak januar ianuarie января январь янв ιανουαριου ιαν',
  'february februar februari fevrier febrero fevereiro febbraio feb febr fev feber lutego luty unora unor helmikuu helmikuuta subat februarie февраля февраль фев φεβρουαριου φεβ',
  'march marz maerz mars marzo marco maart marts mar mrz marca marzec brezna brezen maaliskuu maaliskuuta mart marcius марта март μαρτιου μαρ',
  'april avril abril aprile apr avr abr kwietnia kwiecien dubna duben huhtikuu huhtikuuta nisan aprilis апреля апрель апр απριλιου απρ',
  'may mai mayo maio maggio mei maj mag maja kvetna kveten toukokuu toukokuuta mayis majus мая маи μαιου μαι',
  'june juni juin junio junho giugno jun giu czerwca czerwiec cervna cerven kesakuu kesakuuta haziran junius июня июнь июн ιουνιου ιουν',
  'july juli juillet julio julho luglio jul juil lug lipca lipiec cervence cervenec heinakuu heinakuuta temmuz julius июля июль июл ιουλιου ιουλ',
  'august aout agosto augustus augusti aug ago agos sierpnia sierpien srpna srpen elokuu elokuuta agustos augusztus августа август авг αυγουστου αυγ',
  'september septembre septiembre setembro settembre sept sep set wrzesnia wrzesien zari syyskuu syyskuuta eylul szeptember сентября сентябрь сен сент σεπτεμβριου σεπ',
  'october oktober octobre octubre outubro ottobre okt oct out ott pazdziernika pazdziernik rijna rijen lokakuu lokakuuta ekim октября октябрь окт οκτωβριου οκτ',
  'november novembre noviembre novembro nov listopada listopad marraskuu marraskuuta kasim ноября ноябрь ноя νοεμβριου νοε',
  'december dezember decembre diciembre dezembro dicembre desember dez dec dic des grudnia grudzien prosince prosinec joulukuu joulukuuta aralik декабря декабрь дек δεκεμβριου δεκ',
];

const monthNumbers: ReadonlyMap<string, string> = new Map(
  monthNames.flatMap((names, index) =>
    names.split(' ').map((name): [string, string] => [name, String(index + 1).padStart(2, '0')]),
  ),
);
const month = [...monthNumbers.keys()].sort((a, b) => b.length - a.length).join('|');
/** Words that are more than the name of a month: metal artefact reduction, a septum, out of phase. */
const ambiguous: ReadonlySet<string> = new Set(
  'mar sep set dec may mai out ago gen mag des mart ott jan jun jul nov oct apr maj mei lug giu feb lipa mars'.split(
    ' ',
  ),
);

const gap = String.raw`[\s.,/_'\u2019\u00b0-]{0,4}`;
const article = String.raw`(?:\b(?:de|del|of|d|di)\b${gap})?`;
const noLetter = String.raw`(?<![\p{L}])`;
const noMore = String.raw`(?![\p{L}])`;
const noUnit = String.raw`(?!\d|[.,]\d|\s?(?:mm|cm|ms|s|sec|min|kv|ma|hu|%|x)\b)`;
const ordinal = String.raw`(?:st|nd|rd|th|er|ste|de|e|o|a)?\.?`;

const named: readonly RegExp[] = [
  // 5 March 1970, 5. Maerz '70, 5-MAR-70, 5 de marzo de 1970
  new RegExp(
    String.raw`(?<![\d.,])(?<day>\d{1,2})${ordinal}${gap}${article}(?<month>${month})${noMore}(?:${gap}${article}(?<year>\d{4}|\d{2})(?!\d))?`,
    'gu',
  ),
  // March 5th, 1970
  new RegExp(
    String.raw`${noLetter}(?<month>${month})${noMore}${gap}(?<day>\d{1,2})${ordinal}${noUnit}(?:[\s,./_'\u2019-]{1,4}(?<year>\d{4})(?!\d)|[\s]*[,/'\u2019-][\s]*(?<short>\d{2})(?!\d))?`,
    'gu',
  ),
  // March 1970
  new RegExp(
    String.raw`${noLetter}(?<month>${month})${noMore}${gap}${article}(?<year>(?:19|20)\d{2})(?!\d)`,
    'gu',
  ),
  // 1970 March 5, 1970-Mar-05
  new RegExp(
    String.raw`(?<!\d)(?<year>(?:19|20)\d{2})${gap}(?<month>${month})${noMore}(?:${gap}(?<day>\d{1,2})(?!\d))?`,
    'gu',
  ),
];

/** Three numbers between the same separators; a time may follow. */
const numeric =
  /(?<![\d.])(\d{1,4})(?:(\s?[./_\u00b7-]\s?)(\d{1,2})\s?[./_\u00b7-]\s?(\d{4}|\d{2}|\d{1,2})|(\s)(\d{2})\s(\d{4}|\d{2}))(?!\d|\.\d)/g;
/** Month and year: 03/1970, 1970-03. */
const monthAndYear =
  /(?<![\d./-])(?:(0?[1-9]|1[0-2])[./-]((?:19|20)\d{2})|((?:19|20)\d{2})[./-](0[1-9]|1[0-2]))(?![\d]|[./-]\d)/g;
/** 19700305, with a time of day; inside a longer number nothing is a date. */
const digitsOnly = /(?<!\d)(\d{8})(?:t?\d{4,6}(?:\.\d{1,6})?)?(?!\d)/g;
/** Era, year, month and day of Chinese, Japanese and Korean. */
const eastern =
  /(?:(\d{1,4}|\u5143)\s*[\u5e74\ub144]\s*)?(\d{1,2})\s*[\u6708\uc6d4]\s*(\d{1,2})\s*[\u65e5\u53f7\u865f\uc77c]/g;
const easternPrefix = /(?:\u660e\u6cbb|\u5927\u6b63|\u662d\u548c|\u5e73\u6210|\u4ee4\u548c)\s*$/;

/** The dates of a text made by `plainText`, days and months that do not exist left out. */
export function findDates(plain: string): FoundDate[] {
  if (!/\d/.test(plain)) return [];
  const found: FoundDate[] = [];
  if (/[\p{L}]{3}/u.test(plain)) {
    for (const pattern of named) {
      for (const match of plain.matchAll(pattern)) {
        const date = namedDate(match);
        if (date !== undefined) found.push(date);
      }
    }
  }
  for (const match of plain.matchAll(numeric)) {
    const [, first = '', separator = match[5], second = match[6], third = match[7]] = match;
    const readings = readingsOf(first, second ?? '', third ?? '');
    // Numbers between blanks are seldom dates, unless the year is in full.
    const blank = (separator ?? '').trim() === '';
    if (readings.length === 0 || (blank && readings.every((reading) => reading.length < 8))) continue;
    found.push({ start: match.index, end: match.index + match[0].length, readings });
  }
  for (const match of plain.matchAll(monthAndYear))
    found.push({ start: match.index, end: match.index + match[0].length, readings: [] });
  for (const match of plain.matchAll(digitsOnly)) {
    const digits = match[1] ?? '';
    const readings = [
      ...readingsOf(digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)),
      ...readingsOf(digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)),
    ];
    if (readings.length > 0) found.push({ start: match.index, end: match.index + match[0].length, readings });
  }
  for (const match of plain.matchAll(eastern)) {
    const [text, year = '', monthOf = '', day = ''] = match;
    const era = easternPrefix.exec(plain.slice(Math.max(0, match.index - 4), match.index))?.[0].length ?? 0;
    found.push({
      start: match.index - era,
      end: match.index + text.length,
      readings: year.length === 4 ? [`${year}${two(monthOf)}${two(day)}`] : [],
    });
  }
  return found;
}

function namedDate(match: RegExpExecArray): FoundDate | undefined {
  const { day = '', month: name = '', year: full, short } = match.groups ?? {};
  const year = full ?? short ?? '';
  if (day !== '' && (Number(day) < 1 || Number(day) > 31)) return undefined;
  // "MAR 2", "SEP 3": only a year tells that a month is meant.
  if (year === '' && ambiguous.has(name)) return undefined;
  const reading = `${year}${monthNumbers.get(name) ?? ''}${two(day)}`;
  return {
    start: match.index,
    end: match.index + match[0].length,
    readings: year !== '' && day !== '' ? [reading] : [],
  };
}

function two(digits: string): string {
  return digits.padStart(2, '0');
}

/** What three numbers may mean: year first, day first, month first. */
function readingsOf(first: string, second: string, third: string): string[] {
  const readings = new Set<string>();
  const add = (year: string, monthOf: string, day: string): void => {
    if (Number(monthOf) < 1 || Number(monthOf) > 12 || Number(day) < 1 || Number(day) > 31) return;
    if (year.length === 4 ? Number(year) < 1850 || Number(year) > 2150 : year.length !== 2) return;
    readings.add(`${year}${two(monthOf)}${two(day)}`);
  };
  if (third.length <= 2) add(first, second, third);
  if (first.length <= 2) {
    add(third, second, first);
    add(third, first, second);
  }
  return [...readings];
}
