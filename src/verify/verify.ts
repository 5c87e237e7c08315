import type { ByteSource } from '../dicom/byte-source.ts';
import { type Manifest, type ManifestLine, PathIndex } from './manifest.ts';
import { Subjects } from './originals.ts';
import { checkOutput } from './output.ts';
import { pixelDataDigest } from './pixel-data.ts';
import { ReportBuilder, type VerifyReport } from './report.ts';
import { textOf } from './values.ts';

/** A file to read; `close` gives back what `open` took. */
export interface OpenSource extends ByteSource {
  close(): void;
}

export interface VerifyOptions {
  /** Paths of the files under ORIGINALS and OUTPUTS. */
  readonly originals: readonly string[];
  readonly outputs: readonly string[];
  readonly manifest: Manifest | undefined;
  /** Opens a file; throws where that cannot be done. */
  readonly open: (path: string) => OpenSource;
  /** How a path of the manifest is written in the lists above. */
  readonly resolve: (path: string) => string;
  /** Path of an output as it may be printed. */
  readonly nameOf: (output: string) => string;
  /** Search every output for the identifiers of all originals, not only of its own patient. */
  readonly all: boolean;
  readonly progress: (stage: 'originals' | 'outputs', done: number, total: number) => void;
}

interface Pair {
  readonly original: string | undefined;
  readonly line: ManifestLine;
}

/**
 * Searches outputs of de-identification for the identifiers of their originals: every byte, and text in every character
 * set. It is independent of src/deidentify, whose work it judges. Faults of single files become findings; it throws only
 * for what nobody foresaw.
 */
export function verify(options: VerifyOptions): VerifyReport {
  const report = new ReportBuilder();
  const pairs = pairUp(options, report);
  const paired = new Set(pairs.keys());
  const strays = options.outputs.filter((output) => !paired.has(output));
  // An output's name may repeat an identifier: that is one of the things looked for. Its number does not.
  const numbers = new Map(options.outputs.map((path, index) => [path, index + 1]));
  const printable = (path: string): string => {
    const pair = pairs.get(path);
    return pair === undefined ? `output ${numbers.get(path) ?? 0}` : `line ${pair.line.line}`;
  };
  if (options.manifest !== undefined)
    for (const stray of strays) report.finding('output-not-in-manifest', printable(stray));
  const subjects = new Subjects(
    options.all || strays.length > 0 || [...pairs.values()].some(({ original }) => original === undefined),
  );
  const groupsOf = new Map<string, ReturnType<Subjects['add']>['groups']>();
  options.originals.forEach((path, index) => {
    options.progress('originals', index, options.originals.length);
    try {
      using(options.open(path), (source) => {
        const { text, groups } = subjects.add(source);
        groupsOf.set(path, groups);
        if (!text.readByParser && !text.readByTokenizer && isUsed(pairs, path))
          report.finding('original-unreadable', lineOf(pairs, path));
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      report.finding('original-unreadable', lineOf(pairs, path));
    }
  });
  if (subjects.isFull) report.finding('too-many-identifiers');
  options.outputs.forEach((path, index) => {
    options.progress('outputs', index, options.outputs.length);
    const original = pairs.get(path)?.original;
    const own = original === undefined ? undefined : groupsOf.get(original);
    const everyone = subjects.everyone === undefined ? [] : [subjects.everyone];
    const identifiers = options.all || own === undefined ? everyone : own;
    try {
      using(options.open(path), (source) => {
        const text =
          original === undefined
            ? undefined
            : using(options.open(original), (opened) => textOf(opened).values);
        checkOutput(
          {
            source,
            name: printable(path),
            path: options.nameOf(path),
            identifiers,
            original: text,
            pixels: pairs.get(path)?.line.pixels,
            mustBeDicom: paired.has(path),
          },
          report,
        );
        if (original !== undefined) {
          const same = comparePixels(options, original, source, report);
          if (same && pairs.get(path)?.line.pixels?.changed === true)
            report.finding('pixels-not-changed', printable(path));
        }
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      report.finding('output-unreadable', printable(path));
    }
  });
  options.progress('outputs', options.outputs.length, options.outputs.length);
  const patterns = [
    ...subjects.groups,
    ...(subjects.everyone === undefined ? [] : [subjects.everyone]),
  ].reduce((sum, { size }) => sum + size, 0);
  return report.build({ originals: options.originals.length, outputs: options.outputs.length, patterns });
}

/** Outputs of the manifest with their originals; says what of the manifest does not fit the files. */
function pairUp(
  { originals, outputs, manifest, resolve }: VerifyOptions,
  report: ReportBuilder,
): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  if (manifest === undefined) return pairs;
  for (const line of manifest.unreadable) report.finding('manifest-line-unreadable', `line ${line}`);
  const [originalIndex, outputIndex] = [new PathIndex(originals), new PathIndex(outputs)];
  const named = new Set<string>();
  for (const line of manifest.lines) {
    const example = `line ${line.line}`;
    const original = originalIndex.find(resolve(line.input));
    if (original !== undefined) named.add(original);
    if (line.output === undefined) {
      if (line.status !== 'held' && line.status !== 'failed') report.finding('status-unknown', example);
      continue;
    }
    if (original === undefined) report.finding('original-missing', example);
    const output = outputIndex.find(resolve(line.output));
    if (output === undefined) report.finding('output-missing', example);
    else if (pairs.has(output)) report.finding('output-of-two-originals', example);
    else pairs.set(output, { original, line });
  }
  for (const original of originals) if (!named.has(original)) report.finding('original-not-in-manifest');
  return pairs;
}

/** Whether an output was made of the original, or nobody knows. */
function isUsed(pairs: ReadonlyMap<string, Pair>, original: string): boolean {
  return pairs.size === 0 || [...pairs.values()].some((pair) => pair.original === original);
}

function lineOf(pairs: ReadonlyMap<string, Pair>, original: string): string | undefined {
  for (const pair of pairs.values()) if (pair.original === original) return `line ${pair.line.line}`;
  return undefined;
}

function comparePixels(
  { open }: VerifyOptions,
  original: string,
  output: ByteSource,
  report: ReportBuilder,
): boolean {
  const [before, after] = [using(open(original), pixelDataDigest), pixelDataDigest(output)];
  if (after === undefined) report.pixelData.absent += 1;
  else if (before === after) report.pixelData.identical += 1;
  else report.pixelData.changed += 1;
  return after !== undefined && before === after;
}

function using<S extends OpenSource, T>(source: S, use: (source: S) => T): T {
  try {
    return use(source);
  } finally {
    source.close();
  }
}
