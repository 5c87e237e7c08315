import type { ByteSource } from '../dicom/byte-source.ts';
import { type Kind, optionsOfKind } from './classify.ts';
import { unchangedValues } from './compare.ts';
import type { Identifiers, Owner } from './identifiers.ts';
import type { ManifestLine } from './manifest.ts';
import type { Region } from './place.ts';
import type { LeakRow, ReportBuilder } from './report.ts';
import { ContentSearch } from './search-content.ts';
import { tokenize } from './tokenize.ts';
import { type TextValue, textOf } from './values.ts';

const patientIdentityRemoved = '(0012,0062)';
const methodCodeValue = '(0012,0064)/(0008,0100)';
const temporalInformation = '(0028,0303)';
const burnedInAnnotation = '(0028,0301)';
/** Clean Pixel Data Option of CID 7050. */
const cleanPixelData = '113101';

export interface OutputCheck {
  readonly source: ByteSource;
  /** Printable name. */
  readonly name: string;
  /** Its path below OUTPUTS: searched too. */
  readonly path: string;
  /** Groups of identifiers to look for. */
  readonly identifiers: readonly Identifiers[];
  /** Text of its own original, where that is known. */
  readonly original: readonly TextValue[] | undefined;
  /** What its line of the manifest says of its pixels. */
  readonly pixels: ManifestLine['pixels'];
  /** An output of `deidentify`: anything but DICOM is a fault. */
  readonly mustBeDicom: boolean;
}

/** Options of PS3.15 Annex E an output claims. */
interface Claims {
  readonly codes: ReadonlySet<string>;
  /** MODIFIED: shifted dates may by chance be other dates of the patient. */
  readonly datesModified: boolean;
}

/** A row before outputs are counted. */
type Row = Omit<LeakRow, 'outputs' | 'examples'>;

const noClaims: Claims = { codes: new Set(), datesModified: false };

/** Searches one output and adds what it finds to the report. Throws where it cannot be read. */
export function checkOutput(check: OutputCheck, report: ReportBuilder): void {
  const { source, name, identifiers, original } = check;
  const tokenized = tokenize(source);
  const text = tokenized === undefined ? undefined : textOf(source);
  const claims = text === undefined ? noClaims : claimsOf(text.values);
  const rows = new Map<string, Row>();
  const add = (row: Row): void => {
    const key = `${row.verdict} ${row.where} ${row.kind} ${row.from}`;
    if (!rows.has(key)) rows.set(key, row);
  };
  let kind = 'bytes';
  let nameLeaks = false;
  try {
    for (const group of identifiers) {
      const search = new ContentSearch(group, (owners, region) => {
        const row = rowOf(owners, region, claims);
        if (row !== undefined) add(row);
      });
      const names = new ContentSearch(group, () => {
        nameLeaks = true;
      });
      names.text(check.path, 'file name');
      kind = search.file(source, tokenized);
      report.unsearched(search.unsearched, name);
    }
  } catch (error) {
    // What was found before it broke off is found.
    report.output(name, rows.values());
    throw error;
  }
  report.kind(kind);
  report.searchedBytes += source.size;
  if (nameLeaks) report.finding('output-name');
  if (text !== undefined) {
    if (!text.readByParser) report.finding('output-not-parseable', name);
    if (!text.values.some(({ path, values }) => path === patientIdentityRemoved && values.includes('YES')))
      report.finding('output-not-marked', name);
    checkPixelClaims(check, text.values, claims, report);
    if (original !== undefined) {
      report.pairs += 1;
      for (const { path, kind: what } of unchangedValues(
        original,
        text.values,
        identifiers,
        claims.datesModified,
      )) {
        if (what === undefined)
          add({ verdict: 'kept-text', where: path, kind: 'text', from: path, option: undefined });
        else add(judged({ kind: what, path }, path, claims));
      }
    }
  } else if (check.mustBeDicom) report.finding('output-not-parseable', name);
  report.output(name, withoutRepeats([...rows.values()]));
}

/** Whether what an output says of text in its pixels has a ground: the pixels themselves are not looked at. */
function checkPixelClaims(
  { name, original, pixels }: OutputCheck,
  values: readonly TextValue[],
  { codes }: Claims,
  report: ReportBuilder,
): void {
  const says = saysNotBurnedIn(values);
  const claimed = codes.has(cleanPixelData);
  if (claimed) report.claimCleanPixels += 1;
  if (claimed && (!says || pixels?.complete === false)) report.finding('clean-pixels-unfounded', name);
  // A profile that keeps more than the standard claims no code; the manifest then has to say it.
  const treated = claimed || pixels?.complete === true;
  if (says && !treated && original !== undefined && !saysNotBurnedIn(original))
    report.finding('burned-in-no-unfounded', name);
}

function saysNotBurnedIn(values: readonly TextValue[]): boolean {
  const [first] = values.find(({ path }) => path === burnedInAnnotation)?.values ?? [];
  return first?.trim().toUpperCase() === 'NO';
}

function claimsOf(values: readonly TextValue[]): Claims {
  const codes = new Set(
    values.filter(({ path }) => path === methodCodeValue).flatMap((value) => value.values),
  );
  const temporal = values.find(({ path }) => path === temporalInformation)?.values[0];
  if (temporal === 'UNMODIFIED') codes.add('113106');
  if (temporal === 'MODIFIED') codes.add('113107');
  return { codes, datesModified: codes.has('113107') };
}

function rowOf(owners: readonly Owner[], region: Region, claims: Claims): Row | undefined {
  // A value that is several things is the worst of them, but a date where dates stand is a date.
  const inDate = region.vr === 'DA' || region.vr === 'DT';
  const isBirth = region.where.startsWith('(0010,');
  const fitting = owners.filter(
    ({ kind }) =>
      !(inDate && !isBirth && kind === 'birth-date' && owners.some((other) => other.kind === 'date')),
  );
  const rows = fitting.map((owner) => judged(owner, region.where, claims));
  const leaks = rows.filter(({ verdict }) => verdict === 'leak');
  // A value of the patient's own attributes is told as that.
  const found = leaks.find(({ from }) => from.startsWith('(0010,')) ?? leaks[0] ?? rows[0];
  // A shifted date that happens to be another date of the patient; the own ones are compared attribute by attribute.
  if (claims.datesModified && inDate && found?.kind === 'date' && found.from !== region.where)
    return undefined;
  return found;
}

function judged({ kind, path }: Owner, where: string, { codes }: Claims): Row {
  const option = (optionsOfKind[kind as Kind] ?? []).find((code) => codes.has(code));
  return { verdict: option === undefined ? 'leak' : 'kept-under-option', where, kind, from: path, option };
}

/** What stands in JSON at a place of its own need not be told of the bytes again. */
function withoutRepeats(rows: readonly Row[]): Row[] {
  const placed = new Set(
    rows.filter(({ where }) => where.startsWith('JSON/')).map(({ kind, from }) => `${kind} ${from}`),
  );
  return rows.filter(({ where, kind, from }) => where !== 'JSON' || !placed.has(`${kind} ${from}`));
}
