import type { Kind } from './classify.ts';
import type { Unsearched } from './search-content.ts';

/** What is the matter with a file or the manifest, apart from leaks. No value, and no original's name. */
export const findingNames = {
  'original-unreadable':
    'an original could not be read to its end: its identifiers were not all searched for',
  'original-missing': 'the manifest names an original that is not among ORIGINALS',
  'original-not-in-manifest': 'an original is not in the manifest',
  'output-missing': 'the manifest names an output that is not there',
  'output-not-in-manifest':
    'an output is not in the manifest; it was searched for the identifiers of all originals',
  'output-unreadable': 'an output cannot be opened or read',
  'output-not-parseable': 'an output that should be DICOM cannot be parsed; its bytes were searched',
  'output-not-marked': 'an output does not say Patient Identity Removed YES (0012,0062)',
  'output-of-two-originals': 'two originals have the same output',
  'output-name': 'the name of an output repeats an identifier',
  'manifest-line-unreadable': 'a line of the manifest cannot be read',
  'status-unknown': 'a line of the manifest has neither an output nor the status held or failed',
  'clean-pixels-unfounded':
    'an output claims Clean Pixel Data (113101), but does not say Burned In Annotation NO (0028,0301), or the manifest does not say that every frame was treated',
  'burned-in-no-unfounded':
    'an output says Burned In Annotation NO, which neither its original nor the treatment of its pixels says',
  'pixels-not-changed':
    'the manifest says that pixels were blanked, but the Pixel Data of the output is that of the original',
  'too-many-identifiers':
    'there are more identifiers than can be searched for at once: verify fewer originals at a time',
  'search-incomplete': 'packed content of an output was larger or deeper nested than is searched',
} as const;

export type FindingName = keyof typeof findingNames;

/** Findings that leave verification incomplete; the others are faults of the outputs. */
export const incompleteFindings: ReadonlySet<FindingName> = new Set<FindingName>([
  'original-unreadable',
  'original-missing',
  'output-missing',
  'output-unreadable',
  'manifest-line-unreadable',
  'too-many-identifiers',
  'search-incomplete',
]);

export type Verdict = 'leak' | 'kept-under-option' | 'kept-text';

/** One kind of identifier at one place, over all outputs. */
export interface LeakRow {
  readonly verdict: Verdict;
  /** Tag path, or the name of a part of the file. */
  readonly where: string;
  readonly kind: Kind | 'text';
  /** Tag path of the attribute of the originals that has the value. */
  readonly from: string;
  /** Code of CID 7050 the outputs carry, where an option lets it pass. */
  readonly option: string | undefined;
  /** Number of outputs. */
  readonly outputs: number;
  /** The first of them: "line N" of the manifest, or "output N" of OUTPUTS in order of names, counted from 1. */
  readonly examples: readonly string[];
}

export interface FindingRow {
  readonly finding: FindingName;
  readonly count: number;
  /** "line N" of the manifest, or "output N" of OUTPUTS in order of names. */
  readonly examples: readonly string[];
}

/** What verification found. Plain data for JSON, without a single value of an original. */
export interface VerifyReport {
  readonly verdict: 'clean' | 'leaks' | 'incomplete' | 'findings';
  readonly originals: number;
  readonly outputs: number;
  /** Outputs that were compared with their own original. */
  readonly pairs: number;
  readonly searchedBytes: number;
  readonly patterns: number;
  readonly kinds: Readonly<Record<string, number>>;
  /** Pairs whose Pixel Data is the same, or is not. */
  readonly pixelData: { readonly identical: number; readonly changed: number; readonly absent: number };
  /** Outputs that claim Clean Pixel Data (113101). Whether text is left in them only looking would show. */
  readonly claimCleanPixels: number;
  readonly rows: readonly LeakRow[];
  /** True when more different rows were found than are listed. */
  readonly truncated: boolean;
  readonly findings: readonly FindingRow[];
  /** What no search of this kind can see. */
  readonly notSearched: readonly string[];
}

