import { invalid } from './code-stream.ts';
import { nextSegment } from './jpeg-segments.ts';

const startOfScan = 0xda;
const coefficients = 64;
/** Of a coefficient that no scan brought. */
const absent = 0xff;

/**
 * Refuses a JPEG stream (T.81) that lacks scans: libjpeg takes a component without one for flat and coefficients without
 * one for zero, and says nothing, so that a cut image comes out in wrong colours or blurred. Every component must have a
 * scan; of a progressive image, every coefficient must come in full precision (G.1.1.1). `start`: behind the frame header;
 * `ids`: component identifiers of that header.
 */
export function checkScans(
  view: DataView,
  start: number,
  ids: readonly number[],
  progressive: boolean,
): void {
  /** Per component and coefficient, how many low bits are still to come. */
  const missing = ids.map(() => new Uint8Array(coefficients).fill(absent));
  for (let at = start; missing.some((bits) => bits.some((low) => low !== 0)); ) {
    const { marker, body, length } = segmentOfScans(view, at);
    at = body - 2 + length;
    if (marker !== startOfScan) continue;
    const components = view.getUint8(body);
    // All in one scan, as nearly every image has it.
    if (!progressive && components === ids.length) return;
    const selection = body + 1 + 2 * components;
    const first = progressive ? view.getUint8(selection) : 0;
    const last = progressive ? Math.min(view.getUint8(selection + 1), coefficients - 1) : coefficients - 1;
    const low = progressive ? view.getUint8(selection + 2) & 0x0f : 0;
    for (let i = 0; i < components; i++)
      missing[ids.indexOf(view.getUint8(body + 1 + 2 * i))]?.fill(low, first, last + 1);
    at = behindEntropyCodedData(view, at);
  }
}

function segmentOfScans(view: DataView, at: number): ReturnType<typeof nextSegment> {
  try {
    return nextSegment(view, at);
  } catch (cause) {
    throw invalid('scans are missing', cause);
  }
}

/** Where the next marker begins that is neither a stuffed byte nor a restart (T.81 B.1.1.5). */
function behindEntropyCodedData(view: DataView, start: number): number {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker !== 0 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd7)) return at;
  }
  return bytes.length;
}
