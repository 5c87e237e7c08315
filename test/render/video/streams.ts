import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part10 } from '../../../src/dicom/part10.ts';
import { type DrawnFrame, drawAll } from '../../../src/render/render.ts';
import type { DrawSettings, RenderSurroundings } from '../../../src/render/settings.ts';
import { peerProgram } from '../../support/peers.ts';
import { limits } from '../drawn.ts';
import { image } from '../image.ts';

export const mpeg2 = '1.2.840.10008.1.2.4.100';
export const h264 = '1.2.840.10008.1.2.4.102';
export const hevc = '1.2.840.10008.1.2.4.107';

export interface StreamKind {
  readonly name: string;
  readonly syntax: string;
  readonly file: string;
  /** Options of ffmpeg that make the stream of its test pictures. */
  readonly encode: readonly string[];
  readonly size?: string;
  readonly audio?: boolean;
}

const quiet = ['-x265-params', 'log-level=none'];
const x264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bf', '2'];
const x265 = ['-c:v', 'libx265', ...quiet];

/** 25 pictures each, with pictures that refer to later ones. */
export const streamKinds: readonly StreamKind[] = [
  { name: 'MPEG-2, elementary', syntax: mpeg2, file: 'v.m2v', encode: ['-c:v', 'mpeg2video', '-bf', '2'] },
  {
    name: 'MPEG-2, program stream with sound',
    syntax: `${mpeg2}.1`,
    file: 'v.mpg',
    encode: ['-c:v', 'mpeg2video', '-bf', '2', '-c:a', 'mp2', '-f', 'vob'],
    audio: true,
  },
  {
    name: 'MPEG-2, interlaced, transport stream with sound',
    syntax: '1.2.840.10008.1.2.4.101',
    file: 'v.ts',
    encode: ['-c:v', 'mpeg2video', '-bf', '2', '-flags', '+ildct+ilme', '-c:a', 'mp2', '-f', 'mpegts'],
    audio: true,
  },
  {
    name: 'H.264, MP4 with its index at the end and sound',
    syntax: h264,
    file: 'v.mp4',
    encode: [...x264, '-c:a', 'aac'],
    audio: true,
  },
  {
    name: 'H.264, MP4 with its index first',
    syntax: '1.2.840.10008.1.2.4.104.1',
    file: 'f.mp4',
    encode: [...x264, '-movflags', '+faststart'],
  },
  {
    name: 'H.264, transport stream',
    syntax: '1.2.840.10008.1.2.4.103',
    file: 'h.ts',
    encode: [...x264, '-f', 'mpegts'],
  },
  {
    name: 'H.264, interlaced, bare',
    syntax: '1.2.840.10008.1.2.4.105',
    file: 'v.264',
    encode: [...x264, '-flags', '+ildct+ilme', '-f', 'h264'],
  },
  { name: 'HEVC, MP4', syntax: hevc, file: 'v265.mp4', encode: [...x265, '-pix_fmt', 'yuv420p'] },
  {
    name: 'HEVC, 10 bits, bare',
    syntax: '1.2.840.10008.1.2.4.108',
    file: 'v.265',
    encode: [...x265, '-pix_fmt', 'yuv420p10le', '-f', 'hevc'],
  },
  {
    name: 'HEVC of a size that is no multiple of 8',
    syntax: hevc,
    file: 'o265.mp4',
    encode: [...x265, '-pix_fmt', 'yuv420p'],
    size: '322x246',
  },
  {
    name: 'H.264 of odd size, 4:4:4',
    syntax: h264,
    file: 'o.mp4',
    encode: ['-c:v', 'libx264', '-pix_fmt', 'yuv444p'],
    size: '321x241',
  },
];

/** Runs ffmpeg of the tests, with the arguments given; throws where it fails. */
export function ffmpeg(...args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(peerProgram('ffmpeg'), ['-v', 'error', '-y', ...args], {
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`ffmpeg ended with ${status}: ${String(stderr).slice(-500)}`);
  return stdout;
}

/** Makes one stream in a folder; returns its path. */
export function makeStream(folder: string, kind: Omit<StreamKind, 'name' | 'syntax'>, seconds = 1): string {
  const path = join(folder, kind.file);
  const size = kind.size ?? '320x240';
  // The richer pictures exist in even sizes only.
  const pictures = `${/[13579](x|$)/.test(size) ? 'testsrc' : 'testsrc2'}=s=${size}:r=25:d=${seconds}`;
  const sound = kind.audio === true ? ['-f', 'lavfi', '-i', `sine=d=${seconds}`] : [];
  // A title, as devices write the patient's name there.
  ffmpeg('-f', 'lavfi', '-i', pictures, ...sound, '-metadata', 'title=DOE^JANE', ...kind.encode, path);
  return path;
}

export interface VideoOptions {
  readonly syntax?: string;
  readonly size?: string;
  readonly frames?: number | string;
  /** Lengths of the fragments but the last; one fragment where left out. */
  readonly cuts?: readonly number[];
  readonly photometric?: string;
  readonly samples?: number;
}

/** A stream, or the file with one, in a data set. */
export function video(stream: string | Uint8Array, options: VideoOptions = {}): Part10 {
  const bytes = typeof stream === 'string' ? readFileSync(stream) : stream;
  const [columns, rows] = (options.size ?? '320x240').split('x').map(Number);
  const fragments: Uint8Array[] = [];
  let at = 0;
  for (const length of [...(options.cuts ?? []), bytes.length]) {
    const part = bytes.subarray(at, at + length);
    at += part.length;
    fragments.push(part.length % 2 === 0 ? part : Buffer.concat([part, new Uint8Array(1)]));
  }
  return image({
    syntax: options.syntax ?? h264,
    pixelVr: 'OB',
    samples: options.samples ?? 3,
    photometric: options.photometric ?? 'YBR_PARTIAL_420',
    rows: rows ?? 0,
    columns: columns ?? 0,
    frames: options.frames ?? 25,
    pixels: { fragments },
  });
}

/** All frames of a video, drawn. */
export async function drawVideo(
  { dataSet, transferSyntaxUid }: Part10,
  settings: Partial<DrawSettings> = {},
  surroundings: RenderSurroundings = {},
): Promise<DrawnFrame[]> {
  const frames: DrawnFrame[] = [];
  for await (const frame of drawAll(dataSet, transferSyntaxUid, { ...limits, ...settings }, surroundings)) {
    frames.push(frame);
  }
  return frames;
}
