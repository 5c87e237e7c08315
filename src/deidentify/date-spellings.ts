/** Most dates of one kind that are looked for. */
const maxDates = 256;

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
