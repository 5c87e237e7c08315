import type { Vr } from '../dicom/data-set.ts';

/** Most characters of a value of a text VR (PS3.5 6.2); VRs without a limit take that of a profile. */
const maxLengths: Readonly<Partial<Record<Vr, number>>> = {
  AE: 16,
  AS: 4,
  CS: 16,
  DA: 8,
  DS: 16,
  DT: 26,
  IS: 12,
  LO: 64,
  LT: 1024,
  PN: 64,
  SH: 16,
  ST: 1024,
  TM: 14,
  UC: 1024,
  UI: 64,
  UR: 1024,
  UT: 1024,
};

const forms: Readonly<Partial<Record<Vr, readonly [RegExp, string]>>> = {
  AS: [/^\d{3}[DWMY]$/, 'three digits and D, W, M or Y, such as 030Y'],
  CS: [/^[A-Z0-9 _]+$/, 'capital letters, digits, blank and underscore'],
  DA: [/^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/, 'a date as YYYYMMDD'],
  DS: [/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/, 'a decimal number'],
  DT: [
    /^\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?$/,
    'a date and time as YYYYMMDDHHMMSS',
  ],
  IS: [/^[+-]?\d+$/, 'a whole number'],
  TM: [/^([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?$/, 'a time as HHMMSS'],
  UI: [/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/, 'a UID'],
  PN: [/^[^=^]*(\^[^=^]*){0,4}$/, 'a person name with at most five parts, such as ANON^ANON'],
  UR: [/^[^ ]+$/, 'a URI without blanks'],
};

/** VRs whose values are text that a rule can write. */
export function isTextVr(vr: string): vr is Vr {
  return Object.hasOwn(maxLengths, vr);
}

/** What is wrong with the text as one value of the VR (PS3.5 6.2), as the end of a sentence; undefined when nothing is. */
export function valueFault(text: string, vr: Vr): string | undefined {
  if (text.trim() === '') return 'must not be blank; `action: empty` leaves an attribute without a value';
  if (!/^[\x20-\x7e]*$/.test(text))
    return 'must be ASCII, which every character set of an instance can hold, on one line';
  if (text.includes('\\')) return 'must be a single value, without backslash';
  const form = forms[vr];
  if (form !== undefined && !form[0].test(text)) return `is not legal for VR ${vr}: it must be ${form[1]}`;
  const max = maxLengths[vr] ?? 0;
  if (text.length > max) return `has ${text.length} characters; VR ${vr} takes ${max} at most`;
  if (vr === 'IS' && Math.abs(Number(text)) > 2 ** 31 - 1)
    return 'is not legal for VR IS: it must fit 32 bits';
  return undefined;
}
