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

/** Heights of lines, in pixels as the network sees them, that it was trained with. */
const knownHeight = 64;
/** Reduced looks, for lines higher than that: each by this much more than the one before. */
const reduction = 0.4;
/** In a smaller picture whole organs look like letters, and no line is that high. */
const leastSide = 180;
/** Seen beside an area: what is cut by its border is text only with what it belongs to. */
export const context = 32;

/** Lines of text in areas of a picture, of all heights; what lies partly in an area, whole. */
export async function detectLines(detection: Detection, areas: readonly Area[]): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const area of areas) {
    const seen = withContext(area, detection.picture);
    const { sessions, picture, onProgress } = detection;
    for (
      let scale = 1;
      scale === 1 || Math.min(seen.width, seen.height) * scale >= leastSide;
      scale *= reduction
    ) {
      const found = linesOf(await chancesOf(sessions, picture, seen, scale, onProgress));
      lines.push(
        ...found.filter(
          (line) =>
            (scale === 1 || line.thickness * scale >= knownHeight * reduction * 1.1) && meets(line, area),
        ),
      );
    }
  }
  return lines;
}

function withContext(area: Area, { width, height }: Picture): Area {
  const left = Math.max(0, area.left - context);
  const top = Math.max(0, area.top - context);
  return {
    left,
    top,
    width: Math.min(width, area.left + area.width + context) - left,
    height: Math.min(height, area.top + area.height + context) - top,
  };
}

function meets(one: Area, other: Area): boolean {
  return (
    one.left < other.left + other.width &&
    other.left < one.left + one.width &&
    one.top < other.top + other.height &&
    other.top < one.top + one.height
  );
}
