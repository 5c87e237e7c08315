import type { Area } from './picture.ts';

/** The smallest area that holds both. */
export function around(one: Area, other: Area): Area {
  const left = Math.min(one.left, other.left);
  const top = Math.min(one.top, other.top);
  return {
    left,
    top,
    width: Math.max(one.left + one.width, other.left + other.width) - left,
    height: Math.max(one.top + one.height, other.top + other.height) - top,
  };
}

/** Whether two areas have a pixel in common. */
export function intersects(one: Area, other: Area): boolean {
  return (
    one.left < other.left + other.width &&
    other.left < one.left + one.width &&
    one.top < other.top + other.height &&
    other.top < one.top + one.height
  );
}

/** Wider by a margin to both sides, and above and below, as far as the picture goes. */
export function widened(
  area: Area,
  beside: number,
  above: number,
  picture: { readonly width: number; readonly height: number },
): Area {
  const left = Math.max(0, area.left - beside);
  const top = Math.max(0, area.top - above);
  return {
    left,
    top,
    width: Math.min(picture.width, area.left + area.width + beside) - left,
    height: Math.min(picture.height, area.top + area.height + above) - top,
  };
}
