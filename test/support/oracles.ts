import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type PeerName, peerProgram } from './peers.ts';

/** What the comparison needs on the machine. */
export const oraclePeers: readonly PeerName[] = [
  'pydicom',
  'gdcmconv',
  'dcmj2pnm',
  'opj_decompress',
  'ojph_expand',
  'djxl',
  'ffmpeg',
];

/** One frame as the gateway has it, in files of a temporary folder. */
export interface ComparedFrame {
  /** Counted from 1. */
  readonly frame: number;
  /** Stored values, interleaved, as 64-bit floats; null for a video. */
  readonly stored: string | null;
  /** The values that were encoded, in the same form, and by how much an encoder may have changed them. */
  readonly made?: string;
  readonly tolerance?: number;
  /** Photometric interpretation of the stored values. */
  readonly space: string;
  /** 8-bit image as drawn. */
  readonly drawn: string;
  readonly jpeg: string;
  readonly quality: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly transform: {
    readonly rescaleSlope: number;
    readonly rescaleIntercept: number;
    readonly window: { readonly center: number; readonly width: number; readonly voiFunction: string } | null;
    /** A VOI LUT was applied. */
    readonly voiTable: boolean;
  };
}

export interface ComparedFile {
  readonly name: string;
  readonly path: string;
  readonly syntax: string;
  /** Of the instance, compared or not. */
  readonly numberOfFrames: number;
  readonly frames: readonly ComparedFrame[];
}

/** What one oracle says to one step of one frame. */
export interface OracleRow {
  readonly step: 'stored' | 'rescale' | 'window' | 'drawn' | 'jpeg';
  readonly frame?: number;
  readonly oracle: string;
  /** Why the oracle has no opinion. */
  readonly error?: string;
  /** Numbers of samples, where they differ. */
  readonly sizes?: readonly [number, number];
  readonly max?: number;
  readonly beyondOne?: number;
  /** Largest difference allowed, where it is not the one of the step. */
  readonly tolerance?: number;
  readonly of?: number;
  readonly how?: string;
  readonly same?: boolean;
  /** PSNR in dB against the drawn image; null where nothing differs. */
  readonly ours?: number | null;
  readonly pillow?: number | null;
  readonly bytes?: number;
  readonly pillowBytes?: number;
  readonly mode?: string;
  readonly subsampled?: boolean;
  readonly metadata?: readonly string[];
}

/** Asks all oracles about all files, in one Python process; the rows of each file, in order. */
export async function askOracles(folder: string, jobs: readonly ComparedFile[]): Promise<OracleRow[][]> {
  const program = join(import.meta.dirname, 'oracles', 'compare.py');
  const child = spawn(peerProgram('pydicom'), ['-B', program], { stdio: ['pipe', 'pipe', 'pipe'] });
  const outputs = [child.stdout, child.stderr].map(async (stream) => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  });
  child.stdin.end(JSON.stringify({ folder, jobs }));
  const [[exitCode], output = '', errors = ''] = await Promise.all([once(child, 'close'), ...outputs]);
  if (exitCode !== 0) throw new Error(`python ended with ${exitCode}: ${errors.slice(-2000)}`);
  const lines = output.split('\n').filter(Boolean);
  if (lines.length !== jobs.length) throw new Error(`${lines.length} answers to ${jobs.length} files`);
  return lines.map((line) => JSON.parse(line) as OracleRow[]);
}
