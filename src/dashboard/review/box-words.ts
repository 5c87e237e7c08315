import type { RedactionBox } from '../../core/redaction.ts';
import { reasonTexts, sourceTexts } from '../../reports/pixel-texts.ts';
import { boxCount } from '../instances/instance-words.ts';
import type { EditBox } from './box-edit.ts';

/** "all frames", "frame 3", "frames 3 to 5". */
export function framesText({
  frame,
  frames = 1,
}: {
  readonly frame: number | null;
  readonly frames?: number;
}): string {
  if (frame === null) return 'all frames';
  return frames === 1 ? `frame ${frame}` : `frames ${frame} to ${frame + frames - 1}`;
}

/** "left 10, top 20, 100 wide, 30 high". */
export function placeText({
  left,
  top,
  width,
  height,
}: Pick<RedactionBox, 'left' | 'top' | 'width' | 'height'>): string {
  return `left ${left}, top ${top}, ${width} wide, ${height} high`;
}

/** Why the gateway found a place: "A date (search for text)". */
export function foundText({ source, reason, rule }: RedactionBox): string {
  return `${reasonTexts[reason]} (${rule === undefined ? sourceTexts[source].toLowerCase() : `device rule ${rule}`})`;
}

export function originText({ found }: EditBox): string {
  return found === null ? 'Drawn by a person' : `Found: ${foundText(found)}`;
}

/** A box as screen readers tell it. */
export function boxText(box: EditBox, number: number): string {
  return `Box ${number}, ${originText(box)}, ${framesText(box)}, ${placeText(box)}`;
}

/** What a release with these boxes does, said before it is done. */
export function releaseTexts(
  boxes: readonly EditBox[],
  uncovered: number,
  leftOut: number,
  fixed: number,
): readonly string[] {
  const lines: string[] = [];
  if (boxes.length === 0) {
    lines.push(
      fixed === 0
        ? 'Nothing is blanked: the pixels leave as they were received.'
        : 'You blank nothing. Regions and device rules of the profile are blanked all the same.',
    );
  } else {
    const everywhere = boxes.filter(({ frame }) => frame === null).length;
    const some = boxes.length - everywhere;
    lines.push(
      `${boxCount(boxes.length)} ${boxes.length === 1 ? 'is' : 'are'} blanked: ${[
        everywhere === 0 ? '' : `${everywhere} in all frames`,
        some === 0 ? '' : `${some} in the frames given`,
      ]
        .filter((part) => part !== '')
        .join(', ')}.`,
      'Text outside of them is not searched for again: what you did not cover leaves.',
    );
    if (fixed > 0) lines.push('What regions and device rules of the profile say is blanked besides.');
  }
  if (uncovered > 0)
    lines.push(
      `${uncovered === 1 ? '1 place' : `${uncovered} places`} where the gateway found text ${uncovered === 1 ? 'is' : 'are'} not covered and would leave as received.`,
    );
  if (leftOut > 0)
    lines.push(
      `${leftOut} more ${leftOut === 1 ? 'place was' : 'places were'} found than this page can list; nobody can tell whether your boxes cover ${leftOut === 1 ? 'it' : 'them'}.`,
    );
  lines.push('The header is de-identified as the profile says, and the image is delivered.');
  return lines;
}
