const headerBytes = 64;
const longestRun = 128;
/** Two equal bytes are as short among others as by themselves, three are shorter. */
const leastRun = 3;

/**
 * Encodes one frame by RLE (PS3.5 Annex G): `bytes` are interleaved little-endian cells of `cellBytes` bytes; `rowPixels`
 * pixels of them make a row, over which no run goes (G.3.1). No more than 15 segments.
 */
export function encodeRle(
  bytes: Uint8Array,
  samplesPerPixel: number,
  cellBytes: number,
  rowPixels: number,
): Uint8Array {
  const stride = samplesPerPixel * cellBytes;
  const pixels = bytes.length / stride;
  const rows = Math.ceil(pixels / rowPixels);
  // A row grows by no more than one byte in 128.
  const most = stride * (rows * (rowPixels + Math.ceil(rowPixels / longestRun)) + 1);
  const out = new Uint8Array(headerBytes + most);
  const view = new DataView(out.buffer);
  view.setUint32(0, stride, true);
  const plane = new Uint8Array(pixels);
  let at = headerBytes;
  for (let segment = 0; segment < stride; segment += 1) {
    view.setUint32(4 + 4 * segment, at, true);
    // G.2: from the most significant byte of the first sample to the least significant one of the last.
    const sample = Math.floor(segment / cellBytes);
    const first = sample * cellBytes + cellBytes - 1 - (segment % cellBytes);
    for (let i = 0, from = first; i < pixels; i += 1, from += stride) plane[i] = bytes[from] as number;
    for (let start = 0; start < pixels; start += rowPixels)
      at = encodeRow(plane, start, Math.min(pixels, start + rowPixels), out, at);
    // G.3: a segment has an even length; what is not there is zero already.
    at += at % 2;
  }
  return out.subarray(0, at);
}

/** Writes the row [start, end) at `to`; gives the place behind it. */
function encodeRow(plane: Uint8Array, start: number, end: number, out: Uint8Array, to: number): number {
  let at = to;
  let literal = start;
  const flush = (stop: number): void => {
    for (let from = literal; from < stop; from += longestRun) {
      const count = Math.min(longestRun, stop - from);
      out[at++] = count - 1;
      out.set(plane.subarray(from, from + count), at);
      at += count;
    }
  };
  for (let from = start; from < end; ) {
    const value = plane[from] as number;
    const last = Math.min(end, from + longestRun);
    let stop = from + 1;
    while (stop < last && plane[stop] === value) stop += 1;
    if (stop - from >= leastRun) {
      flush(from);
      out[at++] = 257 - (stop - from);
      out[at++] = value;
      literal = stop;
    }
    from = stop;
  }
  flush(end);
  return at;
}
