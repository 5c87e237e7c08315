import { instanceStates, isState } from './instance-words.ts';

/** Filters as the address has them; what is not asked for is an empty string. */
export interface Filters<Name extends string> {
  readonly values: Readonly<Record<Name, string>>;
  /** What is wrong with a value, by name; such a value is not sent. */
  readonly faults: Readonly<Partial<Record<Name, string>>>;
}

type Check = (text: string) => string | undefined;

/** How each filter of the lists of instances and studies has to look, as the contract says. */
const checks: Readonly<Record<string, Check>> = {
  state: (text) =>
    text.split(',').every((word) => isState(word)) ? undefined : `One of ${instanceStates.join(', ')}.`,
  code: (text) => (/^[A-Z0-9_]{1,64}$/.test(text) ? undefined : 'A code has capitals, digits and _ alone.'),
  ae: (text) =>
    /^[ -~]{1,16}$/.test(text) && text.trim() !== '' ? undefined : 'An AE title has at most 16 characters.',
  study: (text) => (/^[0-9.]{1,64}$/.test(text) ? undefined : 'A pseudonym has digits and dots alone.'),
  series: (text) => (/^[0-9.]{1,64}$/.test(text) ? undefined : 'A pseudonym has digits and dots alone.'),
  patient: (text) => (text.length <= 64 ? undefined : 'At most 64 characters.'),
  modality: (text) => (/^[A-Z0-9_]{1,16}$/.test(text) ? undefined : 'As in DICOM: CT, MR, US …'),
  from: (text) => (instantOf(text) === undefined ? 'No such time.' : undefined),
  to: (text) => (instantOf(text) === undefined ? 'No such time.' : undefined),
  fhir: (text) =>
    ['waiting', 'retrying', 'posted', 'refused'].includes(text) ? undefined : 'Not a state of posting.',
};

export function readFilters<Name extends string>(
  query: URLSearchParams,
  names: readonly Name[],
): Filters<Name> {
  const values = {} as Record<Name, string>;
  const faults: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const text = query.get(name) ?? '';
    values[name] = text;
    const fault = text === '' ? undefined : checks[name]?.(text);
    if (fault !== undefined) faults[name] = fault;
  }
  return { values, faults };
}

/** A value that can be sent: undefined where nothing is asked for, or something impossible. */
export function sent<Name extends string>({ values, faults }: Filters<Name>, name: Name): string | undefined {
  return values[name] === '' || faults[name] !== undefined ? undefined : values[name];
}

/** The time of a field without a zone, which means that of this computer, as the contract has times. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
