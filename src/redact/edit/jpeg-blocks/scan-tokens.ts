import { type BlankedBlocks, keptBlock } from './blanked-blocks.ts';
import { BlockReader, type BlockTables, type ScanTokens } from './block-reader.ts';
import type { JpegScan, SequentialJpeg } from './sequential-jpeg.ts';

/** Bytes behind the data, for a block that reads beyond its end before that is noticed. */
const bytesBeyond = 512;

/**
 * Reads the coefficients of one scan (T.81 F.2.2), with blanked blocks in place of the received ones; what other blocks hold
 * is taken over symbol by symbol. Undefined where the entropy-coded data are damaged, too short or too long. Memory: 4 bytes
 * for each symbol, of which a block has 65 at most.
 */
export function scanTokens(
  jpeg: SequentialJpeg,
  scan: JpegScan,
  blanked: readonly BlankedBlocks[],
): ScanTokens | undefined {
  const { across, down, parts } = unitsOf(jpeg, scan, blanked);
  const { restartInterval } = scan;
  const { bytes, ends } = withoutStuffing(jpeg.stream, scan.segments);
  const reader = new BlockReader(bytes, parts.length);
  let segment = 0;
  let end = ends[0] ?? 0;
  for (let unit = 0; unit < across * down; unit += 1) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      if (!reader.endsAt(end)) return undefined;
      reader.restart(end);
      segment += 1;
      end = ends[segment] ?? 0;
    }
    const row = Math.floor(unit / across);
    const column = unit - row * across;
    for (let place = 0; place < parts.length; place += 1) {
      const part = parts[place] as UnitPart;
      for (let y = row * part.down; y < (row + 1) * part.down; y += 1) {
        for (let x = column * part.across; x < (column + 1) * part.across; x += 1) {
          const coefficient = part.coefficients[y * part.stride + x] as number;
          if (!reader.block(part, place, coefficient === keptBlock ? undefined : coefficient))
            return undefined;
          if (reader.position > 8 * end) return undefined;
        }
      }
    }
  }
  // What devices leave behind the last block means nothing to a decoder, and is not written again.
  return reader.result();
}

/** A component of a scan: its tables, what is written into its blocks, and how many of them a unit holds. */
interface UnitPart extends BlockTables {
  readonly coefficients: Int16Array;
  readonly stride: number;
  readonly across: number;
  readonly down: number;
}

/** T.81 A.2: a scan of one component has its blocks in rows, without those that only fill up units of several. */
function unitsOf(
  jpeg: SequentialJpeg,
  { components, dcTables, acTables }: JpegScan,
  blanked: readonly BlankedBlocks[],
): { readonly across: number; readonly down: number; readonly parts: readonly UnitPart[] } {
  const isAlone = components.length === 1;
  const parts = components.flatMap(({ index, dcTable, acTable }) => {
    const component = jpeg.components[index];
    const [dc, ac] = [dcTables[dcTable], acTables[acTable]];
    const coefficients = blanked[index]?.dc;
    if (component === undefined || dc === undefined || ac === undefined || coefficients === undefined)
      return [];
    const { horizontal, vertical, stride } = component;
    return [
      {
        dc,
        ac,
        dcKind: dcTable << 8,
        acKind: (4 + acTable) << 8,
        coefficients,
        stride,
        across: isAlone ? 1 : horizontal,
        down: isAlone ? 1 : vertical,
      },
    ];
  });
  const only = jpeg.components[components[0]?.index ?? 0];
  return isAlone && only !== undefined
    ? { across: only.blocksAcross, down: only.blocksDown, parts }
    : { across: jpeg.unitsAcross, down: jpeg.unitsDown, parts };
}

/** The data of segments without stuffed bytes and fill bytes (T.81 B.1.1.5, B.1.1.2), and where each ends. */
function withoutStuffing(
  stream: Uint8Array,
  segments: JpegScan['segments'],
): { readonly bytes: Uint8Array; readonly ends: readonly number[] } {
  const total = segments.reduce((sum, [start, end]) => sum + end - start, 0);
  const bytes = new Uint8Array(total + bytesBeyond);
  const ends: number[] = [];
  let to = 0;
  for (const [start, end] of segments) {
    for (let from = start; from < end; ) {
      const found = stream.indexOf(0xff, from);
      const ones = found < 0 || found >= end ? end : found;
      // A byte of ones is kept with the zero that follows it, and dropped where another one does.
      const isData = ones < end && stream[ones + 1] === 0;
      const until = isData ? ones + 1 : ones;
      bytes.set(stream.subarray(from, until), to);
      to += until - from;
      from = ones + (isData ? 2 : 1);
    }
    ends.push(to);
  }
  return { bytes, ends };
}