/** Said in every report: a clean one must not promise more than was done. */
export const notSearched: readonly string[] = [
  'text drawn in the pixels, faces, and anything else that only decoding and looking would show',
  'values of one or two letters, words shorter than three letters, numbers shorter than five digits: compared only with the same attribute of the own original',
  'times without a fraction of a second: compared only with the same attribute of the own original',
  'words that mean "none" (anonymous, removed, unknown), titles, and Code String values that are terms of the standard',
  'in uncompressed pixels and other samples: words shorter than eight letters, dates and numbers, which stand there by chance',
  'encrypted content, and packings other than gzip, zip, zlib, brotli in JPEG XL, deflated data sets and frames, base64, hexadecimal, and escapes of URL, JSON, XML and MIME',
  'values of numeric attributes that are not identifiers as whole numbers; binary values of the originals',
  'single words of addresses and of names of institutions',
  'text of private attributes that only describes, and GB18030 in four bytes a character outside of text values',
];

const maxExamples = 5;
const maxRows = 10_000;

interface MutableRow {
  readonly row: Omit<LeakRow, 'outputs' | 'examples'>;
  readonly examples: string[];
  outputs: number;
}

/** Collects rows and findings; the same row of one output counts once. */
export class ReportBuilder {
  readonly #rows = new Map<string, MutableRow>();
  readonly #findings = new Map<FindingName, { count: number; examples: string[] }>();
  readonly #kinds = new Map<string, number>();
  readonly pixelData = { identical: 0, changed: 0, absent: 0 };
  claimCleanPixels = 0;
  searchedBytes = 0;
  pairs = 0;
  #truncated = false;

  finding(finding: FindingName, example?: string): void {
    let row = this.#findings.get(finding);
    if (row === undefined) {
      row = { count: 0, examples: [] };
      this.#findings.set(finding, row);
    }
    row.count += 1;
    if (example !== undefined && row.examples.length < maxExamples) row.examples.push(example);
  }

  unsearched(what: ReadonlySet<Unsearched>, example: string): void {
    if (what.size > 0) this.finding('search-incomplete', example);
  }

  kind(kind: string): void {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  /** Adds the rows of one output; call it once an output. */
  output(name: string, rows: Iterable<Omit<LeakRow, 'outputs' | 'examples'>>): void {
    const seen = new Set<string>();
    for (const row of rows) {
      const key = [row.verdict, row.where, row.kind, row.from, row.option].join('|');
      if (seen.has(key)) continue;
      seen.add(key);
      let known = this.#rows.get(key);
      if (known === undefined) {
        if (this.#rows.size >= maxRows) {
          this.#truncated = true;
          continue;
        }
        known = { row, examples: [], outputs: 0 };
        this.#rows.set(key, known);
      }
      known.outputs += 1;
      if (known.examples.length < maxExamples) known.examples.push(name);
    }
  }

  build(totals: { originals: number; outputs: number; patterns: number }): VerifyReport {
    const order: readonly Verdict[] = ['leak', 'kept-under-option', 'kept-text'];
    const rows = [...this.#rows.values()]
      .map(({ row, outputs, examples }): LeakRow => ({ ...row, outputs, examples }))
      .sort(
        (a, b) =>
          order.indexOf(a.verdict) - order.indexOf(b.verdict) ||
          (a.where < b.where ? -1 : a.where > b.where ? 1 : 0),
      );
    const findings = [...this.#findings].map(
      ([finding, { count, examples }]): FindingRow => ({ finding, count, examples }),
    );
    const leaks =
      this.#truncated ||
      rows.some(({ verdict }) => verdict === 'leak') ||
      findings.some(({ finding }) => finding === 'output-name');
    const incomplete = findings.some(({ finding }) => incompleteFindings.has(finding));
    return {
      verdict: leaks ? 'leaks' : incomplete ? 'incomplete' : findings.length > 0 ? 'findings' : 'clean',
      ...totals,
      pairs: this.pairs,
      searchedBytes: this.searchedBytes,
      kinds: Object.fromEntries(this.#kinds),
      pixelData: { ...this.pixelData },
      claimCleanPixels: this.claimCleanPixels,
      rows,
      truncated: this.#truncated,
      findings,
      notSearched,
    };
  }
}
