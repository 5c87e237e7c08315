import { tmpdir } from 'node:os';
import { SallyportError } from '../../core/errors.ts';
import { type SelectedFrames, selectedFrames } from '../frame-selection.ts';
import type { EightBitImage } from '../output/sharp.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { DrawSettings, RenderSurroundings } from '../settings.ts';
import { type DecodeRequest, type Ffmpeg, findFfmpeg, startDecoding } from './ffmpeg.ts';
import { OutputReader } from './output-reader.ts';
import { writeStreamFile } from './stream-file.ts';

/** One selected frame of a video. */
export interface VideoFrame {
  /** From 0, in the order of display. */
  readonly index: number;
  /** Of the stream, counted: what Number of Frames should say, and for videos often does not. */
  readonly numberOfFrames: number;
  readonly framesSelected: number;
  readonly image: EightBitImage;
}

/** What videos need of the settings. */
export type VideoSettings = Pick<DrawSettings, 'ffmpeg' | 'frames' | 'frameTimeoutMs' | 'maxFrames'>;

/**
 * Frames by which a stream may fall short of Number of Frames: an open group of pictures at its beginning has up to two
 * that refer to pictures before it, and a number made from duration and rate is off by one. More means a cut stream.
 */
const toleratedMissing = 3;
/** Against streams that need far more memory than described: coded pictures are larger, decoders' buffers larger still. */
const codedSlack = 512;
const maxLineBytes = 512;

/**
 * Decodes a video (PS3.5 8.2.5 to 8.2.11) by an external ffmpeg, one frame in memory at a time, 8 bits of RGB. It is
 * decoded twice: first to count and to hold every frame against Rows and Columns, so that nothing is given of a stream
 * that is damaged, cut or of another size, and a selection means what it says; then for the selected frames. All frames
 * of the stream are frames of the instance, also where Number of Frames says fewer.
 *
 * The stream lies in a file without a name in the scratch folder meanwhile. Whoever stops early calls `return`. Throws
 * VIDEO_DECODER_MISSING, PIXEL_DATA_INVALID, PIXEL_FORMAT_UNSUPPORTED, PIXEL_LIMIT_EXCEEDED, RENDER_TIMEOUT where one
 * frame takes longer than allowed, STORAGE_FAILED.
 */
export async function* videoFrames(
  pixels: PixelDescription,
  settings: VideoSettings,
  { scratchFolder = tmpdir(), onProgress = () => undefined }: RenderSurroundings = {},
): AsyncGenerator<VideoFrame> {
  const { body } = pixels.element;
  if (body.kind !== 'fragments') throw invalid('encapsulated pixel data expected');
  // PS3.5 8.2.5: three samples. What one sample with a palette or an inversion would mean is nowhere said.
  if (pixels.samplesPerPixel !== 3) throw invalid('samples per pixel');
  const ffmpeg = await findFfmpeg(settings.ffmpeg, settings.frameTimeoutMs);
  const file = writeStreamFile(body, { folder: scratchFolder, readers: 2, onProgress });
  try {
    const [forCounting, forImages] = file.descriptors as [number, number];
    const request = {
      maxPixels: (pixels.rows + codedSlack) * (pixels.columns + codedSlack),
      timeoutMs: settings.frameTimeoutMs,
    };
    const numberOfFrames = await countFrames(
      ffmpeg,
      { ...request, descriptor: forCounting, output: 'count' },
      pixels,
      { ...settings, onProgress },
    );
    if (numberOfFrames + toleratedMissing < pixels.numberOfFrames)
      throw invalid('fewer frames than described');
    const selected = selectedFrames(settings.frames, numberOfFrames);
    yield* images(ffmpeg, { ...request, descriptor: forImages, output: 'images' }, pixels, {
      numberOfFrames,
      selected,
      onProgress,
    });
  } finally {
    file.close();
  }
}

function invalid(detail: string): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail });
}

function unsupported(detail: string): SallyportError {
  return new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail });
}

/**
 * Reads ffmpeg's `framecrc`: lines of `#`, among them `#dimensions 0: 640x480`, then one line per frame that begins with
 * the number of its stream.
 */
async function countFrames(
  ffmpeg: Ffmpeg,
  request: DecodeRequest,
  pixels: PixelDescription,
  settings: VideoSettings & { readonly onProgress: () => void },
): Promise<number> {
  const decoder = await startDecoding(ffmpeg, request);
  try {
    const output = new OutputReader(decoder);
    let count = 0;
    let sized = false;
    for (;;) {
      const line = await decoder.within(() => output.line(maxLineBytes));
      if (line === undefined) break;
      if (/^(#\w+ )?[1-9]\d*[:,]/.test(line)) throw unsupported('several videos');
      if (line.startsWith('#dimensions 0: ')) {
        if (line.slice('#dimensions 0: '.length) !== `${pixels.columns}x${pixels.rows}`)
          throw invalid('size of the video');
        sized = true;
      }
      if (!line.startsWith('0,')) continue;
      count += 1;
      settings.onProgress();
      if (selectedFrames(settings.frames, count).count > settings.maxFrames) {
        throw new SallyportError('PIXEL_LIMIT_EXCEEDED', { detail: 'number of frames' });
      }
    }
    const whole = await decoder.within(async () => (await output.atEnd()) && (await decoder.succeeded()));
    if (!whole || !sized || count === 0) throw invalid('video stream');
    return count;
  } finally {
    await decoder.stop();
  }
}

async function* images(
  ffmpeg: Ffmpeg,
  request: DecodeRequest,
  pixels: PixelDescription,
  {
    numberOfFrames,
    selected,
    onProgress,
  }: {
    readonly numberOfFrames: number;
    readonly selected: SelectedFrames;
    readonly onProgress: () => void;
  },
): AsyncGenerator<VideoFrame> {
  const { columns: width, rows: height } = pixels;
  const decoder = await startDecoding(ffmpeg, request);
  try {
    const output = new OutputReader(decoder);
    let index = 0;
    for (let position = 0; position < selected.count; position++) {
      for (; index < selected.at(position); index++) {
        await decoder.within(() => nextImage(output, width, height, true));
        onProgress();
      }
      const bytes = await decoder.within(() => nextImage(output, width, height, false));
      const image = { width, height, channels: 3, pixels: bytes } as const;
      yield { index, numberOfFrames, framesSelected: selected.count, image };
      index += 1;
    }
    // Stopped after the last selected frame: that the rest is whole is known from the counting.
    if (index < numberOfFrames) return;
    const whole = await decoder.within(async () => (await output.atEnd()) && (await decoder.succeeded()));
    if (!whole) throw invalid('video stream');
  } finally {
    await decoder.stop();
  }
}

/** The pixels of the next binary PPM of 8 bits, which must have this size; empty where it is passed over. */
async function nextImage(
  output: OutputReader,
  width: number,
  height: number,
  passedOver: boolean,
): Promise<Uint8Array> {
  for (const expected of ['P6', `${width} ${height}`, '255']) {
    if ((await output.line(maxLineBytes)) !== expected) throw invalid('video stream');
  }
  const length = 3 * width * height;
  const bytes = new Uint8Array(passedOver ? 0 : length);
  if (!(passedOver ? await output.skip(length) : await output.fill(bytes))) throw invalid('video stream');
  return bytes;
}
