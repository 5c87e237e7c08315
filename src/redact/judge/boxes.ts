import type { RedactionReason } from '../../core/redaction.ts';
import type { Area } from '../../ocr/picture.ts';

/** A region to blank, in whole pixels of the picture, and why; never what stood there. */
export interface JudgedArea {
  readonly area: Area;
  readonly reason: RedactionReason;
}

/** Boxes as whole pixels that hold all of them, from the top and the left, without those inside others. */
export function withoutDuplicates(judged: readonly JudgedArea[]): JudgedArea[] {
  const whole = judged
    .map(({ area, reason }) => ({ area: wholePixels(area), reason }))
    .filter(({ area }) => area.width > 0 && area.height > 0)
    .sort((a, b) => sizeOf(b.area) - sizeOf(a.area));
  const kept: JudgedArea[] = [];
  for (const box of whole) {
    if (!kept.some((larger) => isInside(box.area, larger.area))) kept.push(box);
  }
  return kept.sort((a, b) => a.area.top - b.area.top || a.area.left - b.area.left);
}

function wholePixels({ left, top, width, height }: Area): Area {
  const from = { left: Math.floor(left), top: Math.floor(top) };
  return { ...from, width: Math.ceil(left + width) - from.left, height: Math.ceil(top + height) - from.top };
}

function sizeOf({ width, height }: Area): number {
  return width * height;
}

function isInside(inner: Area, outer: Area): boolean {
  return (
    inner.left >= outer.left &&
    inner.top >= outer.top &&
    inner.left + inner.width <= outer.left + outer.width &&
    inner.top + inner.height <= outer.top + outer.height
  );
}
