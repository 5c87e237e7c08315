import { intersects, widened } from '../areas.ts';
import type { Area, Picture } from '../picture.ts';
import type { Sessions } from '../sessions.ts';
import { chancesOf } from './chances.ts';
import { type Line, linesOf } from './lines.ts';

/** What a search for lines needs to know. */
export interface Detection {
  readonly sessions: Pick<Sessions, 'locate'>;
  readonly picture: Picture;
  readonly onProgress?: (() => void) | undefined;
}

/** A line higher than this, in pixels as the network sees them, may come apart: characters of 46 are the largest it knows. */
const knownHeight = 70;
/** Size of each further look against the one before, for lines that are higher. */
const reduction = 0.4;
/** In a smaller picture whole organs look like letters, and no line is that high. */
const leastSide = 180;
/** Small pictures, whose text is small as well, are also looked at enlarged, for lines up to a height. */
const enlarged = { pixels: 300_000, scale: 2, height: 16 } as const;
/** Seen beside an area: what is cut by its border is text only with what it belongs to. */
const context = 32;

/** Lines of text in areas of a picture, of all heights; what lies partly in an area, whole as far as it is seen. */
export async function detectLines(detection: Detection, areas: readonly Area[]): Promise<readonly Line[]> {
  const { sessions, picture, onProgress } = detection;
  const lines: Line[] = [];
  for (const area of areas) {
    const seen = widened(area, context, context, picture);
    for (const scale of scalesFor(seen)) {
      const found = linesOf(await chancesOf(sessions, picture, seen, scale, onProgress));
      const [least, most] = heightsSeen(scale);
      lines.push(
        ...found.filter(
          ({ thickness, ...line }) => thickness >= least && thickness <= most && intersects(line, area),
        ),
      );
    }
  }
  return lines;
}

/** Heights of lines that a look in some size tells more of than others. */
function heightsSeen(scale: number): readonly [number, number] {
  if (scale > 1) return [0, enlarged.height];
  return [scale === 1 ? 0 : (knownHeight * reduction) / scale, Number.POSITIVE_INFINITY];
}

function scalesFor({ width, height }: Area): readonly number[] {
  const scales = width * height <= enlarged.pixels ? [1, enlarged.scale] : [1];
  for (let scale = reduction; Math.min(width, height) * scale >= leastSide; scale *= reduction)
    scales.push(scale);
  return scales;
}
