import { type DecodeTable, decodeTable } from './decode-table.ts';
import type {
  JpegComponent,
  JpegPart,
  JpegScan,
  JpegScanComponent,
  SequentialJpeg,
} from './sequential-jpeg.ts';

/** T.81 B.2.3: no more blocks make a minimum coded unit. */
const mostBlocksOfUnit = 10;
/** More than any encoder writes; each costs more memory than its bytes. */
const mostSegments = 1024;
/** Positions in a stream are counted in bits, of which 32 are to be had. */
const mostBytes = 2 ** 28;

type Frame = Omit<SequentialJpeg, 'parts' | 'components'> & {
  readonly components: readonly (Omit<JpegComponent, 'dcStep'> & { readonly quantization: number })[];
};

/** What the tables of a stream are at one place. */
interface Tables {
  readonly dcSteps: (number | undefined)[];
  readonly dc: (DecodeTable | undefined)[];
  readonly ac: (DecodeTable | undefined)[];
  restartInterval: number;
}

/**
 * Reads a stream of one image up to its end, without decoding it. Undefined where it is anything but a whole sequential
 * Huffman image of 8 bits, of one or three components, of known size: progressive, arithmetic, lossless or hierarchical,
 * abbreviated, cut short, of more segments than anybody writes, or against the rules in any other way. Memory is that of
 * the tables and of one entry for each restart, of which there are no more than minimum coded units.
 */
export function readSequentialJpeg(stream: Uint8Array): SequentialJpeg | undefined {
  if (stream.length > mostBytes || stream[0] !== 0xff || stream[1] !== 0xd8) return undefined;
  const tables: Tables = { dcSteps: [], dc: [], ac: [], restartInterval: 0 };
  const parts: JpegPart[] = [];
  const dcSteps = new Map<number, number>();
  let frame: Frame | undefined;
  for (let at = 2, segments = 0; ; segments += 1) {
    if (stream[at] !== 0xff || segments > mostSegments) return undefined;
    while (stream[at + 1] === 0xff) at += 1;
    const marker = stream[at + 1] ?? 0;
    if (marker === 0xd9) return frame === undefined ? undefined : wholeImage(frame, dcSteps, parts);
    const length = ((stream[at + 2] ?? 0) << 8) | (stream[at + 3] ?? 0);
    const end = at + 2 + length;
    // Markers without a segment have no place between segments.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8) || length < 2 || end > stream.length)
      return undefined;
    const content = stream.subarray(at + 4, end);
    const bytes = stream.subarray(at, end);
    at = end;
    if (marker === 0xda) {
      const scan =
        frame === undefined ? undefined : readScan(frame, tables, content, { bytes, end, dcSteps });
      if (scan === undefined) return undefined;
      parts.push({ kind: 'scan', scan });
      at = scan.segments.at(-1)?.[1] ?? end;
      continue;
    }
    if (marker === 0xc4) {
      if (!readHuffmanTables(content, tables)) return undefined;
      continue;
    }
    if (marker === 0xdb && !readQuantization(content, tables)) return undefined;
    if (marker === 0xdd) {
      if (content.length !== 2) return undefined;
      tables.restartInterval = wordAt(content, 0);
    }
    if (isFrameHeader(marker)) {
      if (frame !== undefined || marker > 0xc1) return undefined;
      frame = readFrame(stream, content);
      if (frame === undefined) return undefined;
    }
    // DNL, DHP and EXP: a size that comes later, and hierarchical images.
    if (marker >= 0xdc && marker <= 0xdf && marker !== 0xdd) return undefined;
    parts.push({ kind: 'segment', bytes });
  }
}

