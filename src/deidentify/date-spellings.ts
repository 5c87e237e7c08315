/** Most dates of one kind that are looked for. */
const maxDates = 256;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Year, month and day of the dates that are dates. */
export function plainDates(
  dates: readonly string[],
): (readonly [year: string, month: string, day: string])[] {
  return [...new Set(dates)].slice(0, maxDates).flatMap((date) => {
    const [, year = '', month = '', day = ''] =
      /^(\d{4})(\d\d)(\d\d)$/.exec(date.replaceAll(/[.\-/]/g, '')) ?? [];
    return Number(month) >= 1 && Number(month) <= 12 ? [[year, month, day] as const] : [];
  });
}

/** Patterns for one date: year first, day first, month first, with month names; separators optional. */
export function dateSpellings([year, month, day]: readonly [
  year: string,
  month: string,
  day: string,
]): string[] {
  const gap = '[^a-z0-9]{0,3}';
  const full = `(?:${year.slice(0, 2)})?${year.slice(2)}`;
  const loose = (digits: string): string => (digits.startsWith('0') ? `0?${digits.charAt(1)}` : digits);
  const name = `${months[Number(month) - 1] ?? ''}[a-z]*`;
  return [
    `(?<!\\d)${year}${gap}${loose(month)}${gap}${loose(day)}(?!\\d)`,
    `(?<!\\d)${loose(day)}${gap}${loose(month)}${gap}${full}(?!\\d)`,
    `(?<!\\d)${loose(month)}${gap}${loose(day)}${gap}${full}(?!\\d)`,
    `(?<!\\d)${loose(day)}${gap}${name}${gap}${full}(?!\\d)`,
    `${name}${gap}${loose(day)}[a-z]{0,2}${gap}${full}(?!\\d)`,
  ];
}

/** Patterns for a date of an event, with the year in full; a time of day may follow. */
export function eventSpellings([year, month, day]: readonly [
  year: string,
  month: string,
  day: string,
]): string[] {
  const gap = '[^a-z0-9]{0,3}';
  const name = `${months[Number(month) - 1] ?? ''}[a-z]*`;
  return [
    `(?<!\\d)${year}${gap}${month}${gap}${day}`,
    `(?<!\\d)${day}${gap}${month}${gap}${year}(?!\\d)`,
    `(?<!\\d)${month}${gap}${day}${gap}${year}(?!\\d)`,
    `(?<!\\d)${day}${gap}${name}${gap}${year}(?!\\d)`,
    `${name}${gap}${day}[a-z]{0,2}${gap}${year}(?!\\d)`,
  ];
}
