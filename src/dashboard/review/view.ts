import { useEffect, useState } from 'preact/hooks';
import type { Extent } from './geometry.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** As much as fits, or so many screen pixels for a stored one. */
export const zooms = ['fit', '1', '2', '4'] as const;
export type Zoom = (typeof zooms)[number];

export const zoomTexts: Readonly<Record<Zoom, string>> = {
  fit: 'Fit',
  '1': '100 %',
  '2': '200 %',
  '4': '400 %',
};

/**
 * How large the picture is shown. `aspect`: width over height of the rendered picture, which differs from that of the stored pixels
 * where those are not square.
 */
export function shownSize(zoom: Zoom, extent: Extent, aspect: number, room: Size): Size {
  if (zoom !== 'fit') {
    const width = extent.columns * Number(zoom);
    return { width, height: width / aspect };
  }
  const width = Math.max(1, Math.min(room.width, room.height * aspect));
  return { width, height: width / aspect };
}

const sides = [400, 800, 1600, 3200, 8192] as const;

/** Longest side to ask the gateway for: what the screen shows, in steps, so that few sizes are rendered. */
export function sideFor({ width, height }: Size, sharpness: number, { columns, rows }: Extent): number {
  const wanted = Math.min(Math.max(width, height) * sharpness, Math.max(columns, rows) * 2);
  return sides.find((side) => side >= wanted) ?? sides[sides.length - 1] ?? 1600;
}

/** Room for one picture: width of an element, and a part of the window's height. */
export function useRoom(element: { readonly current: HTMLElement | null }): Size {
  const [room, setRoom] = useState<Size>({ width: 320, height: 320 });
  useEffect(() => {
    const measure = (): void => {
      const width = element.current?.clientWidth ?? 0;
      if (width > 0) setRoom({ width, height: Math.max(240, globalThis.innerHeight * 0.68) });
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (element.current !== null) observer.observe(element.current);
    globalThis.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      globalThis.removeEventListener('resize', measure);
    };
  }, []);
  return room;
}
