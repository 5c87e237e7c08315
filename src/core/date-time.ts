/**
 * A date and time of DICOM as a FHIR `dateTime`: with the time where the offset from UTC is known too, because FHIR knows no
 * time of day without its zone; else the date alone. Null where the date is none.
 *
 * `date` DA (YYYYMMDD), `time` TM (HH to HHMMSS.FFFFFF), `offset` of Timezone Offset From UTC (0008,0201), &ZZXX.
 */
export function fhirDateTime(
  date: string | null,
  time: string | null = null,
  offset: string | null = null,
): string | null {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(date ?? '');
  if (day === null) return null;
  const [, year = '', month = '', dayOfMonth = ''] = day;
  const isoDate = `${year}-${month}-${dayOfMonth}`;
  const at = new Date(`${isoDate}T00:00:00Z`);
  // The calendar decides: 31 February is none, and Date would make it March.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== isoDate || year === '0000') return null;
  const clock = /^([01]\d|2[0-3])(?:([0-5]\d)(?:([0-5]\d)(?:\.\d{1,6})?)?)?$/.exec(time ?? '');
  const zone = /^([+-])(0\d|1[0-4])([0-5]\d)$/.exec(offset ?? '');
  if (clock === null || zone === null) return isoDate;
  const [, hours = '', minutes = '00', seconds = '00'] = clock;
  const [, sign = '', zoneHours = '', zoneMinutes = ''] = zone;
  if (zoneHours === '14' && zoneMinutes !== '00') return isoDate;
  return `${isoDate}T${hours}:${minutes}:${seconds}${sign}${zoneHours}:${zoneMinutes}`;
}
