import { SallyportError } from '../../core/errors.ts';
import { type DecoderProcess, startDecoder } from './decoder-process.ts';
import { OutputReader } from './output-reader.ts';

/** An ffmpeg that can do the work. */
export interface Ffmpeg {
  readonly program: string;
  /** Option that passes on each frame once, whatever its time stamp: renamed in 5.1. */
  readonly passThrough: readonly string[];
}

/** Of the three codings, and no other: a container may name any that ffmpeg knows. MPEG-2 may be announced as MPEG-1. */
const codecs = ['mpeg1video', 'mpeg2video', 'h264', 'hevc'];
/** PS3.5 8.2.5 to 8.2.11: MP4, transport and program streams; devices also send the bare stream. */
const containers = ['mov', 'mpegts', 'mpeg', 'mpegvideo', 'h264', 'hevc'];
/** Of April 2021; older ones are not maintained by anybody. */
const oldest = 404;
const maxLineBytes = 1024;
const maxProbeLines = 20_000;
/** CPU time after which the system ends a decoder that nobody is left to stop. */
const maxCpuSeconds = 4 * 3600;

const known = new Map<string, Ffmpeg>();
const maxKnown = 16;

/**
 * Finds out whether a program, by name or path, is an ffmpeg that decodes what is needed. Asked once per thread when it
 * is; again at the next instance when it is not, for it may be installed meanwhile. `timeoutMs` holds for each answer.
 * Throws VIDEO_DECODER_MISSING.
 */
export async function findFfmpeg(program: string | null, timeoutMs: number): Promise<Ffmpeg> {
  if (program === null) throw new SallyportError('VIDEO_DECODER_MISSING');
  const before = known.get(program);
  if (before !== undefined) return before;
  const version = await ask(
    program,
    ['-version'],
    timeoutMs,
    /^ffmpeg version n?(?:\d+:)?(?:(\d+)\.(\d+)|\S+)/,
  );
  if (version === undefined) throw unsuited('not an ffmpeg');
  // A build from the repository has no number; it is a recent one.
  const number = version[1] === undefined ? 9999 : Number(version[1]) * 100 + Number(version[2]);
  if (number < oldest) throw unsuited('older than 4.4');
  for (const codec of codecs.slice(1)) {
    // Some distributions leave decoders out.
    const found = await ask(program, ['-decoders'], timeoutMs, new RegExp(`^ V\\S{5} ${codec} `));
    if (found === undefined) throw unsuited(`without ${codec}`);
  }
  const passThrough = number < 501 ? ['-vsync', 'passthrough'] : ['-fps_mode', 'passthrough'];
  if (known.size >= maxKnown) known.clear();
  const ffmpeg = { program, passThrough };
  known.set(program, ffmpeg);
  return ffmpeg;
}

function unsuited(detail: string): SallyportError {
  return new SallyportError('VIDEO_DECODER_MISSING', { detail });
}

/** First line of the program's answer that matches. */
async function ask(
  program: string,
  args: readonly string[],
  timeoutMs: number,
  pattern: RegExp,
): Promise<RegExpExecArray | undefined> {
  const process = await startDecoder(program, ['-hide_banner', ...args], { timeoutMs });
  try {
    const output = new OutputReader(process);
    return await process.within(async () => {
      for (let lines = 0; lines < maxProbeLines; lines++) {
        const line = await output.line(maxLineBytes);
        if (line === undefined) return undefined;
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
      return undefined;
    });
  } catch (error) {
    // A program that does not answer is not an ffmpeg either.
    if (error instanceof SallyportError && error.code === 'RENDER_TIMEOUT') return undefined;
    throw error;
  } finally {
    await process.stop();
  }
}

export interface DecodeRequest {
  /** Of the file with the stream. */
  readonly descriptor: number;
  /** `count`: one line per frame. `images`: every frame as a binary PPM. */
  readonly output: 'count' | 'images';
  readonly maxPixels: number;
  readonly timeoutMs: number;
}

/**
 * Starts decoding. The first fault ends it (`-xerror`, `explode`): concealed damage would be an image that nobody took.
 *
 * Colour: matrix and range as the stream says; where it says nothing, ITU-R BT.601 with limited range, which is what
 * YBR_PARTIAL_420 means (PS3.3 C.7.6.3.1.2) and what ffmpeg takes by itself. Chrominance is interpolated from where the
 * codings have it: beside the left one of the pixels that share it.
 * Fields of interlaced video stay interleaved as they are stored; nothing is rotated, stretched, repeated or dropped.
 */
export function startDecoding(ffmpeg: Ffmpeg, request: DecodeRequest): Promise<DecoderProcess> {
  const { descriptor, output, maxPixels, timeoutMs } = request;
  const filters = [
    // Time stamps of faulty streams must not decide on frames: they are counted out anew.
    'settb=AVTB',
    'setpts=N*1000000',
    ...(output === 'count'
      ? []
      : ['scale=in_h_chr_pos=0:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp', 'format=rgb24']),
  ];
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'quiet', '-xerror'],
    ...['-timelimit', String(maxCpuSeconds)],
    ...['-err_detect', 'explode', '-threads', '1', '-max_pixels', String(maxPixels), '-noautorotate'],
    ...['-protocol_whitelist', 'file', '-format_whitelist', containers.join(',')],
    ...['-codec_whitelist', codecs.join(','), '-i', 'file:/dev/fd/3'],
    // Pictures on the cover are no frames. More than one video is noticed by the counting.
    ...['-map', output === 'count' ? '0:V' : '0:V:0', '-an', '-sn', '-dn'],
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
    ...[...ffmpeg.passThrough, '-filter:v', filters.join(',')],
    ...(output === 'count' ? ['-f', 'framecrc'] : ['-c:v', 'ppm', '-f', 'image2pipe']),
    ...['-flush_packets', '1', 'pipe:1'],
  ];
  return startDecoder(ffmpeg.program, args, { timeoutMs, descriptor });
}
