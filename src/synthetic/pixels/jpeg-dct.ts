import {
  adobeSegment,
  category,
  flatCode,
  huffmanTable,
  type JpegComponent,
  JpegWriter,
  jfifSegment,
  writeSigned,
} from './jpeg-bits.ts';

export interface DctJpegOptions {
  readonly columns: number;
  readonly rows: number;
  /** 8 (SOF0, or SOF1 where `extended`) or 12 (SOF1). */
  readonly precision: 8 | 12;
  readonly extended?: boolean;
  readonly components: readonly JpegComponent[];
  /** What says the colour space: an APP0 of JFIF, an APP14 of Adobe with transform 0 or 1, or nothing. */
  readonly mark: 'jfif' | 'adobe-rgb' | 'adobe-ycc' | 'none';
  /** Minimum coded units between restart markers; none where left out or 0. */
  readonly restartInterval?: number;
  /** Every quantisation step; 1 where left out, which is as near to lossless as this process comes. */
  readonly quantisation?: number;
}

/** Row and column of the coefficients in zigzag order (T.81 figure A.6). */
const zigzag: readonly number[] = makeZigzag();
const dcCode = flatCode(Array.from({ length: 16 }, (_, i) => i));
/** End of block, sixteen zeros, and every run of zeros with every category: T.81 F.1.2.2.1. */
const acCode = flatCode([
  0x00,
  0xf0,
  ...Array.from({ length: 16 * 15 }, (_, i) => Math.floor(i / 15) * 16 + (i % 15) + 1),
]);
const cosines = Float64Array.from(
  { length: 64 },
  (_, i) =>
    Math.cos(((2 * (i % 8) + 1) * Math.floor(i / 8) * Math.PI) / 16) * (i < 8 ? Math.SQRT1_2 : 1) * 0.5,
);

/**
 * Encodes samples (interleaved, unsigned, in the colour space they shall have in the stream) by the sequential DCT
 * processes 1, 2 and 4 of T.81. Components with smaller sampling factors take the mean of the samples they cover.
 */
export function encodeDctJpeg(samples: ArrayLike<number>, options: DctJpegOptions): Uint8Array {
  const { columns, rows, components, precision, quantisation = 1, restartInterval = 0 } = options;
  const out = new JpegWriter();
  out.marker(0xd8);
  if (options.mark === 'jfif') out.segment(0xe0, jfifSegment);
  if (options.mark === 'adobe-rgb') out.segment(0xee, adobeSegment(0));
  if (options.mark === 'adobe-ycc') out.segment(0xee, adobeSegment(1));
  out.segment(0xdb, [0, ...Array.from({ length: 64 }, () => quantisation)]);
  out.segment(precision === 12 || options.extended === true ? 0xc1 : 0xc0, [
    precision,
    rows >> 8,
    rows & 0xff,
    columns >> 8,
    columns & 0xff,
    components.length,
    ...components.flatMap(({ id, horizontal, vertical }) => [id, horizontal * 16 + vertical, 0]),
  ]);
  out.segment(0xc4, huffmanTable(0x00, dcCode));
  out.segment(0xc4, huffmanTable(0x10, acCode));
  if (restartInterval > 0) out.segment(0xdd, [restartInterval >> 8, restartInterval & 0xff]);
  out.segment(0xda, [components.length, ...components.flatMap(({ id }) => [id, 0]), 0, 63, 0]);
  writeUnits(out, samples, options);
  out.flush();
  out.marker(0xd9);
  return out.bytes();
}

function writeUnits(out: JpegWriter, samples: ArrayLike<number>, options: DctJpegOptions): void {
  const { columns, rows, components, precision, quantisation = 1, restartInterval = 0 } = options;
  // A.2.2: a scan of one component is not interleaved, its unit is one block whatever the factors say.
  const single = components.length === 1;
  const maxH = single ? 1 : Math.max(...components.map(({ horizontal }) => horizontal));
  const maxV = single ? 1 : Math.max(...components.map(({ vertical }) => vertical));
  const across = Math.ceil(columns / (8 * maxH));
  const down = Math.ceil(rows / (8 * maxV));
  const previous = components.map(() => 0);
  const block = new Float64Array(64);
  for (let unit = 0; unit < across * down; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      out.flush();
      out.marker(0xd0 + ((unit / restartInterval - 1) % 8));
      previous.fill(0);
    }
    for (const [index, component] of components.entries()) {
      const h = single ? 1 : component.horizontal;
      const v = single ? 1 : component.vertical;
      const [stepX, stepY] = [maxH / h, maxV / v];
      for (let part = 0; part < h * v; part++) {
        const left = ((unit % across) * h + (part % h)) * 8;
        const top = (Math.floor(unit / across) * v + Math.floor(part / h)) * 8;
        for (let i = 0; i < 64; i++) {
          block[i] =
            mean(
              samples,
              index,
              (left + (i % 8)) * stepX,
              (top + Math.floor(i / 8)) * stepY,
              stepX,
              stepY,
              options,
            ) -
            2 ** (precision - 1);
        }
        previous[index] = writeBlock(out, transform(block, quantisation), previous[index] ?? 0);
      }
    }
  }
}

/** Mean of the samples a subsampled one stands for; beyond the edge the last ones are repeated (A.2.4). */
function mean(
  samples: ArrayLike<number>,
  component: number,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
  { columns, rows, components }: DctJpegOptions,
): number {
  let sum = 0;
  for (let dy = 0; dy < stepY; dy++) {
    for (let dx = 0; dx < stepX; dx++) {
      const at = Math.min(rows - 1, y + dy) * columns + Math.min(columns - 1, x + dx);
      sum += samples[at * components.length + component] ?? 0;
    }
  }
  return Math.round(sum / (stepX * stepY));
}

/** Forward DCT (A.3.3) and quantisation, in zigzag order. */
function transform(block: Float64Array, quantisation: number): number[] {
  return zigzag.map((place) => {
    const u = place % 8;
    const v = Math.floor(place / 8);
    let sum = 0;
    for (let i = 0; i < 64; i++) {
      sum += (block[i] ?? 0) * (cosines[u * 8 + (i % 8)] ?? 0) * (cosines[v * 8 + Math.floor(i / 8)] ?? 0);
    }
    return Math.round(sum / quantisation);
  });
}

/** F.1.2: returns the DC coefficient, from which the next block of the component counts. */
function writeBlock(out: JpegWriter, coefficients: readonly number[], previous: number): number {
  const [dc = 0, ...rest] = coefficients;
  const size = category(dc - previous);
  writeSigned(out, dcCode, size, dc - previous, size);
  let run = 0;
  const last = rest.findLastIndex((value) => value !== 0);
  for (let i = 0; i <= last; i++) {
    const value = rest[i] ?? 0;
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) writeSigned(out, acCode, 0xf0, 0, 0);
    const bits = category(value);
    writeSigned(out, acCode, run * 16 + bits, value, bits);
    run = 0;
  }
  if (last < 62) writeSigned(out, acCode, 0x00, 0, 0);
  return dc;
}

function makeZigzag(): number[] {
  const order: number[] = [];
  for (let sum = 0; sum < 15; sum++) {
    for (let i = 0; i <= sum; i++) {
      const [row, column] = sum % 2 === 0 ? [sum - i, i] : [i, sum - i];
      if (row < 8 && column < 8) order.push(row * 8 + column);
    }
  }
  return order;
}
