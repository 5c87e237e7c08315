import { type InflateRaw, inflateRawSync } from 'node:zlib';
import type { Stripper, StripResult } from './fragments.ts';

/** Samples that stand in a fragment as they are, or deflated. */
export interface RawFrame {
  /** Length of one frame, bytes. */
  readonly bytes: number;
  /** Whether anything stands beside the stored values of these samples. */
  hides(samples: Uint8Array): boolean;
}

/** Encapsulated Uncompressed (PS3.5 A.4.11): one frame, at most a byte of padding, nothing in bits that are not used. */
export function uncompressedStripper(frame: RawFrame): Stripper {
  return { begins: () => true, strip: (bytes) => judge(bytes, frame) };
}

/** Deflated Image Frame Compression (PS3.5 A.4.13): as above once inflated; bytes behind the stream are dropped. */
export function deflatedStripper(frame: RawFrame): Stripper {
  return {
    begins: () => true,
    strip(bytes) {
      let samples: Uint8Array;
      let used: number;
      try {
        const { buffer, engine } = inflateRawSync(bytes, {
          info: true,
          maxOutputLength: frame.bytes + 2,
        }) as unknown as { buffer: Uint8Array; engine: InflateRaw };
        samples = buffer;
        used = engine.bytesWritten;
      } catch {
        return { kind: 'unreadable' };
      }
      const result = judge(samples, frame);
      if (result.kind !== 'whole') return result;
      return bytes.subarray(used).some((byte) => byte !== 0)
        ? { kind: 'parts', ranges: [[0, used]] }
        : { kind: 'whole' };
    },
  };
}

function judge(samples: Uint8Array, frame: RawFrame): StripResult {
  if (samples.length < frame.bytes) return { kind: 'unreadable' };
  const rest = samples.subarray(frame.bytes);
  const padded = rest.length <= 1 || rest.every((byte) => byte === 0);
  return padded && !frame.hides(samples.subarray(0, frame.bytes)) ? { kind: 'whole' } : { kind: 'stuck' };
}
