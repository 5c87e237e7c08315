const headerBytes = 64;

/**
 * Encodes little-endian cells (interleaved) as one RLE frame: PS3.5 Annex G. Segments run from the most significant byte
 * of the first sample to the least significant of the last. Runs of `minRun` and more are replicated, the rest is
 * literal; `noOperations` puts the control byte -128, which decoders have to skip, between them.
 */
export function encodeRle(
  bytes: Uint8Array,
  samplesPerPixel: number,
  cellBytes: number,
  options: { readonly columns: number; readonly minRun?: number; readonly noOperations?: boolean },
): Uint8Array {
  const stride = samplesPerPixel * cellBytes;
  const pixels = bytes.length / stride;
  const segments: number[][] = [];
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    for (let byte = cellBytes - 1; byte >= 0; byte--) {
      const plane = Uint8Array.from(
        { length: pixels },
        (_, i) => bytes[i * stride + sample * cellBytes + byte] ?? 0,
      );
      segments.push(encodeSegment(plane, options));
    }
  }
  const out = new Uint8Array(headerBytes + segments.reduce((sum, segment) => sum + segment.length, 0));
  const view = new DataView(out.buffer);
  view.setUint32(0, segments.length, true);
  let at = headerBytes;
  for (const [index, segment] of segments.entries()) {
    view.setUint32(4 + 4 * index, at, true);
    out.set(segment, at);
    at += segment.length;
  }
  return out;
}

/** G.3.1: each row is encoded by itself; G.3: a segment has an even length. */
function encodeSegment(
  plane: Uint8Array,
  { columns, minRun = 3, noOperations = false }: { columns: number; minRun?: number; noOperations?: boolean },
): number[] {
  const out: number[] = [];
  for (let start = 0; start < plane.length; start += columns) {
    const row = plane.subarray(start, Math.min(plane.length, start + columns));
    let literal: number[] = [];
    const flush = (): void => {
      if (literal.length > 0) out.push(literal.length - 1, ...literal);
      literal = [];
    };
    for (let at = 0; at < row.length; ) {
      let run = 1;
      while (run < 128 && row[at + run] === row[at]) run += 1;
      if (run >= minRun) {
        flush();
        if (noOperations) out.push(0x80);
        out.push(257 - run, row[at] ?? 0);
        at += run;
      } else {
        literal.push(row[at] ?? 0);
        at += 1;
        if (literal.length === 128) flush();
      }
    }
    flush();
  }
  if (out.length % 2 === 1) out.push(0);
  return out;
}
