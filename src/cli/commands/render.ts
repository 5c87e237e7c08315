import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asSallyportError, type ErrorCode, errorRow, exitCodes, SallyportError } from '../../core/errors.ts';
import { readPart10 } from '../../dicom/part10.ts';
import { type FileSource, openFileSource } from '../../pipeline/file-source.ts';
import { type ContentType, fileExtensions } from '../../render/output/content-type.ts';
import { type RenderedFrame, renderAsIs } from '../../render/render.ts';
import type { RenderSettings } from '../../render/settings.ts';
import type { Command, CommandIo } from '../io.ts';
import { renderOptions, renderOptionsHelp, renderSettingsOf } from '../render-arguments.ts';

interface FrameLine {
  readonly frame: number;
  readonly output: string;
  readonly contentType: ContentType;
  /** Columns and Rows of the input. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the output. */
  readonly dataWidth: number;
  readonly dataHeight: number;
  /** Where the samples of the output are stored values: stored value = sample * slope + intercept. */
  readonly sampleBits?: 8 | 16;
  readonly sampleSlope?: number;
  readonly sampleIntercept?: number;
  readonly sampleNoValue?: number;
}

/** One line of the manifest. */
interface ManifestLine {
  readonly input: string;
  readonly status: 'rendered' | 'held' | 'failed';
  readonly code: ErrorCode | null;
  readonly reason: string | null;
  readonly frames: readonly FrameLine[];
}

const help = `Usage: sallyport render PATH… --output DIR [--manifest FILE] [options]

Renders DICOM files, and those in folders, to images, one file per frame: JPEG, or another format.
The files are rendered as they are: nothing is de-identified, text burned into the pixels stays.

  --output DIR           folder for the images, made if missing; named by the number of the input and of the frame
  --manifest FILE        one JSON line per input: input, status, code, reason, and of each frame its number, output,
                         contentType, width and height (stored), dataWidth and dataHeight (of the output); without loss
                         also sampleBits, sampleSlope and sampleIntercept: stored value = sample x slope + intercept
${renderOptionsHelp}`;

/**
 * Renders files as they are. Exit code 0 when all inputs were rendered, 1 when any was not, 64 for wrong arguments, 73
 * when the output cannot be created. One bad input never ends the run.
 */
export const renderCommand: Command = async (args, io) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      manifest: { type: 'string', short: 'm' },
      ...renderOptions,
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    io.stdout.write(help);
    return exitCodes.ok;
  }
  if (values.output === undefined || positionals.length === 0) return wrong(io, help);
  const made = renderSettingsOf(values);
  if ('faults' in made) return wrong(io, made.faults.map((fault) => `${fault}\n`).join(''));
  let manifest: WriteStream | undefined;
  try {
    await mkdir(values.output, { recursive: true });
    manifest = values.manifest === undefined ? undefined : await openManifest(values.manifest);
  } catch {
    io.stderr.write('sallyport: the output folder or the manifest cannot be created\n');
    return exitCodes.cannotCreate;
  }
  const counts = { rendered: 0, held: 0, failed: 0, frames: 0 };
  let number = 0;
  for await (const input of inputsOf(positionals)) {
    number += 1;
    const line = await renderOne(input, number, values.output, made.settings);
    counts[line.status] += 1;
    counts.frames += line.frames.length;
    if (line.status !== 'rendered')
      io.stderr.write(`${input}: ${line.status}, ${line.code}: ${line.reason}\n`);
    if (manifest !== undefined && !(await writeLine(manifest, line))) {
      io.stderr.write('sallyport: the manifest cannot be written\n');
      return exitCodes.cannotCreate;
    }
  }
  if (manifest !== undefined) await new Promise<void>((resolve) => manifest.end(() => resolve()));
  io.stdout.write(
    `${counts.rendered} rendered with ${counts.frames} frames, ${counts.held} held, ${counts.failed} failed\n`,
  );
  return counts.held + counts.failed === 0 && number > 0 ? exitCodes.ok : exitCodes.someRefused;
};

function wrong(io: CommandIo, text: string): number {
  io.stderr.write(text);
  return exitCodes.usage;
}

function openManifest(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path);
  return new Promise((resolve, reject) => {
    stream.once('open', () => resolve(stream));
    stream.once('error', reject);
  });
}

/** Resolves when the line has left for the file; false when it could not. */
function writeLine(manifest: WriteStream, line: ManifestLine): Promise<boolean> {
  return new Promise((resolve) => {
    manifest.write(`${JSON.stringify(line)}\n`, (error) => resolve(error === null || error === undefined));
  });
}

/** Files as named, and all files below folders, in order of name. Links inside folders are not followed. */
async function* inputsOf(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      yield path;
      continue;
    }
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) {
      yield path;
      continue;
    }
    const named = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of named) {
      if (entry.isDirectory()) yield* inputsOf([join(path, entry.name)]);
      else if (entry.isFile()) yield join(path, entry.name);
    }
  }
}

/** All frames of one input, or none: what was written before a fault is taken back. */
async function renderOne(
  input: string,
  number: number,
  outputDir: string,
  settings: RenderSettings,
): Promise<ManifestLine> {
  const frames: FrameLine[] = [];
  try {
    await renderFrames(input, number, outputDir, settings, frames);
    return { input, status: 'rendered', code: null, reason: null, frames };
  } catch (thrown) {
    for (const { output } of frames) await rm(output, { force: true }).catch(() => undefined);
    const { code, disposition } = asSallyportError(thrown);
    const status = disposition === 'hold' && code !== 'UNEXPECTED' ? 'held' : 'failed';
    return { input, status, code, reason: errorRow(code).message, frames: [] };
  }
}

function openInput(path: string): FileSource {
  try {
    return openFileSource(path);
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : new SallyportError('FILE_UNREADABLE', { cause });
  }
}

async function renderFrames(
  input: string,
  number: number,
  outputDir: string,
  settings: RenderSettings,
  frames: FrameLine[],
): Promise<void> {
  const file = openInput(input);
  try {
    const { dataSet, transferSyntaxUid } = readPart10(file);
    for await (const rendered of renderAsIs(dataSet, transferSyntaxUid, settings)) {
      const line = frameLine(rendered, outputDir, number);
      frames.push(line);
      await writeFile(line.output, rendered.data).catch((cause: unknown) => {
        throw new SallyportError('STORAGE_FAILED', { cause });
      });
    }
  } finally {
    file.close();
  }
}

function frameLine(rendered: RenderedFrame, outputDir: string, number: number): FrameLine {
  const { frame, contentType, width, height, dataWidth, dataHeight } = rendered;
  const { sampleBits, sampleSlope, sampleIntercept, sampleNoValue } = rendered;
  const name = `${String(number).padStart(6, '0')}-${String(frame).padStart(5, '0')}.${fileExtensions[contentType]}`;
  const output = join(outputDir, name);
  return {
    ...{ frame, output, contentType, width, height, dataWidth, dataHeight },
    ...(sampleBits === undefined ? {} : { sampleBits }),
    ...(sampleSlope === undefined ? {} : { sampleSlope }),
    ...(sampleIntercept === undefined ? {} : { sampleIntercept }),
    ...(sampleNoValue === undefined ? {} : { sampleNoValue }),
  };
}
