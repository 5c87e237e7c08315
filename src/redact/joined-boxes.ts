import type { RedactionBox } from '../core/redaction.ts';

/** Both lists, what the second repeats left out. */
export function joinedBoxes(boxes: readonly RedactionBox[], more: readonly RedactionBox[]): RedactionBox[] {
  return [...boxes, ...more.filter((box) => !isCovered(box, boxes))];
}

/** Whether one of the boxes holds all of this one, in all of its frames. */
export function isCovered(box: RedactionBox, boxes: readonly RedactionBox[]): boolean {
  return boxes.some(
    (other) =>
      other.frame <= box.frame &&
      other.frame + other.frames >= box.frame + box.frames &&
      other.left <= box.left &&
      other.top <= box.top &&
      other.left + other.width >= box.left + box.width &&
      other.top + other.height >= box.top + box.height,
  );
}
