import { findDates } from './text/dates.ts';
import { plainText } from './text/plain-text.ts';

/** Most dates of one kind that are looked for. */
const maxDates = 256;

/** Whether there are more dates than are looked for. */
export function areTooMany(dates: readonly string[]): boolean {
  return dates.length > maxDates && new Set(dates).size > maxDates;
}

/** Year, month and day of the dates that are dates. */
export function plainDates(
  dates: readonly string[],
): (readonly [year: string, month: string, day: string])[] {
  return [...new Set(dates)].slice(0, maxDates).flatMap((date) => {
    const [, year = '', month = '', day = ''] =
      /^(\d{4})(\d\d)(\d\d)$/.exec(date.replaceAll(/[.\-/]/g, '')) ?? [];
    if (Number(month) >= 1 && Number(month) <= 12) return [[year, month, day] as const];
    // Written as people write it, where DICOM wants digits.
    return findDates(plainText(date))
      .flatMap(({ readings }) => readings)
      .filter((reading) => reading.length === 8)
      .map((reading) => [reading.slice(0, 4), reading.slice(4, 6), reading.slice(6)] as const);
  });
}
