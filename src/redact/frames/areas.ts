import { around } from '../../ocr/areas.ts';
import type { Area } from '../../ocr/picture.ts';

export function intersects(a: Area, b: Area): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

/** Wider by a margin on each side, cut at the edges of the picture. */
export function widened(area: Area, margin: number, width: number, height: number): Area {
  const left = Math.max(0, area.left - margin);
  const top = Math.max(0, area.top - margin);
  return {
    left,
    top,
    width: Math.min(width, area.left + area.width + margin) - left,
    height: Math.min(height, area.top + area.height + margin) - top,
  };
}

/** What both hold; undefined where they do not meet. */
export function intersection(a: Area, b: Area): Area | undefined {
  const left = Math.max(a.left, b.left);
  const top = Math.max(a.top, b.top);
  const width = Math.min(a.left + a.width, b.left + b.width) - left;
  const height = Math.min(a.top + a.height, b.top + b.height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : undefined;
}

/** Share of `inner` that lies in `outer`. */
export function shareInside(inner: Area, outer: Area): number {
  const shared = intersection(inner, outer);
  return shared === undefined ? 0 : (shared.width * shared.height) / (inner.width * inner.height);
}

/** Rectangles that do not meet, over all of these; `more` than this many become one. */
export function joined(areas: readonly Area[], more = 64): Area[] {
  let found = [...areas];
  if (found.length > 16 * more) found = [found.reduce(around)];
  for (let changed = true; changed; ) {
    changed = false;
    const next: Area[] = [];
    for (const area of found) {
      const at = next.findIndex((other) => intersects(other, area));
      const other = next[at];
      if (other === undefined) next.push(area);
      else {
        next[at] = around(other, area);
        changed = true;
      }
    }
    found = next;
  }
  return found.length > more ? [found.reduce(around)] : found;
}
