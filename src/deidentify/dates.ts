import { trimmed } from './text.ts';

/** VRs with a date that can be shifted; TM has none and stays as it is (PS3.15 E.3.6: date and time go together). */
export type DateVr = 'DA' | 'DT';

const zero = 0x30;
const backslash = 0x5c;
const space = 0x20;
const dot = 0x2e;

/** Days of a common year before each month. */
const daysBefore = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const monthLengths = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Dates that clocks show before they are set and programs write for "none": epochs of operating systems, databases and
 * spreadsheets. They are public, so a shifted one would tell by how much the patient's dates were shifted.
 */
const placeholders: ReadonlySet<number> = new Set([
  101, 10101, 1010101, 11111111, 15821015, 16010101, 17000101, 17530101, 18000101, 18500101, 18581117,
  18991230, 18991231, 19000101, 19010101, 19040101, 19500101, 19600101, 19691231, 19700101, 19800101,
  19800106, 19990101, 20000101, 20010101, 20991231, 21001231, 22001231, 22221231, 29991231, 30000101,
  30001231, 99990101, 99990909, 99991231,
]);

/**
 * The dates of a DA or DT value (PS3.5 6.2), all its values, moved by whole days; the time of day, its fraction and its
 * offset from UTC stay. Works on the encoded bytes, which are ASCII in every character set; the result is not padded.
 *
 * Undefined where any value has no complete, possible date (YYYY, YYYYMM, 20230231, text, ranges, which are no values but
 * queries), where the result would leave the years 0001 to 9999, where the date is a known placeholder, and where `days`
 * is 0 or no whole number: the caller then empties or dummies the attribute. Empty values stay empty. The form
 * YYYY.MM.DD of ACR-NEMA 300 is read and written as DICOM has it.
 */
export function shiftDates(bytes: Uint8Array, vr: DateVr, days: number): Uint8Array | undefined {
  if (!Number.isSafeInteger(days) || days === 0) return undefined;
  const shifted = new Uint8Array(bytes);
  let written = 0;
  let start = 0;
  for (let index = 0; index <= bytes.length; index += 1) {
    if (index < bytes.length && bytes[index] !== backslash) continue;
    if (start > 0) {
      shifted[written] = backslash;
      written += 1;
    }
    let from = start;
    let to = index;
    while (from < to && isPadding(bytes[from])) from += 1;
    while (to > from && isPadding(bytes[to - 1])) to -= 1;
    start = index + 1;
    if (from === to) continue;
    const dateEnd = endOfDate(bytes, from, to);
    if (dateEnd === 0 || (vr === 'DA' ? dateEnd !== to : !isTime(bytes, dateEnd, to))) return undefined;
    const gap = dateEnd - from === 10 ? 1 : 0;
    const year = number(bytes, from, 4);
    const month = number(bytes, from + 4 + gap, 2);
    const day = number(bytes, from + 6 + 2 * gap, 2);
    const moved = movedDate(year, month, day, days);
    if (moved === undefined) return undefined;
    for (let digit = 7, rest = moved; digit >= 0; digit -= 1, rest = Math.trunc(rest / 10)) {
      shifted[written + digit] = zero + (rest % 10);
    }
    written += 8;
    // What is written never overtakes what is read: no value grows.
    for (let rest = dateEnd; rest < to; rest += 1, written += 1) shifted[written] = bytes[rest] ?? 0;
  }
  return shifted.subarray(0, written);
}

/** `shiftDates` for text, as it was decoded. */
export function shiftDate(text: string, vr: DateVr, days: number): string | undefined {
  // Beyond ASCII nothing is a date, and the bytes below would lose the difference.
  if (!/^[\0-\x7f]*$/.test(text)) return undefined;
  const shifted = shiftDates(Buffer.from(text, 'latin1'), vr, days);
  return shifted === undefined ? undefined : Buffer.from(shifted).toString('latin1');
}

function isPadding(byte: number | undefined): boolean {
  return byte === space || byte === 0;
}

/** Where YYYYMMDD or YYYY.MM.DD ends, or 0 where there is neither. */
function endOfDate(bytes: Uint8Array, from: number, to: number): number {
  if (to - from >= 8 && areDigits(bytes, from, 8)) return from + 8;
  const dotted =
    to - from >= 10 &&
    areDigits(bytes, from, 4) &&
    bytes[from + 4] === dot &&
    areDigits(bytes, from + 5, 2) &&
    bytes[from + 7] === dot &&
    areDigits(bytes, from + 8, 2);
  return dotted ? from + 10 : 0;
}

