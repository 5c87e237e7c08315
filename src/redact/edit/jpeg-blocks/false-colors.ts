import type { PixelBox } from '../../../core/redaction.ts';
import type { SequentialJpeg } from './sequential-jpeg.ts';

/** Levels of chrominance that nobody takes for another colour: what compression does to grey. */
const tolerance = 8;

/** By block: the sample it is decoded to where it is blanked, else -1, and the index of the box that fills it. */
interface Blanks {
  readonly level: Int16Array;
  readonly box: Int32Array;
}

/** A block of components with a sample for every pixel, kept where the others are blanked, whose colour would be false. */
export interface FalseColor {
  /** Indexes of the components with a sample for every pixel. */
  readonly components: readonly number[];
  /** Its pixels; some may be beyond the image. */
  readonly block: PixelBox;
  /** The box that blanked the others. */
  readonly filled: number;
}

/** Finds such blocks by the decoded samples, interleaved. All of them at once: what is blanked later makes no others. */
export function falseColors(
  jpeg: SequentialJpeg,
  blanked: readonly Blanks[],
  before: Uint8Array,
): FalseColor[] {
  const isWhole = (index: number): boolean =>
    jpeg.components[index]?.horizontal === jpeg.mostHorizontal &&
    jpeg.components[index]?.vertical === jpeg.mostVertical;
  const all = [...jpeg.components.keys()];
  const components = all.filter(isWhole);
  const others = all.filter((index) => !isWhole(index));
  const lead = jpeg.components[components[0] ?? -1];
  const leadLevel = blanked[components[0] ?? -1]?.level;
  if (lead === undefined || leadLevel === undefined || others.length === 0) return [];
  const found: FalseColor[] = [];
  for (let row = 0; row < lead.blocksDown; row += 1) {
    for (let column = 0; column < lead.blocksAcross; column += 1) {
      if ((leadLevel[row * lead.stride + column] ?? -1) >= 0) continue;
      const block = { left: 8 * column, top: 8 * row, width: 8, height: 8 };
      for (const index of others) {
        const place = blockOver(jpeg, index, block);
        const level = blanked[index]?.level[place] ?? -1;
        if (level < 0 || !differs(jpeg, before, index, block, level)) continue;
        found.push({ components, block, filled: blanked[index]?.box[place] ?? 0 });
        break;
      }
    }
  }
  return found;
}

/** The block of a component that holds the first pixel of another. */
function blockOver(jpeg: SequentialJpeg, index: number, { left, top }: PixelBox): number {
  const component = jpeg.components[index];
  if (component === undefined) return -1;
  const { horizontal, vertical, stride } = component;
  const column = Math.floor((left * horizontal) / jpeg.mostHorizontal) >> 3;
  return (Math.floor((top * vertical) / jpeg.mostVertical) >> 3) * stride + column;
}

function differs(
  { columns, rows, components }: SequentialJpeg,
  before: Uint8Array,
  index: number,
  { left, top, width, height }: PixelBox,
  level: number,
): boolean {
  for (let row = top; row < Math.min(rows, top + height); row += 1) {
    for (let column = left; column < Math.min(columns, left + width); column += 1) {
      const sample = before[(row * columns + column) * components.length + index] ?? level;
      if (Math.abs(sample - level) > tolerance) return true;
    }
  }
  return false;
}
