import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { annotate } from '../../annotate/annotate.ts';
import type { Annotation, TruthText } from '../../annotate/annotation.ts';
import { withIdentity, withNewUids } from '../../annotate/header.ts';
import {
  type BurnedIdentity,
  burnedIdentity,
  identityLines,
  languages,
  pick,
} from '../../annotate/identifiers.ts';
import { layOut } from '../../annotate/layout.ts';
import { planRandomly, standardRandomPlan } from '../../annotate/plan.ts';
import { asSallyportError, errorRow, exitCodes, SallyportError } from '../../core/errors.ts';
import { encodePart10 } from '../../dicom/encode.ts';
import { encodeFileMeta } from '../../dicom/file-meta.ts';
import { readPart10 } from '../../dicom/part10.ts';
import { tags } from '../../dicom/tags.ts';
import { firstNumber, firstText } from '../../dicom/values.ts';
import { type FileSource, openFileSource } from '../../pipeline/file-source.ts';
import { writeFile } from '../../pipeline/write-file.ts';
import type { EightBitImage } from '../../render/output/sharp.ts';
import { drawFrames } from '../../render/render.ts';
import { standardRenderSettings } from '../../render/settings.ts';
import { seededRandom } from '../../synthetic/random.ts';
import {
  type AnnotateArguments,
  annotateArguments,
  annotateHelp,
  annotateOptions,
} from '../annotate-arguments.ts';
import { walk } from '../deidentify/walk.ts';
import type { Command } from '../io.ts';

/** One file of the truth. */
interface TruthFile {
  readonly input: string;
  readonly output: string;
  readonly sopInstanceUid: string;
  readonly columns: number;
  readonly rows: number;
  readonly numberOfFrames: number;
  readonly texts: readonly TruthText[];
}

/**
 * Burns invented identifiers into images. Exit code 0 when all inputs were annotated, 1 when any was not, 64 for wrong
 * arguments, 73 when the output cannot be created. One bad input never ends the run.
 */
export const annotateCommand: Command = async (args, io) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: annotateOptions });
  if (values.help) {
    io.stdout.write(annotateHelp);
    return exitCodes.ok;
  }
  const made = annotateArguments(values);
  if ('faults' in made || positionals.length === 0) {
    io.stderr.write('faults' in made ? made.faults.map((fault) => `${fault}\n`).join('') : annotateHelp);
    return exitCodes.usage;
  }
  const { asked } = made;
  let truth: WriteStream;
  try {
    mkdirSync(asked.output, { recursive: true });
    if (positionals.some((path) => wouldOverwrite(path, asked))) {
      io.stderr.write(
        'sallyport: an input is in the folder of outputs, or is the truth file; choose other ones\n',
      );
      return exitCodes.usage;
    }
    truth = await opened(asked.truth);
  } catch {
    io.stderr.write('sallyport: the output folder or the truth file cannot be created\n');
    return exitCodes.cannotCreate;
  }
  const counts = { files: 0, texts: 0, refused: 0 };
  truth.write(`{"version":1,"seed":${JSON.stringify(asked.seed)},"files":[`);
  let number = 0;
  for (const input of walk(positionals, [resolve(asked.output)])) {
    number += 1;
    try {
      const file = await annotateFile(input, number, asked);
      truth.write(`${counts.files === 0 ? '' : ','}\n${JSON.stringify(file)}`);
      counts.files += 1;
      counts.texts += file.texts.length;
    } catch (thrown) {
      const { code, detail } = asSallyportError(thrown);
      if (code === 'STORAGE_FAILED') {
        io.stderr.write('sallyport: an output cannot be written\n');
        return exitCodes.cannotCreate;
      }
      counts.refused += 1;
      const which = code === 'REQUEST_INVALID' ? ` (${detail})` : '';
      io.stderr.write(`${input}: ${code}: ${errorRow(code).message}${which}\n`);
    }
  }
  const written = await new Promise<boolean>((done) => {
    truth.once('error', () => done(false));
    truth.end('\n]}\n', () => done(true));
  });
  if (!written) return exitCodes.cannotCreate;
  io.stdout.write(`${counts.files} annotated with ${counts.texts} texts, ${counts.refused} not\n`);
  return counts.refused === 0 && number > 0 ? exitCodes.ok : exitCodes.someRefused;
};

/** Outputs are named by number, as images are that came from here. */
function wouldOverwrite(input: string, { output, truth }: AnnotateArguments): boolean {
  const path = resolve(input);
  return [path, dirname(path)].includes(resolve(output)) || path === resolve(truth);
}

function opened(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path);
  return new Promise((done, reject) => {
    stream.once('open', () => done(stream));
    stream.once('error', reject);
  });
}

async function annotateFile(input: string, number: number, asked: AnnotateArguments): Promise<TruthFile> {
  const source = openInput(input);
  try {
    const read = readPart10(source);
    const settings = { ...standardRenderSettings, ffmpeg: null, frames: { kind: 'first' } } as const;
    const [first] = drawFrames(read.dataSet, read.transferSyntaxUid, settings);
    if (first === undefined) throw new SallyportError('NO_PIXEL_DATA');
    const { image } = first;
    const numberOfFrames = firstNumber(read.dataSet, tags.NumberOfFrames) ?? 1;
    if (asked.random === undefined && asked.layout.frame > numberOfFrames)
      throw new SallyportError('REQUEST_INVALID', {
        detail: `--frames ${asked.layout.frame} of ${numberOfFrames}`,
      });
    const { who, annotations } = plan(image, numberOfFrames, asked, `${asked.seed} ${number}`);
    const renamed = withNewUids(read.dataSet, asked.seed);
    const dataSet = asked.header ? withIdentity(renamed, who) : renamed;
    const annotated = await annotate({ ...read, dataSet }, annotations, asked.encoding);
    const output = `${String(number).padStart(6, '0')}.dcm`;
    const sopInstanceUid = firstText(dataSet, tags.SOPInstanceUID) ?? '';
    const head = encodeFileMeta({
      sopClassUid: firstText(dataSet, tags.SOPClassUID) ?? '',
      sopInstanceUid,
      transferSyntaxUid: annotated.transferSyntaxUid,
    });
    write(join(asked.output, output), encodePart10({ ...annotated, head }));
    return {
      input,
      output,
      sopInstanceUid,
      columns: image.width,
      rows: image.height,
      numberOfFrames,
      texts: annotated.texts,
    };
  } finally {
    source.close();
  }
}

function plan(
  image: EightBitImage,
  numberOfFrames: number,
  asked: AnnotateArguments,
  seed: string,
): { readonly who: BurnedIdentity; readonly annotations: readonly Annotation[] } {
  const known = asked.language === 'any' ? languages : [asked.language];
  if (asked.random !== undefined)
    return planRandomly(image, numberOfFrames, {
      ...standardRandomPlan,
      seed,
      count: asked.random,
      languages: known,
    });
  const who = burnedIdentity(seed, pick(seededRandom(`language ${seed}`), known));
  const lines = asked.layout.lines.length > 0 ? asked.layout.lines : identityLines(who);
  return { who, annotations: layOut(image, numberOfFrames, { ...asked.layout, lines }) };
}

function openInput(path: string): FileSource {
  try {
    return openFileSource(path);
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : new SallyportError('FILE_UNREADABLE', { cause });
  }
}

function write(path: string, chunks: Iterable<Uint8Array>): void {
  try {
    writeFile(path, chunks, { fsync: false });
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : new SallyportError('STORAGE_FAILED', { cause });
  }
}