function areDigits(bytes: Uint8Array, from: number, count: number): boolean {
  for (let index = from; index < from + count; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte < zero || byte > zero + 9) return false;
  }
  return true;
}

function number(bytes: Uint8Array, from: number, digits: number): number {
  let value = 0;
  for (let index = from; index < from + digits; index += 1)
    value = value * 10 + (bytes[index] ?? zero) - zero;
  return value;
}

/** HH, HHMM or HHMMSS with a fraction of up to six digits, then an offset from UTC; each part may be absent (PS3.5 6.2, DT). */
function isTime(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  for (const limit of [23, 59, 60]) {
    if (at + 2 > to || !areDigits(bytes, at, 2)) break;
    if (number(bytes, at, 2) > limit) return false;
    at += 2;
  }
  if (at === from + 6 && bytes[at] === dot) {
    const first = at + 1;
    at = first;
    while (at < to && at < first + 6 && areDigits(bytes, at, 1)) at += 1;
    if (at === first) return false;
  }
  if (at === to) return true;
  const sign = bytes[at];
  if ((sign !== 0x2b && sign !== 0x2d) || to - at !== 5 || !areDigits(bytes, at + 1, 4)) return false;
  return number(bytes, at + 1, 2) <= 14 && number(bytes, at + 3, 2) <= 59;
}

/** YYYYMMDD as a number, so many days on (proleptic Gregorian calendar), or undefined. */
function movedDate(year: number, month: number, day: number, days: number): number | undefined {
  if (year < 1 || month < 1 || month > 12 || day < 1) return undefined;
  const leap = isLeap(year);
  if (day > (monthLengths[month] ?? 0) + (leap && month === 2 ? 1 : 0)) return undefined;
  if (placeholders.has(year * 10_000 + month * 100 + day)) return undefined;
  const ordinal = daysBeforeYear(year) + (daysBefore[month] ?? 0) + (leap && month > 2 ? 1 : 0) + day + days;
  if (ordinal < 1 || ordinal > daysBeforeYear(10_000)) return undefined;
  // 146097 days are 400 years; the guess is at most one off.
  let newYear = Math.trunc((ordinal * 400) / 146_097) + 1;
  while (daysBeforeYear(newYear) >= ordinal) newYear -= 1;
  while (daysBeforeYear(newYear + 1) < ordinal) newYear += 1;
  let rest = ordinal - daysBeforeYear(newYear);
  let newMonth = 1;
  for (; newMonth < 12; newMonth += 1) {
    const length = (monthLengths[newMonth] ?? 0) + (newMonth === 2 && isLeap(newYear) ? 1 : 0);
    if (rest <= length) break;
    rest -= length;
  }
  return newYear * 10_000 + newMonth * 100 + rest;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 0001-01-01 to the first of January of a year. */
function daysBeforeYear(year: number): number {
  const whole = year - 1;
  return whole * 365 + Math.trunc(whole / 4) - Math.trunc(whole / 100) + Math.trunc(whole / 400);
}

/** Oldest age that is told; beyond it few enough people live to be known by it (45 CFR 164.514(b)(2)(i)(C)). */
const oldestAge = '090Y';
const lastToldYears = 89;
const perYear: Readonly<Record<string, number>> = { D: 365.25, W: 365.25 / 7, M: 12, Y: 1 };

/**
 * Patient's Age (VR AS: nnnD, nnnW, nnnM, nnnY), all values: ages of 90 years and more, in whatever unit, become 090Y, the
 * others stay, written as PS3.5 wants them where a sender left zeros out or put too many. Undefined where a value is no
 * age; the caller then empties or dummies the attribute.
 */
export function capAge(text: string): string | undefined {
  const capped: string[] = [];
  for (const value of text.split('\\')) {
    const age = trimmed(value);
    const [, digits = '', unit = ''] = /^([0-9]{1,6})([DWMY])$/.exec(age) ?? [];
    if (age !== '' && unit === '') return undefined;
    const count = Number(digits);
    if (age === '') capped.push('');
    else if (Math.floor(count / (perYear[unit] ?? 1)) > lastToldYears) capped.push(oldestAge);
    else if (count > 999) return undefined;
    else capped.push(`${String(count).padStart(3, '0')}${unit}`);
  }
  return capped.join('\\');
}
