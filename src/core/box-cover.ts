import type { DrawnBox, RedactionBox } from './redaction.ts';

/** Boxes a person may draw for one instance. */
export const maxDrawnBoxes = 1000;

/** The boxes that were found as text that no drawn box covers as a whole. By itself in a file: the dashboard asks it too. */
export function uncovered(boxes: readonly RedactionBox[], drawn: readonly DrawnBox[]): RedactionBox[] {
  return boxes.filter((box) => box.source === 'ocr' && !drawn.some((one) => covers(one, box)));
}

function covers(drawn: DrawnBox, { frame, frames, left, top, width, height }: RedactionBox): boolean {
  const isInFrames =
    drawn.frame === null || (drawn.frame <= frame && drawn.frame + (drawn.frames ?? 1) >= frame + frames);
  return (
    isInFrames &&
    drawn.left <= left &&
    drawn.top <= top &&
    drawn.left + drawn.width >= left + width &&
    drawn.top + drawn.height >= top + height
  );
}
