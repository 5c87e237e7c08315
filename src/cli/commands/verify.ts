import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes } from '../../core/errors.ts';
import { lookup } from '../../dicom/dictionary.ts';
import { openFileSource } from '../../pipeline/file-source.ts';
import { readManifest } from '../../verify/manifest.ts';
import { findingNames, type VerifyReport } from '../../verify/report.ts';
import { verify } from '../../verify/verify.ts';
import type { CommandIo } from '../io.ts';
import { ProgressLine } from '../progress-line.ts';

const progressEvery = 16;

/**
 * `verify ORIGINALS OUTPUTS [--manifest FILE] [--all] [--json REPORT]`: searches every byte and every text of the outputs for the
 * identifiers of the originals, and says where one is left without saying what it is. Exit code 65 for a leak, 66 where
 * something could not be read, 1 for other findings.
 */
export async function verifyCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      manifest: { type: 'string' },
      json: { type: 'string' },
      all: { type: 'boolean', default: false },
    },
  });
  const [originals, outputs] = positionals;
  if (originals === undefined || outputs === undefined || positionals.length !== 2) {
    io.stderr.write('sallyport verify: ORIGINALS and OUTPUTS are needed: two folders, or two files\n');
    return exitCodes.usage;
  }
  const manifestPath = values.manifest === undefined ? undefined : resolve(values.manifest);
  const manifestText = manifestPath === undefined ? undefined : readText(manifestPath);
  if (manifestPath !== undefined && manifestText === undefined) {
    io.stderr.write('sallyport verify: the manifest cannot be read\n');
    return exitCodes.noInput;
  }
  const manifest = manifestText === undefined ? undefined : readManifest(manifestText);
  const base = resolve(outputs);
  const outputFiles = filesUnder(base).filter((path) => path !== manifestPath);
  const inOutputs = (path: string): boolean => path === base || path.startsWith(join(base, '/'));
  const originalFiles = filesUnder(resolve(originals)).filter(
    (path) => !inOutputs(path) && path !== manifestPath,
  );
  if (originalFiles.length === 0 || outputFiles.length === 0) {
    io.stderr.write('sallyport verify: there are no files under ORIGINALS or OUTPUTS\n');
    return exitCodes.noInput;
  }
  const lines = {
    originals: new ProgressLine(io.stderr, 'originals read'),
    outputs: new ProgressLine(io.stderr, 'outputs searched'),
  };
  const report = verify({
    originals: originalFiles,
    outputs: outputFiles,
    manifest,
    all: values.all,
    open: (path) => openFileSource(path),
    resolve: (path) => resolve(path),
    nameOf: (path) => relative(base, path) || 'OUTPUTS',
    progress: (stage, done, total) => {
      if (done === total) lines[stage].end(done, total);
      else if (done % progressEvery === 0) lines[stage].show(done, total);
    },
  });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  io.stdout.write(asText(report));
  return exitCodeOf(report);
}

function exitCodeOf({ verdict }: VerifyReport): number {
  if (verdict === 'leaks') return exitCodes.leaksFound;
  if (verdict === 'incomplete') return exitCodes.noInput;
  return verdict === 'findings' ? exitCodes.someRefused : exitCodes.ok;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** Every file under a path, folders in order of names; links to folders are not followed. */
function filesUnder(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return filesUnder(inner);
      const isFile =
        entry.isFile() || (entry.isSymbolicLink() && statSync(inner, { throwIfNoEntry: false })?.isFile());
      return isFile ? [inner] : [];
    });
}

const titles = {
  leak: 'LEAKS: an identifier of the originals is in the outputs',
  'kept-under-option': 'Kept under an option of the profile',
  'kept-text': 'Text of the originals that went out unchanged (no identifier by itself)',
} as const;

function asText(report: VerifyReport): string {
  const text: string[] = [];
  for (const verdict of ['leak', 'kept-under-option'] as const) {
    const rows = report.rows.filter((row) => row.verdict === verdict);
    if (rows.length === 0) continue;
    const cells = rows.map(({ where, kind, from, option, outputs, examples }) => [
      where,
      option === undefined ? kind : `${kind} (${option})`,
      from,
      String(outputs),
      examples[0] ?? '',
    ]);
    text.push(
      `${titles[verdict]}\n`,
      table([['where', 'kind', 'value of', 'outputs', 'first'], ...cells]),
      '\n',
    );
  }
  const kept = keptText(report.rows);
  if (kept.length > 0)
    text.push(`${titles['kept-text']}\n`, table([['attribute', 'places', 'outputs'], ...kept]), '\n');
  for (const { finding, count, examples } of report.findings)
    text.push(
      `${count} x ${finding}: ${findingNames[finding]}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}\n`,
    );
  const { identical, changed } = report.pixelData;
  text.push(
    `${report.outputs} outputs, ${report.searchedBytes} bytes, searched for ${report.patterns} spellings of ${report.originals} originals; ` +
      `${report.pairs} compared with their own original; pixel data the same in ${identical}, changed in ${changed}\n`,
    ...(report.claimCleanPixels > 0
      ? [
          `${report.claimCleanPixels} claim Clean Pixel Data (113101); whether text is left in their pixels was not looked at\n`,
        ]
      : []),
    `Not searched: ${report.notSearched.join('; ')}.\n`,
    `Verdict: ${report.verdict}\n`,
  );
  return text.join('');
}

/** By attribute: the places are in the JSON report. */
function keptText(rows: VerifyReport['rows']): string[][] {
  const byTag = new Map<string, { places: number; outputs: number }>();
  for (const { verdict, where, outputs } of rows) {
    if (verdict !== 'kept-text') continue;
    const tag = where.slice(-11);
    const known = byTag.get(tag) ?? { places: 0, outputs: 0 };
    byTag.set(tag, { places: known.places + 1, outputs: Math.max(known.outputs, outputs) });
  }
  return [...byTag]
    .sort()
    .map(([tag, { places, outputs }]) => [
      `${tag} ${lookup(Number.parseInt(tag.replace(/[(),]/g, ''), 16))?.keyword ?? ''}`.trim(),
      String(places),
      String(outputs),
    ]);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
