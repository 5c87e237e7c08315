/**
 * Tables from Y, Cb and Cr to R, G and B: PS3.3 C.7.6.3.1.2, CCIR 601 with all levels used. What is added to Y is a whole
 * number once rounded, because Y is one: the result is that of the exact formula.
 */
interface FullTables {
  readonly red: Int16Array;
  /** By Cb times 256 plus Cr. */
  readonly green: Int16Array;
  readonly blue: Int16Array;
}

let tables: FullTables | undefined;

function fullTables(): FullTables {
  if (tables !== undefined) return tables;
  const red = new Int16Array(256);
  const blue = new Int16Array(256);
  const green = new Int16Array(65_536);
  for (let c = 0; c < 256; c++) {
    red[c] = Math.round(1.402 * (c - 128));
    blue[c] = Math.round(1.772 * (c - 128));
    for (let cr = 0; cr < 256; cr++) {
      green[c * 256 + cr] = Math.round(-0.344136 * (c - 128) - 0.714136 * (cr - 128));
    }
  }
  tables = { red, green, blue };
  return tables;
}

/** Interleaved YBR_FULL to interleaved RGB, 8 bits. */
export function ybrFullToRgb(ybr: Uint8Array): Uint8Array {
  const { red, green, blue } = fullTables();
  const out = new Uint8ClampedArray(ybr.length);
  for (let i = 0; i + 2 < ybr.length; i += 3) {
    const y = ybr[i] as number;
    const cb = ybr[i + 1] as number;
    const cr = ybr[i + 2] as number;
    out[i] = y + (red[cr] as number);
    out[i + 1] = y + (green[cb * 256 + cr] as number);
    out[i + 2] = y + (blue[cb] as number);
  }
  return new Uint8Array(out.buffer);
}

/** Interleaved YBR_PARTIAL (219 levels of luminance from 16 on, 224 of chrominance) to interleaved RGB, 8 bits. */
export function ybrPartialToRgb(ybr: Uint8Array): Uint8Array {
  const out = new Uint8ClampedArray(ybr.length);
  for (let i = 0; i + 2 < ybr.length; i += 3) {
    const y = ((ybr[i] as number) - 16) * (255 / 219);
    const cb = ((ybr[i + 1] as number) - 128) * (255 / 224);
    const cr = ((ybr[i + 2] as number) - 128) * (255 / 224);
    out[i] = y + 1.402 * cr;
    out[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    out[i + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(out.buffer);
}
