import { parseArgs } from 'node:util';
import { asSallyportError, errorRow, exitCodes, SallyportError } from '../../core/errors.ts';
import { parseWindowChoice } from '../../core/render-choices.ts';
import { readPart10 } from '../../dicom/part10.ts';
import { tags } from '../../dicom/tags.ts';
import { firstNumber } from '../../dicom/values.ts';
import { type FileSource, openFileSource } from '../../pipeline/file-source.ts';
import { drawAll } from '../../render/render.ts';
import { type DrawSettings, standardRenderSettings } from '../../render/settings.ts';
import { frameDurations } from '../../render/video/frame-times.ts';
import type { Command } from '../io.ts';
import { type MovieFile, openMp4File, openWebpFile } from '../video/movie-file.ts';

const help = `Usage: sallyport video PATH --output FILE [options]

Exports the frames of one DICOM file as a video: FILE.mp4 by ffmpeg (H.264), or FILE.webp (animated) without it.
The frames are shown as they are: nothing is de-identified, text burned into the pixels stays.

  --output FILE      ends with .mp4 or .webp
  --fps N            frames a second, 0.1 to 240; without it the times of the file: Frame Time Vector, Frame Time,
                     Recommended Display Frame Rate or Cine Rate, else 10 a second
  --quality N        1 to 100 (default 90)
  --window WHICH     as with render: 1 (default), 2, …, explanation:TEXT or automatic
  --ffmpeg PROGRAM   encodes MP4 and decodes videos, by name or path (default ffmpeg)
`;

interface Asked {
  readonly input: string;
  readonly output: string;
  readonly container: 'mp4' | 'webp';
  readonly framesPerSecond: number | undefined;
  readonly quality: number;
  readonly settings: DrawSettings;
  readonly ffmpeg: string;
}

/**
 * Exports a multi-frame instance as a video. Exit code 0 when the file is whole, 1 when the input cannot be shown, 64 for
 * wrong arguments, 73 when the output cannot be written.
 */
export const videoCommand: Command = async (args, io) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      fps: { type: 'string' },
      quality: { type: 'string', default: '90' },
      window: { type: 'string', default: '1' },
      ffmpeg: { type: 'string', default: 'ffmpeg' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    io.stdout.write(help);
    return exitCodes.ok;
  }
  const [input] = positionals;
  const container = /\.(mp4|webp)$/i.exec(values.output ?? '')?.[1]?.toLowerCase();
  const framesPerSecond = values.fps === undefined ? undefined : Number(values.fps);
  const quality = Number(values.quality);
  const window = parseWindowChoice(values.window);
  const faults = [
    (input === undefined || positionals.length > 1) && 'one PATH is wanted',
    container === undefined && '--output is a file that ends with .mp4 or .webp',
    framesPerSecond !== undefined &&
      !(framesPerSecond >= 0.1 && framesPerSecond <= 240) &&
      '--fps is a number from 0.1 to 240',
    !(Number.isInteger(quality) && quality >= 1 && quality <= 100) &&
      '--quality is a whole number from 1 to 100',
    window === undefined && '--window is a number from 1 to 99, automatic or explanation:TEXT',
  ].filter((fault) => fault !== false);
  if (faults.length > 0 || input === undefined || window === undefined || values.output === undefined) {
    io.stderr.write(faults.map((fault) => `${fault}\n`).join(''));
    return exitCodes.usage;
  }
  try {
    const frames = await exportVideo({
      input,
      output: values.output,
      container: container === 'mp4' ? 'mp4' : 'webp',
      framesPerSecond,
      quality,
      settings: { ...standardRenderSettings, window, ffmpeg: values.ffmpeg },
      ffmpeg: values.ffmpeg,
    });
    io.stdout.write(`${frames} frames\n`);
    return exitCodes.ok;
  } catch (thrown) {
    const { code } = asSallyportError(thrown);
    const isEncoder = code === 'VIDEO_DECODER_MISSING' && container === 'mp4';
    const reason = isEncoder
      ? 'no ffmpeg here: install it, or choose a file that ends with .webp'
      : errorRow(code).message;
    io.stderr.write(`${input}: ${code}: ${reason}\n`);
    return code === 'STORAGE_FAILED' ? exitCodes.cannotCreate : exitCodes.someRefused;
  }
};

/** Number of frames written. What was written before a fault is taken back. */
async function exportVideo(asked: Asked): Promise<number> {
  const source = openInput(asked.input);
  let movie: MovieFile | undefined;
  let frames = 0;
  try {
    const { dataSet, transferSyntaxUid } = readPart10(source);
    const durationOf = frameDurations(dataSet, asked.framesPerSecond);
    for await (const { image, displaySize, frame } of drawAll(dataSet, transferSyntaxUid, asked.settings)) {
      const size = displaySize ?? image;
      const count = firstNumber(dataSet, tags.NumberOfFrames) ?? 1;
      const durations = Array.from({ length: movie === undefined ? count : 0 }, (_, index) =>
        durationOf(index),
      );
      movie ??=
        asked.container === 'webp'
          ? openWebpFile(asked.output, size, asked.quality)
          : await openMp4File(asked.output, image, size, {
              program: asked.ffmpeg,
              quality: asked.quality,
              shortestMs: durations.reduce((least, other) => Math.min(least, other), durationOf(0)),
            });
      await movie.add(image, durationOf(frame - 1));
      frames += 1;
    }
    if (movie === undefined) throw new SallyportError('NO_PIXEL_DATA');
    await movie.finish();
    return frames;
  } catch (thrown) {
    await movie?.discard();
    throw thrown;
  } finally {
    source.close();
  }
}

function openInput(path: string): FileSource {
  try {
    return openFileSource(path);
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : new SallyportError('FILE_UNREADABLE', { cause });
  }
}