function isFrameHeader(marker: number): boolean {
  return marker <= 0xcf && marker !== 0xc4;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function wholeImage(
  { components, ...frame }: Frame,
  dcSteps: ReadonlyMap<number, number>,
  parts: readonly JpegPart[],
): SequentialJpeg | undefined {
  if (dcSteps.size !== components.length) return undefined;
  return {
    ...frame,
    components: components.map((component, index) => ({ ...component, dcStep: dcSteps.get(index) ?? 0 })),
    parts,
  };
}

/** T.81 B.2.2, A.1.1. */
function readFrame(stream: Uint8Array, content: Uint8Array): Frame | undefined {
  const count = content[5] ?? 0;
  const [rows, columns] = [wordAt(content, 1), wordAt(content, 3)];
  if (content[0] !== 8 || (count !== 1 && count !== 3) || content.length !== 6 + 3 * count) return undefined;
  if (rows === 0 || columns === 0) return undefined;
  const specified = Array.from({ length: count }, (_, i) => ({
    id: content[6 + 3 * i] ?? 0,
    horizontal: (content[7 + 3 * i] ?? 0) >> 4,
    vertical: (content[7 + 3 * i] ?? 0) & 0x0f,
    quantization: content[8 + 3 * i] ?? 0,
  }));
  if (new Set(specified.map(({ id }) => id)).size !== count) return undefined;
  const isFactor = (factor: number): boolean => factor >= 1 && factor <= 4;
  if (!specified.every(({ horizontal, vertical }) => isFactor(horizontal) && isFactor(vertical)))
    return undefined;
  const mostHorizontal = Math.max(...specified.map(({ horizontal }) => horizontal));
  const mostVertical = Math.max(...specified.map(({ vertical }) => vertical));
  const unitsAcross = Math.ceil(columns / (8 * mostHorizontal));
  const unitsDown = Math.ceil(rows / (8 * mostVertical));
  const components = specified.map((component) => {
    const width = Math.ceil((columns * component.horizontal) / mostHorizontal);
    const height = Math.ceil((rows * component.vertical) / mostVertical);
    return {
      ...component,
      width,
      height,
      blocksAcross: Math.ceil(width / 8),
      blocksDown: Math.ceil(height / 8),
      stride: unitsAcross * component.horizontal,
      storedDown: unitsDown * component.vertical,
    };
  });
  return { stream, columns, rows, components, mostHorizontal, mostVertical, unitsAcross, unitsDown };
}

/** T.81 B.2.3. What stands for the spectral selection has no meaning here, and is written falsely by some. */
function readScan(
  frame: Frame,
  tables: Tables,
  content: Uint8Array,
  { bytes, end, dcSteps }: { bytes: Uint8Array; end: number; dcSteps: Map<number, number> },
): JpegScan | undefined {
  const count = content[0] ?? 0;
  if (count < 1 || count > frame.components.length || content.length !== 4 + 2 * count) return undefined;
  const components: JpegScanComponent[] = [];
  let blocks = 0;
  for (let i = 0; i < count; i += 1) {
    const index = frame.components.findIndex(({ id }) => id === content[1 + 2 * i]);
    const component = frame.components[index];
    if (component === undefined || dcSteps.has(index)) return undefined;
    const selector = content[2 + 2 * i] ?? 0;
    const [dcTable, acTable] = [selector >> 4, selector & 0x0f];
    const dcStep = tables.dcSteps[component.quantization] ?? 0;
    if (tables.dc[dcTable] === undefined || tables.ac[acTable] === undefined || dcStep === 0)
      return undefined;
    dcSteps.set(index, dcStep);
    blocks += component.horizontal * component.vertical;
    components.push({ index, dcTable, acTable });
  }
  if (count > 1 && blocks > mostBlocksOfUnit) return undefined;
  const { restartInterval } = tables;
  const only = count === 1 ? frame.components[components[0]?.index ?? 0] : undefined;
  const units =
    only === undefined ? frame.unitsAcross * frame.unitsDown : only.blocksAcross * only.blocksDown;
  const expected = restartInterval === 0 ? 1 : Math.ceil(units / restartInterval);
  const segments = entropyCodedSegments(frame.stream, end, expected);
  if (segments === undefined) return undefined;
  return {
    components,
    restartInterval,
    header: bytes,
    segments,
    dcTables: [...tables.dc],
    acTables: [...tables.ac],
  };
}

/**
 * Where the entropy-coded segments from `start` on lie: up to restarts in their order, and to the marker that ends the scan.
 * Undefined where there are more or less than `expected`.
 */
function entropyCodedSegments(
  stream: Uint8Array,
  start: number,
  expected: number,
): [number, number][] | undefined {
  const segments: [number, number][] = [];
  let first = start;
  for (let at = start; ; ) {
    at = stream.indexOf(0xff, at);
    const next = at < 0 ? undefined : stream[at + 1];
    if (next === undefined) return undefined;
    if (next === 0) at += 2;
    else if (next === 0xff) at += 1;
    else {
      segments.push([first, at]);
      if (next < 0xd0 || next > 0xd7) return segments.length === expected ? segments : undefined;
      if (segments.length === expected || next !== 0xd0 + ((segments.length - 1) & 7)) return undefined;
      at += 2;
      first = at;
    }
  }
}

/** T.81 B.2.4.2; false where the segment does not hold what it says. */
function readHuffmanTables(content: Uint8Array, { dc, ac }: Tables): boolean {
  let at = 0;
  while (at < content.length) {
    const destination = content[at] ?? 0;
    const counts = content.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = content.subarray(at + 17, at + 17 + total);
    if ((destination & 0xec) !== 0 || counts.length < 16 || total > 256 || symbols.length < total)
      return false;
    const table = decodeTable(counts, symbols);
    if (table === undefined) return false;
    (destination >> 4 === 0 ? dc : ac)[destination & 3] = table;
    at += 17 + total;
  }
  return true;
}

/** T.81 B.2.4.1; of each table only the step of the DC coefficients is of use here. */
function readQuantization(content: Uint8Array, { dcSteps }: Tables): boolean {
  let at = 0;
  while (at < content.length) {
    const destination = content[at] ?? 0;
    const wide = destination >> 4;
    if (wide > 1 || (destination & 0x0f) > 3 || at + 65 + 64 * wide > content.length) return false;
    dcSteps[destination & 3] = wide === 1 ? wordAt(content, at + 1) : (content[at + 1] ?? 0);
    at += 65 + 64 * wide;
  }
  return true;
}
