import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { SallyportError } from '../../core/errors.ts';
import type { ImageSize } from '../../render/output/output-size.ts';
import { type EightBitImage, encodeWebp } from '../../render/output/sharp.ts';
import {
  maxWebpEdge,
  riffSize,
  webpAnimationFrame,
  webpAnimationHead,
} from '../../render/output/webp-animation.ts';

/** Takes frames one by one; holds none. */
export interface MovieFile {
  add(image: EightBitImage, durationMs: number): Promise<void>;
  /** The file is whole. */
  finish(): Promise<void>;
  /** Takes back what was written. */
  discard(): Promise<void>;
}

/** Animated WebP, each frame written when it comes. Throws ENCODE_FAILED, STORAGE_FAILED. */
export function openWebpFile(path: string, size: ImageSize, quality: number): MovieFile {
  if (Math.max(size.width, size.height) > maxWebpEdge)
    throw new SallyportError('PIXEL_LIMIT_EXCEEDED', { detail: 'edge of a WebP picture' });
  const descriptor = ofStorage(() => openSync(path, 'w'));
  let bytes = 0;
  const write = (part: Uint8Array): void => {
    ofStorage(() => {
      for (let done = 0; done < part.length; ) done += writeSync(descriptor, part, done);
    });
    bytes += part.length;
  };
  write(webpAnimationHead(size.width, size.height));
  return {
    async add(image, durationMs) {
      const webp = await encodeWebp(image, quality, size);
      write(webpAnimationFrame(webp, size.width, size.height, durationMs));
    },
    async finish() {
      if (bytes >= 2 ** 32) throw new SallyportError('ENCODE_FAILED', { detail: 'longer than WebP allows' });
      ofStorage(() => writeSync(descriptor, riffSize(bytes), 0, 4, 4));
      closeSync(descriptor);
    },
    async discard() {
      closeSync(descriptor);
      rmSync(path, { force: true });
    },
  };
}

/** Frames a second of the output, at most; the frames of a vector keep their times to within one of them. */
const maxRate = 60;

/**
 * H.264 in MP4 by ffmpeg, without metadata, played by everything that plays video. `shortestMs`: of the frames that will come. Throws
 * STORAGE_FAILED, VIDEO_DECODER_MISSING where there is no such program, ENCODE_FAILED where it gives up.
 */
export async function openMp4File(
  path: string,
  image: EightBitImage,
  size: ImageSize,
  options: { readonly program: string; readonly quality: number; readonly shortestMs: number },
): Promise<MovieFile> {
  const rate = Math.min(maxRate, 1000 / options.shortestMs);
  // 100 is without visible loss, 1 hardly to be recognised: constant rate factors from 8 to 48.
  const factor = Math.round(48 - 0.4 * options.quality);
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'quiet', '-y'],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-video_size', `${image.width}x${image.height}`],
    ...['-framerate', String(rate), '-i', 'pipe:0', '-an', '-map_metadata', '-1', '-threads', '1'],
    // Chrominance is shared by four pixels: sides are even.
    ...['-vf', `scale=${even(size.width)}:${even(size.height)}:flags=bicubic,setsar=1`],
    ...['-c:v', 'libx264', '-preset', 'fast', '-crf', String(factor), '-pix_fmt', 'yuv420p'],
    // The encoder writes its settings into the stream otherwise.
    ...['-bsf:v', 'filter_units=remove_types=6', '-fflags', '+bitexact', '-flags:v', '+bitexact'],
    ...['-movflags', '+faststart', '-f', 'mp4', `file:${path}`],
  ];
  // A folder that is not there is told as such, and not as a failure of ffmpeg.
  ofStorage(() => closeSync(openSync(path, 'w')));
  const child = spawn(options.program, args, { stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true });
  const ended = new Promise<number | null | Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
  });
  // A broken pipe is told by the end of the program.
  child.stdin.on('error', () => undefined);
  const fault = await Promise.race([
    new Promise<undefined>((done) => child.once('spawn', () => done(undefined))),
    ended,
  ]);
  if (fault instanceof Error) {
    rmSync(path, { force: true });
    throw new SallyportError('VIDEO_DECODER_MISSING', { cause: fault });
  }
  let timeMs = 0;
  let shown = 0;
  return {
    async add(frame, durationMs) {
      const rgb = asRgb(frame);
      timeMs += durationMs;
      const until = Math.max(shown + 1, Math.round((timeMs * rate) / 1000));
      for (; shown < until; shown++) {
        if (child.stdin.destroyed) throw new SallyportError('ENCODE_FAILED', { detail: 'ffmpeg' });
        if (!child.stdin.write(rgb)) await Promise.race([drained(child.stdin), ended]);
      }
    },
    async finish() {
      child.stdin.end();
      if ((await ended) !== 0) throw new SallyportError('ENCODE_FAILED', { detail: 'ffmpeg' });
    },
    async discard() {
      child.kill('SIGKILL');
      await ended;
      rmSync(path, { force: true });
    },
  };
}

/** A pipe that broke drains no more; the end of the program tells why. */
async function drained(pipe: Writable): Promise<void> {
  try {
    await once(pipe, 'drain');
  } catch {
    // Told by the next write, which finds the pipe destroyed.
  }
}

function even(length: number): number {
  return Math.max(2, 2 * Math.ceil(length / 2));
}

/** A copy: the pipe reads it later. */
function asRgb({ channels, pixels }: EightBitImage): Uint8Array {
  if (channels === 3) return Uint8Array.from(pixels);
  const rgb = new Uint8Array(3 * pixels.length);
  for (let at = 0; at < pixels.length; at++) rgb.fill(pixels[at] as number, 3 * at, 3 * at + 3);
  return rgb;
}

function ofStorage<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new SallyportError('STORAGE_FAILED', { cause });
  }
}
