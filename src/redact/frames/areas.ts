import { around, intersects } from '../../ocr/areas.ts';
import type { Area } from '../../ocr/picture.ts';

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
