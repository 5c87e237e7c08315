import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../shared/corpus');

/** One row of the corpus's MANIFEST.tsv; numbers where the column is a count, undefined where the cell is empty. */
export interface CorpusFile {
  /** Path below the corpus folder. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly sopClassUid: string;
  readonly sopClass: string;
  readonly modality: string;
  readonly transferSyntaxUid: string;
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  readonly frames: number | undefined;
  readonly bitsAllocated: number | undefined;
  readonly photometric: string;
  readonly burnedInText: string;
  readonly note: string;
  /** Exit code of `gdcmconv --raw`: 0 is the best hint that the pixels decode. */
  readonly gdcmConvertsRaw: boolean;
  /** SHA-256 of the pixel data GDCM decodes, or ''. */
  readonly rawPixelSha256: string;
  /** Every column as text, by the name in the first line. */
  readonly row: Readonly<Record<string, string>>;
}

/** A reason to skip by name, or false: `t.test('...', { skip: corpusMissing }, ...)`. */
export const corpusMissing: string | false = existsSync(join(root, 'MANIFEST.tsv'))
  ? false
  : 'the corpus folder ../shared/corpus is absent';

/** Files that end Orthanc 1.10.1 itself when they are uploaded: nested deeper than its stack. Not to be sent through it. */
export const orthancCrashers: readonly string[] = ['generated/mal_nested_sequences_200.dcm'];

/** Path of one corpus file. */
export function corpusPath(name: string): string {
  return join(root, name);
}

/** All files of the corpus, in the order of the manifest; none where the folder is absent. */
export function corpusFiles(): CorpusFile[] {
  if (corpusMissing !== false) return [];
  const [head = '', ...lines] = readFileSync(join(root, 'MANIFEST.tsv'), 'utf8')
    .split(/\r?\n/)
    .filter(Boolean);
  const columns = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return corpusFile(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])));
  });
}

function corpusFile(row: Readonly<Record<string, string>>): CorpusFile {
  const text = (column: string): string => row[column] ?? '';
  const count = (column: string): number | undefined =>
    text(column) === '' ? undefined : Number(text(column));
  return {
    name: text('file'),
    path: join(root, text('file')),
    bytes: Number(text('bytes')),
    sopClassUid: text('sop_class_uid'),
    sopClass: text('sop_class'),
    modality: text('modality'),
    transferSyntaxUid: text('transfer_syntax_uid'),
    rows: count('rows'),
    columns: count('columns'),
    frames: count('frames'),
    bitsAllocated: count('bits_allocated'),
    photometric: text('photometric'),
    burnedInText: text('burned_in_text'),
    note: text('note'),
    gdcmConvertsRaw: text('gdcmconv_raw_rc') === '0',
    rawPixelSha256: text('gdcm_raw_pixeldata_sha256'),
    row,
  };
}
