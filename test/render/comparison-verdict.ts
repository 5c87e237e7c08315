import { transferSyntaxTable } from '../../src/dicom/transfer-syntaxes.ts';
import type { ComparedFile, OracleRow } from '../support/oracles.ts';

/** An oracle that has no opinion on a file or another one than the gateway, and why that is accepted. */
export interface Exception {
  readonly file: string;
  readonly step: OracleRow['step'];
  readonly oracle: string;
  /** The largest difference accepted; left out: the oracle cannot read the file. */
  readonly max?: number;
  readonly reason: string;
}

export interface Finding {
  readonly row: OracleRow;
  readonly wrong: string | undefined;
  readonly exception: Exception | undefined;
}

export interface FileVerdict {
  readonly file: ComparedFile;
  readonly findings: readonly Finding[];
  /** What is neither right nor excepted, in words. */
  readonly wrong: readonly string[];
  /** One line for the table. */
  readonly line: string;
}

/** Decibels by which a JPEG may be worse than libjpeg-turbo's at the same quality. */
const psnrSlackDb = 1;

/**
 * Judges what the oracles say: stored values of a lossless transfer syntax alike, of a lossy one within 1; drawn pixels
 * within 1; the JPEG within 1 dB of libjpeg-turbo's, neither subsampled nor with metadata; and for every frame at least
 * one oracle that read the stored values and one that drew them.
 */
export function judge(
  file: ComparedFile,
  rows: readonly OracleRow[],
  exceptions: readonly Exception[],
): FileVerdict {
  const own = exceptions.filter((exception) => exception.file === file.name);
  const lossy = transferSyntaxTable.some(({ uid, lossy }) => uid === file.syntax && lossy);
  const findings = rows.map((row): Finding => {
    const exception = own.find(({ step, oracle }) => step === row.step && oracle === row.oracle);
    return { row, wrong: fault(row, row.tolerance ?? (row.step === 'stored' && !lossy ? 0 : 1)), exception };
  });
  const wrong = findings.flatMap(({ row, wrong, exception }) => {
    if (wrong === undefined || excuses(exception, row)) return [];
    return [`${row.step}, frame ${row.frame}, ${row.oracle}: ${wrong}`];
  });
  for (const { frame, stored } of file.frames) {
    for (const step of ['stored', 'drawn', 'jpeg'] as const) {
      if (step === 'stored' && stored === null) continue;
      const held = findings.some(
        ({ row, wrong }) => row.step === step && row.frame === frame && wrong === undefined,
      );
      if (!held) wrong.push(`${step}, frame ${frame}: no oracle agrees`);
    }
  }
  for (const exception of own) {
    const needed = findings.some((finding) => finding.exception === exception && finding.wrong !== undefined);
    if (!needed) wrong.push(`the exception for ${exception.step} by ${exception.oracle} is not needed`);
  }
  return { file, findings, wrong, line: lineOf(file, findings, wrong) };
}

function excuses(exception: Exception | undefined, row: OracleRow): boolean {
  if (exception === undefined) return false;
  if (row.error !== undefined) return exception.max === undefined;
  return exception.max !== undefined && (row.max ?? Number.POSITIVE_INFINITY) <= exception.max;
}

/** What is wrong with the answer of one oracle, in words; undefined where it agrees within the tolerance. */
export function fault(row: OracleRow, tolerance: number): string | undefined {
  if (row.error !== undefined) return row.error;
  if (row.step === 'rescale' || row.step === 'window')
    return row.same === true ? undefined : `another ${row.step}: ${row.how ?? ''}`;
  if (row.step === 'jpeg') return jpegFault(row);
  if (row.sizes !== undefined) return `${row.sizes.join(' samples, not ')}`;
  if (row.max === undefined) return 'no answer';
  return row.max <= tolerance
    ? undefined
    : `up to ${row.max} apart, ${row.beyondOne} of ${row.of} beyond one`;
}

function jpegFault({ ours, pillow, subsampled, metadata, mode }: OracleRow): string | undefined {
  if (subsampled === true) return 'chroma subsampled';
  if ((metadata ?? []).length > 0) return `metadata: ${metadata?.join(', ')}`;
  if (mode !== 'L' && mode !== 'RGB') return `mode ${mode}`;
  if (ours === null) return undefined;
  if (ours === undefined || pillow === undefined) return 'no answer';
  const reached = pillow ?? Number.POSITIVE_INFINITY;
  return ours >= reached - psnrSlackDb ? undefined : `${ours.toFixed(1)} dB, Pillow ${decibels(pillow)}`;
}

function decibels(value: number | null | undefined): string {
  if (value === undefined) return '?';
  return value === null ? 'equal' : value.toFixed(1);
}

/** `name | syntax | frames | stored: oracle difference ... | drawn: ... | JPEG dB ours/Pillow | verdict`. */
function lineOf(file: ComparedFile, findings: readonly Finding[], wrong: readonly string[]): string {
  const step = (name: OracleRow['step']): string => {
    const rows = findings.map(({ row }) => row).filter((row) => row.step === name);
    const oracles = [...new Set(rows.map(({ oracle }) => oracle))];
    return oracles
      .map((oracle) => `${oracle} ${worst(rows.filter((row) => row.oracle === oracle))}`)
      .join(', ');
  };
  const jpegs = findings.map(({ row }) => row).filter((row) => row.step === 'jpeg');
  const lowest = jpegs.toSorted(
    (a, b) => (a.ours ?? Number.POSITIVE_INFINITY) - (b.ours ?? Number.POSITIVE_INFINITY),
  )[0];
  const excepted = findings.find(
    ({ wrong, exception }) => wrong !== undefined && exception?.max !== undefined,
  );
  const verdict =
    wrong.length > 0 ? 'WRONG' : excepted === undefined ? 'right' : `right: ${excepted.exception?.reason}`;
  return [
    file.name,
    file.syntax.replace('1.2.840.10008.1.2', '~'),
    `${file.frames.length} of ${file.numberOfFrames}`,
    step('stored'),
    step('drawn'),
    `${decibels(lowest?.ours)}/${decibels(lowest?.pillow)}`,
    verdict,
  ].join(' | ');
}

function worst(rows: readonly OracleRow[]): string {
  if (rows.some(({ sizes }) => sizes !== undefined)) return 'other size';
  const values = rows.flatMap(({ max }) => (max === undefined ? [] : [max]));
  return values.length === 0 ? '-' : String(Math.max(...values));
}
